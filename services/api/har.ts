// HAR 1.2 of HTTP exchanges. Times are packet times; what was not seen is left at the format's "unknown" (-1).

type Row = Readonly<Record<string, unknown>>

export function harOf(exchanges: readonly { readonly activity: Row; readonly body: unknown }[], version: string): Record<string, unknown> {
  const entries = exchanges.map(({ activity, body }) => entryOf(activity, body))
  return { log: { version: "1.2", creator: { name: "egret", version }, entries } }
}

function entryOf(activity: Row, body: unknown): Record<string, unknown> {
  const data = (body ?? {}) as { request?: Message; response?: Message; path?: string }
  const url = `${String(activity["url_scheme"] || "https")}://${String(activity["server_address"])}${data.path ?? String(activity["url_path"])}`
  const wait = Number(activity["time_to_first_byte_us"]) / 1_000
  const time = Number(activity["duration_us"]) / 1_000
  return {
    startedDateTime: new Date(Number(activity["at"]) / 1_000).toISOString(),
    time,
    request: {
      method: String(activity["http_request_method"] || "GET"),
      url,
      httpVersion: `HTTP/${String(activity["http_version"])}`,
      headers: pairs(data.request?.headers),
      queryString: [...safeUrl(url).searchParams].map(([name, value]) => ({ name, value })),
      cookies: [],
      headersSize: -1,
      bodySize: Number(activity["request_bytes"]),
      ...(data.request?.text !== undefined && { postData: { mimeType: data.request.contentType ?? "", text: data.request.text } }),
    },
    response: {
      status: Number(activity["http_response_status_code"]),
      statusText: "",
      httpVersion: `HTTP/${String(activity["http_version"])}`,
      headers: pairs(data.response?.headers),
      cookies: [],
      redirectURL: "",
      headersSize: -1,
      bodySize: Number(activity["response_bytes"]),
      content: {
        size: Number(activity["response_bytes"]),
        mimeType: data.response?.contentType ?? "",
        ...(data.response?.text !== undefined && { text: data.response.text }),
      },
    },
    cache: {},
    timings: { send: 0, wait, receive: Math.max(0, time - wait) },
    serverIPAddress: String(activity["server_ip"]),
    connection: String(activity["flow_id"]),
  }
}

interface Message {
  readonly headers?: readonly (readonly [string, string])[]
  readonly text?: string
  readonly contentType?: string
}

function pairs(headers: Message["headers"]): { name: string; value: string }[] {
  return (headers ?? []).map(([name, value]) => ({ name, value }))
}

function safeUrl(url: string): URL {
  return URL.canParse(url) ? new URL(url) : new URL("http://unknown.invalid/")
}

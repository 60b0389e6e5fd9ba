// HAR 1.2 of HTTP exchanges. Times are packet times; what was not seen is left at what the format has for unknown: -1 for sizes, 0 for the three timings
// that it wants from everybody, no text. Bodies are given as Egret keeps them, decoded.
import { STATUS_CODES } from "node:http"

type Row = Readonly<Record<string, unknown>>

export interface HarExchange {
  readonly activity: Row
  /** Its content; empty once its retention has passed. */
  readonly body: unknown
}

export function harOf(exchanges: readonly HarExchange[], version: string): Record<string, unknown> {
  return { log: { version: "1.2", creator: { name: "egret", version }, entries: exchanges.map(entryOf) } }
}

interface Exchange {
  readonly path?: string
  readonly authority?: string
  readonly status?: number
  readonly request?: Message
  readonly response?: Message
  readonly named?: readonly { readonly kind: string; readonly id: string }[]
}
interface Message {
  readonly headers?: readonly (readonly [string, string])[]
  readonly text?: string
  readonly bytes?: number
  readonly contentType?: string
  readonly contentEncoding?: string
  readonly completeness?: string
}

function entryOf({ activity, body }: HarExchange): Record<string, unknown> {
  const data = (body ?? {}) as Exchange
  const url = urlOf(activity, data)
  const wait = milliseconds(activity["time_to_first_byte_us"])
  const receive = Math.max(0, milliseconds(activity["duration_us"]) - wait)
  const comment = commentOf(data)
  const address = String(activity["server_ip"] ?? "")
  return {
    startedDateTime: new Date(milliseconds(activity["at"])).toISOString(),
    time: wait + receive,
    request: requestOf(activity, data, url),
    response: responseOf(activity, data),
    cache: {},
    timings: { send: 0, wait, receive },
    ...(address !== "" && { serverIPAddress: address }),
    connection: String(activity["flow_id"] ?? ""),
    ...(comment !== "" && { comment }),
  }
}

function requestOf(activity: Row, { request = {} }: Exchange, url: URL): Record<string, unknown> {
  const { headers = [], text, contentType } = request
  return {
    method: String(activity["http_request_method"] || "GET"),
    url: url.href,
    httpVersion: versionOf(activity),
    headers: headers.map(([name, value]) => ({ name, value })),
    queryString: [...url.searchParams].map(([name, value]) => ({ name, value })),
    // HTTP/2 sends a header a cookie (RFC 9113 8.2.3).
    cookies: valuesOf(headers, "cookie").flatMap((line) => line.split(";").flatMap(cookieOf)),
    headersSize: -1,
    bodySize: sizeOf(activity["request_bytes"], request),
    ...(text !== undefined && { postData: { mimeType: contentType ?? "", text } }),
  }
}

function responseOf(activity: Row, { response = {} }: Exchange): Record<string, unknown> {
  const { headers = [], text, contentType } = response
  const status = number(activity["http_response_status_code"])
  return {
    status,
    statusText: STATUS_CODES[status] ?? "",
    httpVersion: versionOf(activity),
    headers: headers.map(([name, value]) => ({ name, value })),
    cookies: valuesOf(headers, "set-cookie").flatMap(setCookieOf),
    redirectURL: valuesOf(headers, "location")[0] ?? "",
    headersSize: -1,
    bodySize: sizeOf(activity["response_bytes"], response),
    content: { size: number(activity["response_bytes"]), mimeType: contentType ?? "", ...(text !== undefined && { text }) },
  }
}

/** Always one that parses, because readers stop at the first that does not: what a hostile client wrote in its place is then in the comment. */
function urlOf(activity: Row, data: Exchange): URL {
  const scheme = activity["url_scheme"] === "http" ? "http" : "https"
  const path = pathOf(activity, data)
  if (/^https?:\/\//i.test(path) && URL.canParse(path)) return new URL(path)
  const rest = path.startsWith("/") ? path : `/${path}`
  for (const authority of [data.authority, hostOf(activity, "server_address", scheme), hostOf(activity, "server_ip", scheme)])
    if (authority !== undefined && authority !== "" && URL.canParse(`${scheme}://${authority}${rest}`))
      return new URL(`${scheme}://${authority}${rest}`)
  return new URL("http://unknown.invalid/")
}

function hostOf(activity: Row, column: string, scheme: string): string {
  const host = String(activity[column] ?? "")
  const port = number(activity["server_port"])
  const usual = port === 0 || port === (scheme === "http" ? 80 : 443)
  return host === "" ? "" : `${host.includes(":") ? `[${host}]` : host}${usual ? "" : `:${port}`}`
}

function pathOf(activity: Row, data: Exchange): string {
  return data.path ?? String(activity["url_path"] ?? "/")
}

/** Whoever reads the file must not take what is missing for what was not there. */
function commentOf({ request, response, named = [] }: Exchange): string {
  const kept = named.find(({ kind }) => kind === "llm" || kind === "mcp")
  return [
    ...(kept === undefined ? [] : [`The bodies' meaning is kept with the ${kept.kind} activity ${kept.id}: ask for its evidence as JSON.`]),
    ...(request?.completeness === undefined || request.completeness === "full"
      ? []
      : [`The request was seen in part (${request.completeness}).`]),
    ...(response?.completeness === undefined || response.completeness === "full"
      ? []
      : [`The response was seen in part (${response.completeness}).`]),
  ].join(" ")
}

interface Cookie {
  readonly name: string
  readonly value: string
  readonly path?: string
  readonly domain?: string
  readonly expires?: string
  readonly httpOnly?: boolean
  readonly secure?: boolean
}

function cookieOf(pair: string): Cookie[] {
  const cut = pair.indexOf("=")
  return cut < 1 ? [] : [{ name: pair.slice(0, cut).trim(), value: pair.slice(cut + 1).trim() }]
}

/** RFC 6265 5.2. */
function setCookieOf(line: string): Cookie[] {
  const [pair = "", ...attributes] = line.split(";")
  const known = new Map(
    attributes.map((one): [string, string] => [one.split("=")[0]?.trim().toLowerCase() ?? "", one.slice(one.indexOf("=") + 1).trim()]),
  )
  const expires = Date.parse(known.get("expires") ?? "")
  const [path, domain] = [known.get("path"), known.get("domain")]
  return cookieOf(pair).map((cookie) => ({
    ...cookie,
    ...(path !== undefined && { path }),
    ...(domain !== undefined && { domain }),
    ...(!Number.isNaN(expires) && { expires: new Date(expires).toISOString() }),
    httpOnly: known.has("httponly"),
    secure: known.has("secure"),
  }))
}

function valuesOf(headers: NonNullable<Message["headers"]>, name: string): string[] {
  return headers.filter(([given]) => given === name).map(([, value]) => value)
}

function versionOf(activity: Row): string {
  return `HTTP/${String(activity["http_version"] || "1.1")}`
}

/** As it crossed the wire, which is known where nothing was decoded. */
function sizeOf(bytes: unknown, { contentEncoding }: Message): number {
  return contentEncoding === undefined ? number(bytes) : -1
}

function milliseconds(micros: unknown): number {
  return number(micros) / 1_000
}

function number(value: unknown): number {
  const known = Number(value ?? 0)
  return Number.isFinite(known) ? known : 0
}

// The texts of one HTTP exchange: address, headers that can carry something, bodies.
import type { Envelope } from "../../services/contracts/envelope.ts"
import type { TextItem } from "../../services/contracts/inspection.ts"
import type { Direction } from "../../services/contracts/primitives.ts"

export function httpTexts(data: Envelope<"http">["data"], out: Direction): TextItem[] {
  const back: Direction = out === "outbound" ? "inbound" : "outbound"
  const absolute = data.path.startsWith("http://") || data.path.startsWith("https://")
  const texts: TextItem[] = [
    { place: "url", direction: out, path: "url", text: absolute ? data.path : `${data.scheme}://${data.authority}${data.path}` },
  ]
  pushHeaders(texts, data.request.headers, { direction: out, path: "request.headers" })
  if (data.request.text !== undefined) texts.push({ place: "body", direction: out, path: "request.text", text: data.request.text })
  pushHeaders(texts, data.response.headers, { direction: back, path: "response.headers" })
  if (data.response.text !== undefined) texts.push({ place: "body", direction: back, path: "response.text", text: data.response.text })
  return texts
}

interface Where {
  readonly direction: Direction
  readonly path: string
}

function pushHeaders(texts: TextItem[], headers: readonly (readonly [string, string])[], { direction, path }: Where): void {
  for (const [name, value] of headers) {
    if (structural.has(name) || value.length < MIN_VALUE) continue
    texts.push({ place: "header", direction, path: `${path}.${name}`, name, text: value })
  }
}

// Set by the transport or a fixed vocabulary; nothing an agent was told to leak fits where a server would read it back.
const structural: ReadonlySet<string> = new Set([
  "accept",
  "accept-encoding",
  "accept-language",
  "accept-ranges",
  "age",
  "alt-svc",
  "cache-control",
  "connection",
  "content-encoding",
  "content-length",
  "content-security-policy",
  "content-type",
  "date",
  "expires",
  "host",
  "keep-alive",
  "last-modified",
  "permissions-policy",
  "pragma",
  "server",
  "strict-transport-security",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "vary",
])
// Shorter values hold no secret and no instruction.
const MIN_VALUE = 8

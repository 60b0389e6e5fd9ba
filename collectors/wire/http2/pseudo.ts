// What the pseudo-header fields of HTTP/2 and 3 say (RFC 9113 §8.3), and what a head must not contain (§8.2).
import type { HeaderList } from "../facts.ts"

export interface HeadSummary {
  readonly method: string
  readonly path: string
  readonly scheme: string
  readonly authority: string
  readonly status: number
  /** Of extended CONNECT (RFC 8441). */
  readonly protocol: string
  readonly contentLength: number | undefined
  /** Without the pseudo-header fields. */
  readonly headers: HeaderList
}

/** Also names what becomes a smuggled request when a proxy writes it down as HTTP/1.1. */
export function headSummary(fields: HeaderList, anomaly: (code: string) => void): HeadSummary {
  const pseudo = { ":method": "", ":path": "", ":scheme": "", ":authority": "", ":status": "", ":protocol": "" }
  const headers: (readonly [string, string])[] = []
  const odd = new Set<string>()
  let contentLength: number | undefined
  let host = ""
  for (const field of fields) {
    const [name, value] = field
    if (name.charCodeAt(0) === COLON) {
      if (!isPseudo(name, pseudo)) odd.add("pseudo-header-unknown")
      else if (pseudo[name] !== "") odd.add("pseudo-header-repeated")
      else pseudo[name] = value
      if (headers.length > 0) odd.add("pseudo-header-late")
      continue
    }
    headers.push(field)
    if (name === "host") host = value
    else if (name === "content-length") contentLength = lengthOf(value, contentLength, odd)
    else if (CONNECTION_FIELDS.has(name)) odd.add("connection-field")
    if (hasControl(name) || hasControl(value)) odd.add("field-control-character")
  }
  if (hasControl(pseudo[":path"]) || hasControl(pseudo[":method"]) || hasControl(pseudo[":authority"])) odd.add("field-control-character")
  for (const code of odd) anomaly(code)
  return {
    method: pseudo[":method"],
    path: pseudo[":path"],
    scheme: pseudo[":scheme"],
    authority: pseudo[":authority"] || host,
    status: /^\d{3}$/.test(pseudo[":status"]) ? Number(pseudo[":status"]) : 0,
    protocol: pseudo[":protocol"],
    contentLength,
    headers,
  }
}

function isPseudo<Known extends object>(name: string, known: Known): name is string & keyof Known {
  return Object.hasOwn(known, name)
}

function lengthOf(value: string, before: number | undefined, odd: Set<string>): number | undefined {
  const length = value.length <= 16 && /^\d+$/.test(value) ? Number(value) : undefined
  if (length === undefined) odd.add("cl-invalid")
  else if (before !== undefined && before !== length) odd.add("cl-conflict")
  return length
}

/** NUL, CR and LF: the end of a line for whoever writes the field down as text. */
function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0 || code === 10 || code === 13) return true
  }
  return false
}

const COLON = 0x3a
const CONNECTION_FIELDS = new Set(["connection", "transfer-encoding", "keep-alive", "proxy-connection", "upgrade"])

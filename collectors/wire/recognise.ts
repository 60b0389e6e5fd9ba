// What a protocol looks like in its first bytes. Recognisers are pure and cheap; they see the opening of both sides and answer yes, no, or more bytes
// please. A capture may hold only one side, so each side alone must do; bytes of the wrong side must not (the router uses that to notice that client
// and server were guessed the wrong way round).
import type { RouteHint } from "./context.ts"

export interface Opening {
  /** The first bytes of each side as far as they came, without a gap. */
  readonly client: Uint8Array
  readonly server: Uint8Array
  readonly hint: RouteHint
  /** No more will be held back: "more" now means no. */
  readonly final: boolean
}
export type Recognition = "yes" | "no" | "more"

/** TLSPlaintext (RFC 8446 §5.1): type(1) version(2) length(2); SSLv2-compatible ClientHello (RFC 5246 appendix E.2): 0x80|len(2) 1 version(2). */
export function recogniseTls({ client, server }: Opening): Recognition {
  if (client.length > 0) return recogniseRecord(client, HELLO_OF_CLIENT, HELLO_OF_SERVER)
  return recogniseRecord(server, HELLO_OF_SERVER, HELLO_OF_CLIENT)
}

function recogniseRecord(bytes: Uint8Array, own: number, others: number): Recognition {
  const [type = 0, major = 0, minor = 0, high = 0, low = 0, message = -1] = bytes
  if (own === HELLO_OF_CLIENT && (type & 0x80) !== 0) {
    return bytes.length < 5 ? "more" : minor === 1 && high === 3 && low <= 4 ? "yes" : "no"
  }
  if (type < 20 || type > 23) return "no"
  if (bytes.length >= 2 && major !== 3) return "no"
  if (bytes.length < 5) return "more"
  const length = (high << 8) | low
  if (minor > 4 || length === 0 || length > MAX_RECORD) return "no"
  if (type !== 22) return "yes"
  if (bytes.length < 6) return "more"
  return message === others ? "no" : "yes"
}

/** The client preface (RFC 9113 §3.4), or a server's first SETTINGS frame: length(3) type(1)=4 flags(1) stream(4)=0. */
export function recogniseHttp2({ client, server }: Opening): Recognition {
  if (client.length > 0) {
    const seen = Math.min(client.length, PREFACE.length)
    for (let at = 0; at < seen; at += 1) if (client[at] !== PREFACE.charCodeAt(at)) return "no"
    return seen === PREFACE.length ? "yes" : "more"
  }
  const [l0 = 0, l1 = 0, l2 = 0, type = 4, flags = 0, s0 = 0, s1 = 0, s2 = 0, s3 = 0] = server
  if (l0 !== 0 || l1 > 1 || type !== 4 || (flags & 0xfe) !== 0 || (s0 | s1 | s2 | s3) !== 0) return "no"
  if (server.length < 9) return "more"
  return ((l1 << 8) | l2) % 6 === 0 ? "yes" : "no"
}

/** Request line or status line (RFC 9112 §3, §4). Unknown methods need "HTTP/" at the end of the line; a response is enough by itself. */
export function recogniseHttp1({ client, server, final }: Opening): Recognition {
  const answer = recogniseStatusLine(server)
  if (answer === "yes") return startsWith(client, "HTTP/1.") ? "no" : "yes"
  if (client.length === 0) return answer
  const request = recogniseRequestLine(client, final)
  // Odd words of a client may still be answered by an HTTP server: wait for its first ones.
  if (request === "no" && server.length === 0 && !final && isText(client) && !startsWith(client, "HTTP/")) return "more"
  return request
}

function isText(client: Uint8Array): boolean {
  if (client.length > MAX_ODD_REQUEST) return false
  for (let at = 0; at < client.length && at < 64; at += 1) {
    const byte = client[at] ?? 0
    if (byte > 0x7e || (byte < 0x20 && byte !== 0x0d && byte !== 0x0a && byte !== 0x09)) return false
  }
  return true
}

function recogniseStatusLine(server: Uint8Array): Recognition {
  if (server.length === 0) return "no"
  const seen = Math.min(server.length, STATUS_LINE.length)
  for (let at = 0; at < seen; at += 1) if (server[at] !== STATUS_LINE.charCodeAt(at)) return "no"
  return seen === STATUS_LINE.length ? "yes" : "more"
}

function recogniseRequestLine(client: Uint8Array, final: boolean): Recognition {
  let start = 0
  // A robust server skips empty lines before the request line (RFC 9112 §2.2).
  while (start < 4 && (client[start] === 0x0d || client[start] === 0x0a)) start += 1
  let space = start
  while (space < client.length && space - start <= MAX_METHOD && isTokenByte(client[space] ?? 0)) space += 1
  if (space === client.length) return space - start > MAX_METHOD || final ? "no" : "more"
  if (space === start || client[space] !== 0x20) return "no"
  const method = ascii(client, start, space)
  const first = client[space + 1]
  if (first === undefined) return final ? "no" : "more"
  if (KNOWN_METHODS.has(method) && (first === 0x2f || first === 0x2a || first === 0x68 || first === 0x48 || method === "CONNECT"))
    return "yes"
  return requestLineNamesHttp(client, space, final)
}

function requestLineNamesHttp(client: Uint8Array, from: number, final: boolean): Recognition {
  const end = client.indexOf(0x0a, from)
  if (end < 0) return final || client.length > MAX_REQUEST_LINE ? "no" : "more"
  const tail = ascii(client, Math.max(from, end - 12), end)
  return tail.includes(" HTTP/") ? "yes" : "no"
}

function isTokenByte(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f && !SEPARATORS.includes(byte)
}

export function startsWith(bytes: Uint8Array, text: string): boolean {
  if (bytes.length < text.length) return false
  for (let at = 0; at < text.length; at += 1) if (bytes[at] !== text.charCodeAt(at)) return false
  return true
}

function ascii(bytes: Uint8Array, from: number, to: number): string {
  let text = ""
  for (let at = from; at < to; at += 1) text += String.fromCharCode(bytes[at] ?? 0)
  return text
}

const HELLO_OF_CLIENT = 1
const HELLO_OF_SERVER = 2
// 2^14 and the 2048 of expansion that TLS 1.2 allows (RFC 5246 §6.2.3).
const MAX_RECORD = 16_384 + 2_048
const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
const STATUS_LINE = "HTTP/"
// The longest registered method is UPDATEREDIRECTREF (17).
const MAX_METHOD = 32
// Request lines in the wild reach 8 KB (RFC 9112 §3 asks servers for that much).
const MAX_REQUEST_LINE = 8_192
const MAX_ODD_REQUEST = 4_096
const SEPARATORS = Array.from('()<>@,;:\\"/[]?={}', (char) => char.charCodeAt(0))
const KNOWN_METHODS = new Set(
  (
    "GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK SEARCH REPORT MKACTIVITY " +
    "CHECKOUT MERGE NOTIFY SUBSCRIBE UNSUBSCRIBE PURGE LINK UNLINK BIND ACL MKCALENDAR QUERY"
  ).split(" "),
)

// Heads of HTTP/1 messages (RFC 9112 §2 to §5), read from one Latin-1 string:
//   request-line = method SP request-target SP HTTP-version CRLF     status-line = HTTP-version SP status-code SP [ reason ] CRLF
//   field-line   = field-name ":" OWS field-value OWS CRLF           obs-fold    = OWS CRLF 1*( SP / HTAB )
//
// A line may end with a bare LF, as most servers allow. Every liberty that parsers are known to take differently is named in `oddities`.
import { trimBlanks } from "../http/fields.ts"

export interface RequestHead {
  readonly kind: "request"
  readonly method: string
  readonly target: string
  readonly version: "0.9" | "1.0" | "1.1"
  readonly fields: Fields
}
export interface ResponseHead {
  readonly kind: "response"
  readonly status: number
  readonly version: "1.0" | "1.1"
  readonly fields: Fields
}
export interface Fields {
  readonly headers: [string, string][]
  /** Each at most once. */
  readonly oddities: readonly HeadOddity[]
  /** Characters of the text that belong to the head. */
  readonly end: number
}
export type HeadOddity =
  | "bare-lf"
  | "bare-cr"
  | "nul-in-head"
  | "obs-fold"
  | "obs-fold-framing"
  | "space-before-colon"
  | "field-without-colon"
  | "field-name-invalid"
  | "request-line-space"
  | "request-line-malformed"
  | "too-many-fields"

/** `text` holds the whole head, and may hold more. Undefined when its first line is none. */
export function parseRequestHead(text: string): RequestHead | undefined {
  const lf = text.indexOf("\n")
  const oddities: HeadOddity[] = []
  const line = text.slice(0, lineEnd(text, lf, oddities))
  const first = line.indexOf(" ")
  if (first <= 0) return undefined
  const method = line.slice(0, first)
  if (!METHODS.has(method) && !isToken(method)) return undefined
  const last = line.lastIndexOf(" ")
  const version = line.slice(last + 1)
  if (last === first && isSimpleTarget(method, version)) return simpleRequest(version, lf)
  if (version !== "HTTP/1.1" && version !== "HTTP/1.0" && !/^HTTP\/1\.\d$/.test(version))
    return malformedRequest(method, line.slice(first + 1), parseFields(text, lf + 1, oddities), oddities)
  const target = last === first ? "" : line.slice(first + 1, last)
  if (target === "") note(oddities, "request-line-malformed")
  if (target.includes(" ") || target.includes("\t")) note(oddities, "request-line-space")
  return { kind: "request", method, target, version: version === "HTTP/1.0" ? "1.0" : "1.1", fields: parseFields(text, lf + 1, oddities) }
}

export function parseResponseHead(text: string): ResponseHead | undefined {
  const lf = text.indexOf("\n")
  const oddities: HeadOddity[] = []
  lineEnd(text, lf, oddities)
  if (!isStatusLine(text)) return undefined
  const status = Number(text.slice(9, 12))
  return { kind: "response", status, version: text[7] === "0" ? "1.0" : "1.1", fields: parseFields(text, lf + 1, oddities) }
}

/** "HTTP/1.x nnn" followed by a space or the end of the line; some servers leave the space out. */
export function isStatusLine(text: string): boolean {
  if (!text.startsWith("HTTP/1.") || text[8] !== " ") return false
  if (!isDigit(text, 7) || !isDigit(text, 9) || !isDigit(text, 10) || !isDigit(text, 11)) return false
  const after = text[12]
  return text[9] !== "0" && (after === " " || after === "\r" || after === "\n")
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 0x30 && code <= 0x39
}

/** HTTP/0.9: "GET /path" and nothing more. What ends with a version that lost its space is not meant. */
export function isSimpleTarget(method: string, target: string): boolean {
  return method === "GET" && target.startsWith("/") && !/HTTP\/\d?\.?\d?$/.test(target)
}

function simpleRequest(target: string, lf: number): RequestHead {
  return { kind: "request", method: "GET", target, version: "0.9", fields: { headers: [], oddities: [], end: lf + 1 } }
}

/** A line that misses its target, its version or a space: servers answer 400 to most, and some guess. With header fields behind it, it is a request. */
function malformedRequest(method: string, rest: string, fields: Fields, oddities: HeadOddity[]): RequestHead | undefined {
  if (!/^[A-Z_-]+$/.test(method) || fields.headers.length === 0) return undefined
  note(oddities, "request-line-malformed")
  const version = rest.lastIndexOf(" HTTP/")
  return { kind: "request", method, target: version < 0 ? rest : rest.slice(0, version), version: "1.1", fields }
}

export function parseFields(text: string, start: number, oddities: HeadOddity[]): Fields {
  const headers: [string, string][] = []
  let from = start
  // The next CR, so that one that ends no line is noticed without looking through each value.
  let cr = text.indexOf("\r", start)
  for (;;) {
    const lf = text.indexOf("\n", from)
    if (lf < 0) {
      from = text.length
      break
    }
    const end = lineEnd(text, lf, oddities)
    if (end <= from) {
      from = lf + 1
      break
    }
    parseLine(text, from, end, headers, oddities)
    if (cr >= from && cr < end) note(oddities, "bare-cr")
    from = lf + 1
    if (cr >= 0 && cr < from) cr = text.indexOf("\r", from)
  }
  const nul = text.indexOf("\0")
  if (nul >= 0 && nul < from) note(oddities, "nul-in-head")
  return { headers, oddities, end: from }
}

function parseLine(text: string, from: number, end: number, headers: [string, string][], oddities: HeadOddity[]): void {
  const first = text.charCodeAt(from)
  if (first === SPACE || first === TAB) {
    unfold(text.slice(from, end).trim(), headers, oddities)
    return
  }
  const colon = text.indexOf(":", from)
  if (colon < 0 || colon >= end) {
    note(oddities, "field-without-colon")
    return
  }
  if (headers.length >= MAX_FIELDS) {
    note(oddities, "too-many-fields")
    return
  }
  headers.push([fieldName(text, from, colon, oddities), trimBlanks(text, colon + 1, end)])
}

/** RFC 9112 §5.2: a folded line is joined by a space. Folded framing fields are how proxies are told different lengths. */
function unfold(more: string, headers: [string, string][], oddities: HeadOddity[]): void {
  note(oddities, "obs-fold")
  const last = headers[headers.length - 1]
  if (last === undefined) return
  if (last[0] === "transfer-encoding" || last[0] === "content-length") note(oddities, "obs-fold-framing")
  last[1] = last[1] === "" ? more : `${last[1]} ${more}`
}

/** Names come again and again: each is looked for where its length and three of its characters say, without making a string of it first. */
function fieldName(text: string, from: number, end: number, oddities: HeadOddity[]): string {
  const length = end - from
  const slot = (length * 37 + text.charCodeAt(from) * 11 + text.charCodeAt(from + (length >> 1)) * 5 + text.charCodeAt(end - 1)) & SLOT_MASK
  const known = knownNames[slot]
  if (known !== undefined && known.raw.length === length && standsAt(text, from, known.raw)) return known.name
  const raw = text.slice(from, end)
  const name = raw.trimEnd().toLowerCase()
  if (name.length !== raw.length) note(oddities, "space-before-colon")
  else if (!isToken(raw)) note(oddities, "field-name-invalid")
  else if (known === undefined && raw.length <= 40) knownNames[slot] = { raw, name }
  return name
}

/** For a few characters many times quicker than startsWith, which is a call out of compiled code. */
function standsAt(text: string, from: number, part: string): boolean {
  for (let at = 0; at < part.length; at++) if (text.charCodeAt(from + at) !== part.charCodeAt(at)) return false
  return true
}

function lineEnd(text: string, lf: number, oddities: HeadOddity[]): number {
  if (text.charCodeAt(lf - 1) === CR) return lf - 1
  note(oddities, "bare-lf")
  return lf
}

function note(oddities: HeadOddity[], oddity: HeadOddity): void {
  if (!oddities.includes(oddity)) oddities.push(oddity)
}

export function isToken(text: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text)
}

const METHODS = new Set(["GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "CONNECT"])
const CR = 0x0d
const SPACE = 0x20
const TAB = 0x09
// nginx and node allow far fewer; beyond this they only serve to use up memory.
const MAX_FIELDS = 1000
// Names of hostile messages fill at most this many slots.
const SLOT_MASK = 4095
const knownNames: ({ readonly raw: string; readonly name: string } | undefined)[] = Array.from({ length: SLOT_MASK + 1 }, () => undefined)

// Whether a message of HTTP/1 may start here: strict enough that text inside a body is not taken for one, cheap enough for each segment.
import type { Side } from "../stream.ts"
import { isStatusLine } from "./head.ts"

/** "maybe": the bytes end before it can be told. */
export function startsMessage(bytes: Buffer, at: number, side: Side): "yes" | "maybe" | "no" {
  return side === "client" ? startsRequest(bytes, at) : startsResponse(bytes, at)
}

/** The cheap half of startsMessage, for messages that are likely to be whole: their head is checked anyway. */
export function mayStart(bytes: Buffer, at: number, side: Side): boolean {
  return side === "client" ? isTokenByte(bytes[at] ?? 0) : startsResponse(bytes, at) !== "no"
}

/** For a search in the middle of things: a method in capitals, and a target of one of the usual forms without a space. */
export function surelyStartsMessage(bytes: Buffer, at: number, side: Side): boolean {
  if (startsMessage(bytes, at, side) !== "yes") return false
  if (side === "server") return isStatusLine(bytes.toString("latin1", at, at + 13))
  const parts = bytes.toString("latin1", at, bytes.indexOf(0x0a, at)).split(" ", 4)
  return parts.length === 3 && /^[A-Z-]+$/.test(parts[0] ?? "") && /^(\/|\*|https?:\/\/|[^/]+:\d+$)/.test(parts[1] ?? "")
}

function startsResponse(bytes: Buffer, at: number): "yes" | "maybe" | "no" {
  const available = Math.min(bytes.length - at, STATUS.length)
  for (let index = 0; index < available; index++) if (bytes[at + index] !== STATUS.charCodeAt(index)) return "no"
  return available === STATUS.length ? "yes" : "maybe"
}

/** A token, a space, and something that looks like a target; unknown methods need the version at the end of their line. */
function startsRequest(bytes: Buffer, at: number): "yes" | "maybe" | "no" {
  let end = at
  while (end < bytes.length && end - at <= MAX_METHOD && isTokenByte(bytes[end] ?? 0)) end++
  if (end === bytes.length) return end - at > MAX_METHOD ? "no" : "maybe"
  if (end === at || end - at > MAX_METHOD || bytes[end] !== 0x20) return "no"
  const lf = bytes.indexOf(0x0a, end)
  if (lf < 0) return bytes.length - at > MAX_LINE ? "no" : "maybe"
  if (lf - at > MAX_LINE) return "no"
  const tail = bytes[lf - 1] === 0x0d ? lf - 1 : lf
  const version = bytes.toString("latin1", Math.max(end, tail - 9), tail)
  if (/ HTTP\/1\.\d$/.test(version)) return "yes"
  // HTTP/0.9, or a line that is not as it should be: its head decides.
  return isPlainLine(bytes, at, end, tail) ? "maybe" : "no"
}

/** A method in capitals and printable characters to the end of the line. */
function isPlainLine(bytes: Buffer, at: number, method: number, end: number): boolean {
  for (let index = at; index < end; index++) {
    const byte = bytes[index] ?? 0
    if (byte < 0x20 || byte === 0x7f || (index < method && !((byte >= 0x41 && byte <= 0x5a) || byte === 0x5f || byte === 0x2d)))
      return false
  }
  return true
}

function isTokenByte(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || SYMBOLS.includes(byte)
}

const STATUS = "HTTP/1."
const MAX_METHOD = 32
// RFC 9112 §3 asks for 8,000 bytes of request line; presigned and SSO addresses reach 64 KB.
const MAX_LINE = 65_536
const SYMBOLS = Array.from("!#$%&'*+-.^_`|~", (char) => char.charCodeAt(0))

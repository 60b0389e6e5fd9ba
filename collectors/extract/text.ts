// Bodies as text: only what is text, only so much.
import type { HeaderList } from "../wire/facts.ts"

/** First value of a header, names being in lower case already. */
export function header(headers: HeaderList | undefined, name: string): string | undefined {
  if (headers === undefined) return undefined
  for (const [key, value] of headers) if (key === name) return value
  return undefined
}

/** The media type without its parameters, in lower case; empty when there is none. */
export function mediaType(headers: HeaderList | undefined): string {
  return (header(headers, "content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? ""
}

/** Undefined when the bytes are not text: invalid UTF-8 (a character cut at the end is forgiven) or control characters that no text has. */
export function textOf(bytes: Uint8Array, limit = MAX_TEXT): string | undefined {
  if (bytes.length === 0) return undefined
  const part = bytes.length > limit ? bytes.subarray(0, limit) : bytes
  if (looksBinary(part)) return undefined
  const text = LOOSE.decode(part)
  const bad = text.indexOf("\ufffd")
  if (bad < 0 || bad >= text.length - 3) return bad < 0 ? text : text.slice(0, bad)
  // A few bad characters are a careless client; many are another encoding or no text at all.
  return countBad(text) * BAD_SHARE > text.length ? undefined : text
}

/** All of it, whatever it is: for protocols that promise UTF-8. */
export function utf8(bytes: Uint8Array): string {
  return LOOSE.decode(bytes)
}

function looksBinary(bytes: Uint8Array): boolean {
  const seen = Math.min(bytes.length, SNIFF)
  for (let i = 0; i < seen; i++) {
    const byte = bytes[i] ?? 0
    // NUL and the controls that no text uses; ESC stays, terminals send it.
    if (byte < 7 || (byte > 13 && byte < 27) || (byte > 27 && byte < 32)) return true
  }
  return false
}

function countBad(text: string): number {
  let bad = 0
  for (let at = text.indexOf("\ufffd"); at >= 0; at = text.indexOf("\ufffd", at + 1)) bad += 1
  return bad
}

const LOOSE = new TextDecoder("utf-8")
// One activity must fit a Kafka record of 1 MB after JSON escaping with room for the rest of the row.
const MAX_TEXT = 512 * 1024
const SNIFF = 1024
const BAD_SHARE = 50

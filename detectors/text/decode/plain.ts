// Decoded bytes become a text only when they read as one: letters, not noise. Compressed bytes are opened first.
import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from "node:zlib"
import { beginsBrotli } from "./brotli.ts"
import { beginsDeflate } from "./deflate.ts"

export interface Plain {
  readonly text: string
  /** What was opened on the way, for example ["gzip"] or ["utf-16"]. */
  readonly steps: readonly string[]
}

/** The text the bytes hold, or undefined when they are noise. `thorough` also tries headerless compression and looks for words inside binary data. */
export function plainText(bytes: Uint8Array, thorough: boolean): Plain | undefined {
  const direct = readable(bytes)
  if (direct !== undefined) return direct
  for (const open of openersFor(bytes, thorough)) {
    const inner = open()
    if (inner !== undefined) return inner
  }
  if (!thorough) return undefined
  const strings = printableRuns(bytes)
  return strings === undefined ? undefined : { text: strings, steps: ["strings"] }
}

/** True for a byte that ordinary text has: printable ASCII, tab, line ends, and the upper half (UTF-8). */
export function looksPrintable(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/** Whether text could begin with these bytes: ASCII, well-formed UTF-8 (cut at the end, perhaps), or two-byte units of ASCII. */
export function beginsText(bytes: Uint8Array): boolean {
  let zeros = 0
  let pending = 0
  for (const byte of bytes) {
    if (pending > 0) {
      if ((byte & 0xc0) !== 0x80) return false
      pending--
    } else if (byte >= 0xc2 && byte <= 0xf4) pending = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1
    else if (byte === 0) zeros++
    else if (!looksPrintable(byte)) return false
  }
  return zeros === 0 || Math.abs(zeros * 2 - bytes.length) <= 1
}

function readable(bytes: Uint8Array): Plain | undefined {
  if (bytes.length < MIN_TEXT_BYTES) return undefined
  const wide = utf16(bytes)
  if (wide !== undefined) return { text: wide, steps: ["utf-16"] }
  let ascii = 0
  let upper = 0
  for (const byte of bytes) {
    if (looksPrintable(byte)) ascii++
    else if (byte >= 0x80) upper++
    else return undefined
  }
  if (upper === 0) return { text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1"), steps: [] }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8")
  // Valid UTF-8 with real letters: a hash that happens to be valid is a few bytes long, so short texts must be mostly ASCII.
  if (text.includes("\ufffd")) return undefined
  return bytes.length >= 24 || ascii > upper * 2 ? { text, steps: [] } : undefined
}

/** Every second byte zero, as in PowerShell's encoded commands; either byte order, with or without a mark. */
function utf16(bytes: Uint8Array): string | undefined {
  if (bytes.length < 2 * MIN_TEXT_BYTES) return undefined
  let even = 0
  let odd = 0
  const looked = Math.min(bytes.length, 256) & ~1
  for (let i = 0; i < looked; i += 2) {
    if (bytes[i] === 0) even++
    if (bytes[i + 1] === 0) odd++
  }
  const half = looked / 2
  if (odd < half * 0.7 && even < half * 0.7) return undefined
  const copy = Buffer.from(bytes.subarray(0, bytes.length & ~1))
  if (even > odd) copy.swap16()
  const text = copy.toString("utf16le").replace(/^\ufeff/, "")
  return /[\0-\x08]/.test(text) ? undefined : text
}

/** A header names the compression; without one, raw deflate and brotli are tried, because neither has any. */
function openersFor(bytes: Uint8Array, thorough: boolean): readonly (() => Plain | undefined)[] {
  const [first = 0, second = 0] = bytes
  const flush = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_INFLATED }
  if (first === 0x1f && second === 0x8b) return [() => attempt("gzip", () => gunzipSync(bytes, flush))]
  const openers: (() => Plain | undefined)[] = []
  if ((first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0) openers.push(() => attempt("deflate", () => inflateSync(bytes, flush)))
  if (!thorough || bytes.length > MAX_GUESSED) return openers
  if (beginsDeflate(bytes)) openers.push(() => attempt("deflate", () => inflateRawSync(bytes, { maxOutputLength: MAX_INFLATED })))
  if (beginsBrotli(bytes, MAX_INFLATED))
    openers.push(() => attempt("br", () => brotliDecompressSync(bytes, { maxOutputLength: MAX_INFLATED })))
  return openers
}

function attempt(step: string, open: () => Uint8Array): Plain | undefined {
  try {
    const inner = readable(open())
    return inner === undefined ? undefined : { text: inner.text, steps: [step, ...inner.steps] }
  } catch {
    return undefined
  }
}

/** The words inside binary data, one a line, as strings(1) would print them. */
function printableRuns(bytes: Uint8Array): string | undefined {
  const runs: string[] = []
  let start = 0
  for (let i = 0; i <= bytes.length; i++) {
    if (i < bytes.length && looksPrintable(bytes[i] as number)) continue
    if (i - start >= MIN_RUN) runs.push(Buffer.from(bytes.buffer, bytes.byteOffset + start, i - start).toString("latin1"))
    start = i + 1
  }
  return runs.length === 0 ? undefined : runs.join("\n")
}

// Shorter texts are noise more often than words, and no credential or instruction fits.
const MIN_TEXT_BYTES = 8
// In random bytes a run of 16 printable ones comes once in about 10 million places.
const MIN_RUN = 16
// Against decompression bombs: what one piece may become.
const MAX_INFLATED = 262_144
// Headerless compression is guessed only where the guess is cheap.
const MAX_GUESSED = 65_536

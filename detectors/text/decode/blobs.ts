// Encoded pieces inside a text: each alphabet finds its pieces, and all pieces of one alphabet make one decoded text, a line each.
import { wordiness } from "../entropy.ts"
import type { Survey } from "../survey.ts"
import type { Piece } from "../view.ts"
import { fromAscii85, fromBase32, fromBase58, fromBase64, fromHex } from "./alphabets.ts"
import { beginsText, looksPrintable, plainText } from "./plain.ts"
import type { Decoded } from "./rewrite.ts"
import { BASE32_RUN, BASE58_WHOLE, HEX_RUN, shapesOf } from "./shapes.ts"

export interface Blobs extends Decoded {
  readonly steps: readonly string[]
}

/** How many characters may still be decoded for this item; shared by all views of it. */
export interface Budget {
  characters: number
  /** Guesses at headerless compression and words inside binary data: the dear ones. */
  guesses: number
}

export function findBlobs(text: string, seen: Survey, budget: Budget): Blobs[] {
  const found: Blobs[] = []
  for (const run of [base64Blobs, hexBlobs, base32Blobs, base58Blobs, spelledHex, characterCodes, ascii85Blobs]) {
    if (budget.characters <= 0) break
    const blobs = run(text, seen, budget)
    if (blobs !== undefined) found.push(blobs)
  }
  return found
}

function base64Blobs(text: string, { runs }: Survey, budget: Budget): Blobs | undefined {
  const collect = new Collector("base64", budget)
  for (let i = 0; i < runs.length; i += 2) {
    const start = runs[i] as number
    let end = runs[i + 1] as number
    // Lines of one wrapped block: full quads, no padding, one line end between.
    while (i + 2 < runs.length && (end - (runs[i] as number)) % 4 === 0 && /^\r?\n$/.test(text.slice(end, runs[i + 2]))) {
      i += 2
      end = runs[i + 1] as number
    }
    if (end - (runs[i] as number) >= MIN_LINE) end = withLastLine(text, end)
    const run = text.slice(start, end)
    if (!collect.affords(run.length)) break
    const offset = base64Start(run)
    if (offset >= 0 && collect.add(fromBase64(run.slice(offset).replace(/[\r\n]/g, "")), start + offset, end, false)) continue
    if (run.length >= MIN_GUESSED && dense(run)) collect.add(fromBase64(run.replace(/[\r\n]/g, "")), start, end, true)
  }
  return collect.finish()
}

/** The last line of a wrapped block may be too short to be a run. */
function withLastLine(text: string, end: number): number {
  LAST_LINE.lastIndex = end
  return end + (LAST_LINE.exec(text)?.[0].length ?? 0)
}

/** Where in the run the text begins: at one of four alignments, or after a separator that base64 and paths share. -1: nowhere. */
function base64Start(run: string): number {
  for (let offset = 0; offset < 4; offset++) if (beginsPlain(run, offset)) return offset
  let tried = 0
  for (let i = 4; i < run.length - 12 && tried < 6; i++) {
    const code = run.charCodeAt(i)
    if (code !== 0x2f && code !== 0x2d && code !== 0x5f) continue
    tried++
    if (beginsPlain(run, i + 1)) return i + 1
  }
  return -1
}

/** Twelve characters that decode to nine bytes of text: by chance once in six thousand. */
function beginsPlain(run: string, offset: number): boolean {
  if (run.length - offset < 12) return false
  for (let i = 0; i < 3; i++) {
    const at = offset + i * 4
    const a = BASE64_VALUES[run.charCodeAt(at)] ?? -1
    const b = BASE64_VALUES[run.charCodeAt(at + 1)] ?? -1
    const c = BASE64_VALUES[run.charCodeAt(at + 2)] ?? -1
    const d = BASE64_VALUES[run.charCodeAt(at + 3)] ?? -1
    if ((a | b | c | d) < 0) return false
    NINE[i * 3] = (a << 2) | (b >> 4)
    NINE[i * 3 + 1] = ((b & 15) << 4) | (c >> 2)
    NINE[i * 3 + 2] = ((c & 3) << 6) | d
  }
  return beginsText(NINE)
}

function hexBlobs(text: string, seen: Survey, budget: Budget): Blobs | undefined {
  const { runs } = seen
  const shapes = shapesOf(text, seen)
  const collect = new Collector("hex", budget)
  for (let i = 0; i < runs.length; i += 2) {
    const start = runs[i] as number
    const end = runs[i + 1] as number
    if (((shapes[i >> 1] as number) & HEX_RUN) === 0) continue
    // A digit of printable text: the high half of each byte is 2 to 7 nearly always. Look at the first eight bytes before decoding.
    for (const piece of text.slice(start, end).matchAll(/[0-9A-Fa-f]{16,}/g)) {
      const from = start + piece.index
      const skip = hexText(piece[0], 0) ? 0 : hexText(piece[0], 1) ? 1 : -1
      const compressed = skip < 0 && /^(?:1f8b08|78(?:01|5e|9c|da))/i.test(piece[0])
      if (skip < 0 && !compressed) continue
      if (!collect.affords(piece[0].length)) return collect.finish()
      const even = (piece[0].length - Math.max(0, skip)) & ~1
      collect.add(fromHex(piece[0].slice(Math.max(0, skip), Math.max(0, skip) + even)), from, from + piece[0].length, false)
    }
  }
  return collect.finish()
}

function hexText(run: string, offset: number): boolean {
  for (let i = 0; i < 7; i++) {
    const byte = Number.parseInt(run.slice(offset + 2 * i, offset + 2 * i + 2), 16)
    SEVEN[i] = Number.isNaN(byte) ? 0 : byte
  }
  return beginsText(SEVEN)
}

function base32Blobs(text: string, seen: Survey, budget: Budget): Blobs | undefined {
  const { runs } = seen
  const shapes = shapesOf(text, seen)
  const collect = new Collector("base32", budget)
  for (let i = 0; i < runs.length; i += 2) {
    const start = runs[i] as number
    if (((shapes[i >> 1] as number) & BASE32_RUN) === 0) continue
    const run = text.slice(start, runs[i + 1])
    for (const piece of run.matchAll(/[A-Z2-7]{16,}|[a-z2-7]{24,}/g)) {
      if (!collect.affords(piece[0].length)) return collect.finish()
      const bytes = fromBase32(piece[0].slice(0, 16))
      if (bytes === undefined || !beginsText(bytes)) continue
      const whole = fromBase32(piece[0])
      if (whole !== undefined) collect.add(whole, start + piece.index, start + piece.index + piece[0].length, false)
    }
  }
  return collect.finish()
}

function base58Blobs(text: string, seen: Survey, budget: Budget): Blobs | undefined {
  const { runs } = seen
  const shapes = shapesOf(text, seen)
  const collect = new Collector("base58", budget)
  let tried = 0
  for (let i = 0; i < runs.length && tried < MAX_BASE58_TRIES; i += 2) {
    const start = runs[i] as number
    const length = (runs[i + 1] as number) - start
    if (length < 22 || length > MAX_BASE58 || ((shapes[i >> 1] as number) & BASE58_WHOLE) === 0) continue
    const run = text.slice(start, start + length)
    if (run.length < 22 || run.length > MAX_BASE58 || !/^[1-9A-HJ-NP-Za-km-z]+$/.test(run) || !/[0-9]/.test(run)) continue
    tried++
    if (!collect.affords(run.length * 4)) break
    const bytes = fromBase58(run)
    if (bytes !== undefined) collect.add(bytes, start, start + run.length, false)
  }
  return collect.finish()
}

/** "41 4b 49 41", "41:4b:49:41", "0x41, 0x4b". */
function spelledHex(text: string, { hexRow }: Survey, budget: Budget): Blobs | undefined {
  if (hexRow < MIN_SPELLED) return undefined
  const collect = new Collector("hex", budget)
  for (const piece of text.matchAll(/(?:0x)?[0-9A-Fa-f]{2}(?:[ \t]?[ :,;|.\-\n][ \t]?(?:0x)?[0-9A-Fa-f]{2}){9,4000}(?![0-9A-Fa-f])/g)) {
    if (!collect.affords(piece[0].length)) break
    const digits = piece[0].replace(/0x/g, "").replace(/[^0-9A-Fa-f]/g, "")
    collect.add(fromHex(digits), piece.index, piece.index + piece[0].length, false)
  }
  return collect.finish()
}

/** "104, 101, 108", "chr(104)+chr(101)", "&104;": decimal codes with the same few characters between. */
function characterCodes(text: string, { numberRow }: Survey, budget: Budget): Blobs | undefined {
  if (numberRow < MIN_SPELLED) return undefined
  const collect = new Collector("char-codes", budget)
  for (const piece of text.matchAll(/(?<![0-9.])[0-9]{2,3}(?:[^0-9\n]{1,8}[0-9]{2,3}(?![0-9])){9,4000}/g)) {
    if (!collect.affords(piece[0].length)) break
    const codes = [...piece[0].matchAll(/[0-9]+/g)].map(([digits]) => Number(digits))
    if (codes.some((code) => code > 255)) continue
    collect.add(Uint8Array.from(codes), piece.index, piece.index + piece[0].length, false)
  }
  return collect.finish()
}

function ascii85Blobs(text: string, { words }: Survey, budget: Budget): Blobs | undefined {
  if (words.length === 0) return undefined
  const collect = new Collector("ascii85", budget)
  for (let i = 0; i < words.length; i += 2) {
    const from = words[i] as number
    const word = text.slice(from, words[i + 1])
    if (!collect.affords(word.length)) break
    for (const start of ascii85Starts(word)) {
      if (!beginsAscii85(word, start)) continue
      const body = ascii85Body(word, start)
      const bytes = body.length < 24 ? undefined : fromAscii85(body, looksPrintable)
      if (bytes === undefined) continue
      collect.add(bytes, from + start, from + start + body.length, false)
      break
    }
  }
  return collect.finish()
}

/** The first two groups decode to eight printable bytes: refuses nearly every wrong start before anything is copied. */
function beginsAscii85(word: string, start: number): boolean {
  if (word.length - start < 24) return false
  // The first of five digits says nearly all of the first byte: most starts end here.
  if (!LEADS_PRINTABLE[word.charCodeAt(start) & 0x7f] || !LEADS_PRINTABLE[word.charCodeAt(start + 5) & 0x7f]) return false
  for (let at = start; at < start + 10; at += 5) {
    let group = 0
    for (let i = at; i < at + 5; i++) {
      const digit = word.charCodeAt(i) - 0x21
      if (digit < 0 || digit > 84) return false
      group = group * 85 + digit
    }
    if (group > 0xffffffff) return false
    for (let shift = 24; shift >= 0; shift -= 8) if (!looksPrintable((group / 2 ** shift) & 0xff)) return false
  }
  return true
}

/** A word is read from its start, and after quotes, colons, equals signs and the opening mark "<~". A wrong start fails within a group or two. */
function ascii85Starts(word: string): number[] {
  const starts = [0]
  for (let i = 0; i < word.length && starts.length < MAX_ASCII85_STARTS; i++) {
    const code = word.charCodeAt(i)
    if (code === 0x22 || code === 0x27 || code === 0x3d || code === 0x3a || code === 0x7e) starts.push(i + 1)
  }
  return starts
}

/** Up to the closing quote when it was opened by one; the quote marks are in the alphabet, so a last one is dropped too. */
function ascii85Body(word: string, start: number): string {
  const opener = start === 0 ? "" : (word[start - 1] as string)
  const marked = word.indexOf("~>", start)
  const body = marked < 0 ? word.slice(start) : word.slice(start, marked)
  if (opener !== '"' && opener !== "'") return body
  const close = body.lastIndexOf(opener)
  return close > 0 ? body.slice(0, close) : body
}

/** Gathers decoded pieces into one text with its origins. */
class Collector {
  readonly #name: string
  readonly #budget: Budget
  readonly #parts: string[] = []
  readonly #pieces: Piece[] = []
  readonly #steps = new Set<string>()
  #length = 0

  constructor(name: string, budget: Budget) {
    this.#name = name
    this.#budget = budget
  }

  affords(characters: number): boolean {
    return this.#budget.characters >= characters
  }

  /** True when the bytes were text. */
  add(bytes: Uint8Array, from: number, to: number, thorough: boolean): boolean {
    const guess = thorough && this.#budget.guesses > 0
    if (guess) this.#budget.guesses--
    this.#budget.characters -= bytes.length
    const plain = plainText(bytes, guess)
    if (plain === undefined) return false
    this.#budget.characters -= plain.text.length
    for (const step of plain.steps) this.#steps.add(step)
    this.#pieces.push({ at: this.#length, length: plain.text.length, from, to })
    this.#parts.push(plain.text)
    this.#length += plain.text.length + 1
    return true
  }

  finish(): Blobs | undefined {
    if (this.#parts.length === 0) return undefined
    return { text: this.#parts.join("\n"), origin: this.#pieces, steps: [this.#name, ...this.#steps] }
  }
}

/** Base64 of binary data changes between capitals, small letters and digits all the time; a path or an identifier does so between words. */
function dense(run: string): boolean {
  const looked = Math.min(run.length, 128)
  let changes = 0
  let before = 0
  let seen = 0
  for (let i = 0; i < looked; i++) {
    const code = run.charCodeAt(i)
    const kind = code < 0x3a ? 1 : code < 0x5b ? 2 : 3
    seen |= kind === 1 ? 0 : kind === 2 ? 1 : 2
    if (kind !== before) changes++
    before = kind
  }
  // Identifiers in hexadecimal have one case; 24 characters of base64 have both, but for one in a thousand.
  return seen === 3 && changes > looked * 0.2 && wordiness(run.slice(0, looked)) < 0.45
}

const BASE64_VALUES: readonly number[] = Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code)
  const index = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".indexOf(character)
  return index >= 0 ? index : character === "-" ? 62 : character === "_" ? 63 : -1
})
/** Digits whose group of five can begin with a byte that `looksPrintable`: 85^4 times the digit, up to the next, meets one. */
const LEADS_PRINTABLE: readonly boolean[] = Array.from({ length: 128 }, (_, code) => {
  const low = Math.floor(((code - 0x21) * 85 ** 4) / 2 ** 24)
  const high = Math.floor(((code - 0x20) * 85 ** 4) / 2 ** 24)
  for (let byte = low; byte <= high; byte++) if (byte >= 0 && looksPrintable(byte)) return true
  return false
})
const NINE = new Uint8Array(9)
const SEVEN = new Uint8Array(7)
const LAST_LINE = /\r?\n[A-Za-z0-9+/_-]{1,15}(?![A-Za-z0-9+/_-])/y
// A credential of 20 characters, compressed without a header, is 28 to 30 in base64; most identifiers are shorter, and a guess costs as much as a page of text.
const MIN_GUESSED = 28
const MIN_LINE = 60
const MIN_SPELLED = 10
const MAX_ASCII85_STARTS = 64
// Base58 takes quadratic time: at most 64 words of 512 characters cost a few milliseconds.
const MAX_BASE58 = 512
const MAX_BASE58_TRIES = 64

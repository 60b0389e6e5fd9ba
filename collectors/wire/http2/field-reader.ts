// Integers and strings of HPACK and QPACK (RFC 7541 §5). Running out or overflowing never throws: the first error stays, and zeros and "" follow.
import { copyBytes, latin1 } from "../bytes.ts"
import { decodeHuffman } from "./huffman.ts"

export type FieldError = "integer" | "string" | "cut"

export class FieldReader {
  error: FieldError | undefined
  at = 0
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get done(): boolean {
    return this.error !== undefined || this.at >= this.#bytes.length
  }
  /** The byte that comes next, unread. */
  get next(): number {
    return this.#bytes[this.at] ?? 0
  }

  /** §5.1: the low `prefix` bits of the next byte, and more bytes when they are all ones. */
  integer(prefix: number): number {
    const mask = (1 << prefix) - 1
    let value = this.#byte() & mask
    if (value < mask) return value
    for (let shift = 0; shift <= 28; shift += 7) {
      const byte = this.#byte()
      value += (byte & 0x7f) * 2 ** shift
      if ((byte & 0x80) === 0) return value
    }
    this.error ??= "integer"
    return 0
  }

  /** §5.2: a length of `prefix` bits, above it the bit that says Huffman. */
  string(prefix = 7): string {
    const huffman = (this.next & (1 << prefix)) !== 0
    const from = this.#begin(prefix)
    return from < 0 ? "" : this.#text(from, huffman)
  }

  /** A string that is the name of a field. The same names come again and again, so they are known by their bytes. */
  name(prefix = 7): string {
    const huffman = (this.next & (1 << prefix)) !== 0
    const from = this.#begin(prefix)
    if (from < 0) return ""
    const bytes = this.#bytes
    const length = this.at - from
    const last = this.at - 1
    const mixed = (bytes[from] ?? 0) * 7 + (bytes[from + (length >> 1)] ?? 0) * 31 + (bytes[last] ?? 0) * 3 + length * 131
    const slot = (huffman ? mixed + 1 : mixed) & SLOT_MASK
    const known = knownNames[slot]
    if (known !== undefined && known.huffman === huffman && isSame(known.raw, bytes, from, length)) return known.name
    const name = this.#text(from, huffman)
    if (this.error === undefined && length > 0 && length <= MAX_KNOWN)
      knownNames[slot] = { raw: copyBytes(bytes, from, this.at), huffman, name }
    return name
  }

  /** Where the bytes of a string begin, with `at` behind them; -1 when they are not there. */
  #begin(prefix: number): number {
    const length = this.integer(prefix)
    const from = this.at
    if (this.error !== undefined || length > this.#bytes.length - from) {
      this.error ??= "cut"
      return -1
    }
    this.at = from + length
    return from
  }

  #text(from: number, huffman: boolean): string {
    const text = huffman ? decodeHuffman(this.#bytes, from, this.at) : latin1(this.#bytes, from, this.at)
    if (text === undefined) this.error ??= "string"
    return text ?? ""
  }

  #byte(): number {
    if (this.at >= this.#bytes.length) {
      this.error ??= "cut"
      return 0
    }
    return this.#bytes[this.at++] ?? 0
  }
}

function isSame(raw: Uint8Array, bytes: Uint8Array, from: number, length: number): boolean {
  if (raw.length !== length) return false
  for (let at = 0; at < length; at++) if (raw[at] !== bytes[from + at]) return false
  return true
}

// Names of hostile messages fill at most this many slots of so many bytes. Values are not kept: they hold secrets, and rarely come twice.
const SLOT_MASK = 1023
const MAX_KNOWN = 40
const knownNames: ({ readonly raw: Uint8Array; readonly huffman: boolean; readonly name: string } | undefined)[] = Array.from(
  { length: SLOT_MASK + 1 },
  () => undefined,
)

// Integers and strings of HPACK and QPACK (RFC 7541 §5). Running out or overflowing never throws: the first error stays, and zeros and "" follow.
import { latin1 } from "../bytes.ts"
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
    const length = this.integer(prefix)
    const from = this.at
    if (this.error !== undefined || length > this.#bytes.length - from) {
      this.error ??= "cut"
      return ""
    }
    this.at = from + length
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

// Whether bytes could be a brotli stream (RFC 7932) that fits a limit, judged by the stream's and the first meta-block's own headers.

/** False only where the decompressor must fail, run out of input, or go beyond `limit`. */
export function beginsBrotli(bytes: Uint8Array, limit: number): boolean {
  const bits = new Bits(bytes)
  if (bits.take(1) === 1 && bits.take(3) === 0 && bits.take(3) === 1) return false
  const last = bits.take(1) === 1
  if (last && bits.take(1) === 1) return true
  const nibbles = bits.take(2) + 4
  // A block of metadata says nothing about what follows it.
  if (nibbles === 7) return bits.take(1) === 0
  const length = bits.take(4 * nibbles) + 1
  if (nibbles > 4 && (length - 1) >> (4 * (nibbles - 1)) === 0) return false
  if (length > limit) return false
  return last || bits.take(1) === 0 || length < bytes.length
}

/** Reads the lowest bit first; zeros after the end. */
class Bits {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  take(count: number): number {
    let value = 0
    for (let i = 0; i < count; i++, this.#at++) value |= (((this.#bytes[this.#at >> 3] ?? 0) >> (this.#at & 7)) & 1) << i
    return value
  }
}

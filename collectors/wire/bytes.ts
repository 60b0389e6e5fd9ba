/** The same memory with Buffer's methods; no copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Bytes that wait for more of their kind. Grows by doubling, so that a sender of single bytes costs no more than its bytes. */
export class GrowingBuffer {
  #buffer: Buffer
  #length = 0

  constructor(first: Uint8Array) {
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(first.length, SMALLEST))
    this.#buffer.set(first)
    this.#length = first.length
  }
  get length(): number {
    return this.#length
  }
  append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length
    if (needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2))
      grown.set(this.#buffer.subarray(0, this.#length))
      this.#buffer = grown
    }
    this.#buffer.set(bytes, this.#length)
    this.#length = needed
  }
  /** Valid until the next append. */
  view(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }
}
const SMALLEST = 256

/** A copy with memory of its own. Not `bytes.slice()`: on a Buffer that is a view. */
export function copyBytes(bytes: Uint8Array, from = 0, to = bytes.length): Uint8Array {
  return Uint8Array.prototype.slice.call(bytes, from, to)
}

/** What toString("utf8") ends in, see `latin1`. */
export function utf8(bytes: Buffer, from: number, to: number): string {
  return (bytes as Buffer & { utf8Slice(from: number, to: number): string }).utf8Slice(from, to)
}

/** What toString("latin1") ends in, without its checks of the arguments, which cost as much as a short string. */
export function latin1(bytes: Uint8Array, from: number, to: number): string {
  return (asBuffer(bytes) as Buffer & { latin1Slice(from: number, to: number): string }).latin1Slice(from, to)
}

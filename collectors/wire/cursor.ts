/** Reads big-endian fields. Running out never throws: the cursor turns not-ok for good and returns zeros; check `ok` once per structure. */
export class Cursor {
  ok = true
  readonly bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  get remaining(): number {
    return this.ok ? this.bytes.length - this.#at : 0
  }
  get position(): number {
    return this.#at
  }
  u8(): number {
    return this.#advance(1) ? this.#byte(1) : 0
  }
  u16(): number {
    return this.#advance(2) ? (this.#byte(2) << 8) | this.#byte(1) : 0
  }
  u24(): number {
    return this.#advance(3) ? (this.#byte(3) << 16) | (this.#byte(2) << 8) | this.#byte(1) : 0
  }
  u32(): number {
    return this.#advance(4) ? ((this.#byte(4) << 24) | (this.#byte(3) << 16) | (this.#byte(2) << 8) | this.#byte(1)) >>> 0 : 0
  }
  skip(length: number): void {
    this.#advance(length)
  }
  /** A view, not a copy. */
  take(length: number): Uint8Array {
    return this.#advance(length) ? this.bytes.subarray(this.#at - length, this.#at) : EMPTY
  }
  /** A cursor over the next `length` bytes, for length-prefixed vectors: the inner reader cannot run past its vector. */
  nested(length: number): Cursor {
    const inner = new Cursor(this.take(length))
    inner.ok = this.ok
    return inner
  }

  #byte(back: number): number {
    return this.bytes[this.#at - back] ?? 0
  }
  #advance(length: number): boolean {
    if (!this.ok || length < 0 || length > this.bytes.length - this.#at) {
      this.ok = false
      return false
    }
    this.#at += length
    return true
  }
}
const EMPTY = new Uint8Array(0)

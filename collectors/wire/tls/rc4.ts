/** RC4, which OpenSSL 3 keeps in its legacy provider that Node does not load. Long broken (RFC 7465), read only because old services still speak it. */
export class Rc4 {
  readonly #state: Uint8Array
  #i = 0
  #j = 0

  constructor(key: Uint8Array) {
    this.#state = Uint8Array.from({ length: 256 }, (_, at) => at)
    for (let i = 0, j = 0; i < 256; i++) {
      j = (j + (this.#state[i] ?? 0) + (key[i % key.length] ?? 0)) & 255
      this.#swap(i, j)
    }
  }

  apply(bytes: Uint8Array): Uint8Array {
    return bytes.map((byte) => byte ^ this.#next())
  }
  skip(count: number): void {
    for (let at = 0; at < count; at++) this.#next()
  }
  /** To try a sequence number and be able to go back. */
  copy(): Rc4 {
    const other = new Rc4(ONE)
    other.#state.set(this.#state)
    other.#i = this.#i
    other.#j = this.#j
    return other
  }

  #next(): number {
    this.#i = (this.#i + 1) & 255
    this.#j = (this.#j + (this.#state[this.#i] ?? 0)) & 255
    this.#swap(this.#i, this.#j)
    return this.#state[((this.#state[this.#i] ?? 0) + (this.#state[this.#j] ?? 0)) & 255] ?? 0
  }
  #swap(i: number, j: number): void {
    const kept = this.#state[i] ?? 0
    this.#state[i] = this.#state[j] ?? 0
    this.#state[j] = kept
  }
}
const ONE = new Uint8Array(1)

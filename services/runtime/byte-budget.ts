// Bytes that may be held at once. Whoever wants more waits in line; a thing larger than the whole budget passes when nothing else is held,
// instead of never.

export class ByteBudget {
  readonly #capacity: number
  #held = 0
  readonly #waiting: { readonly bytes: number; resolve(): void; reject(error: Error): void }[] = []
  #closed: Error | undefined

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get held(): number {
    return this.#held
  }

  take(bytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed !== undefined) reject(this.#closed)
      else if (this.#waiting.length === 0 && this.#fits(bytes)) {
        this.#held += bytes
        resolve()
      } else this.#waiting.push({ bytes, resolve, reject })
    })
  }

  give(bytes: number): void {
    this.#held -= bytes
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#held += next.bytes
      next.resolve()
    }
  }

  /** Who waits, and who asks from now on, gets this error. */
  close(error: Error): void {
    this.#closed = error
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }

  #fits(bytes: number): boolean {
    return this.#held === 0 || this.#held + bytes <= this.#capacity
  }
}

// A queue between a fast writer and a slow reader, bounded by weight (bytes, events): `push` waits while it is full, so the slow end sets the pace.
// An item heavier than the whole queue passes alone, when the queue is empty, instead of never.

export class BoundedQueue<T> implements AsyncIterable<T> {
  readonly #capacity: number
  readonly #items: { readonly item: T; readonly weight: number }[] = []
  #head = 0
  #weight = 0
  #closed = false
  readonly #writers: Writer<T>[] = []
  readonly #readers: (() => void)[] = []

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get weight(): number {
    return this.#weight
  }

  get length(): number {
    return this.#items.length - this.#head
  }

  /** False when there is no room: for a door that drops and counts instead of waiting. */
  tryPush(item: T, weight: number): boolean {
    if (this.#closed) throw new QueueClosedError()
    // Who waits already goes first, or light items could overtake a heavy one for ever.
    if (this.#writers.length > 0 || !this.#fits(weight)) return false
    this.#put(item, weight)
    return true
  }

  push(item: T, weight: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed) reject(new QueueClosedError())
      else if (this.tryPush(item, weight)) resolve()
      else this.#writers.push({ item, weight, resolve, reject })
    })
  }

  /** The next item; undefined when the queue is closed and empty. */
  async shift(): Promise<T | undefined> {
    while (this.length === 0) {
      if (this.#closed) return undefined
      await new Promise<void>((resolve) => this.#readers.push(resolve))
    }
    return this.#take()
  }

  /** What was pushed can still be read; pushing from now on, and who waits to push, gets QueueClosedError. */
  close(): void {
    this.#closed = true
    for (const wake of this.#readers.splice(0)) wake()
    for (const { reject } of this.#writers.splice(0)) reject(new QueueClosedError())
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    for (;;) {
      const item = await this.shift()
      if (item === undefined) return
      yield item
    }
  }

  #take(): T | undefined {
    const entry = this.#items[this.#head]
    if (entry === undefined) return undefined
    this.#head += 1
    if (this.#head >= COMPACT_AT && this.#head * 2 >= this.#items.length) {
      this.#items.splice(0, this.#head)
      this.#head = 0
    }
    this.#weight -= entry.weight
    this.#admit()
    return entry.item
  }

  #admit(): void {
    for (let writer = this.#writers[0]; writer !== undefined && this.#fits(writer.weight); writer = this.#writers[0]) {
      this.#writers.shift()
      this.#put(writer.item, writer.weight)
      writer.resolve()
    }
  }

  #fits(weight: number): boolean {
    return this.length === 0 || this.#weight + weight <= this.#capacity
  }

  #put(item: T, weight: number): void {
    this.#items.push({ item, weight })
    this.#weight += weight
    this.#readers.shift()?.()
  }
}

interface Writer<T> {
  readonly item: T
  readonly weight: number
  resolve(): void
  reject(error: Error): void
}

export class QueueClosedError extends Error {
  override name = "QueueClosedError"

  constructor() {
    super("the queue is closed")
  }
}

// Taken entries are cut off in one go: Array.shift moves the whole array each time.
const COMPACT_AT = 1_024

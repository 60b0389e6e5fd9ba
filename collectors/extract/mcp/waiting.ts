/** Requests whose answers come elsewhere or later. Bounded: the oldest is given up, and handed back so that its row is not lost. */
export class Waiting<T> {
  readonly #map = new Map<string, T>()
  readonly #limit: number
  constructor(limit: number) {
    this.#limit = limit
  }

  /** What had to make room. */
  add(key: string, value: T): T | undefined {
    const replaced = this.#map.get(key)
    this.#map.delete(key)
    this.#map.set(key, value)
    if (replaced !== undefined) return replaced
    if (this.#map.size <= this.#limit) return undefined
    const oldest = this.#map.entries().next().value
    if (oldest === undefined) return undefined
    this.#map.delete(oldest[0])
    return oldest[1]
  }

  take(key: string): T | undefined {
    const value = this.#map.get(key)
    if (value !== undefined) this.#map.delete(key)
    return value
  }

  /** All that still waits, oldest first; nothing waits afterwards. */
  drain(): T[] {
    const all = [...this.#map.values()]
    this.#map.clear()
    return all
  }
}

/** A map that forgets what was not touched for longest. Every table of the extractor is one: hostile traffic may fill it, never grow it. */
export class Lru<V> {
  readonly #map = new Map<string, V>()
  readonly #limit: number
  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#map.size
  }
  get(key: string): V | undefined {
    const value = this.#map.get(key)
    if (value !== undefined) {
      this.#map.delete(key)
      this.#map.set(key, value)
    }
    return value
  }
  set(key: string, value: V): void {
    this.#map.delete(key)
    this.#map.set(key, value)
    if (this.#map.size > this.#limit) {
      const oldest = this.#map.keys().next().value
      if (oldest !== undefined) this.#map.delete(oldest)
    }
  }
  delete(key: string): void {
    this.#map.delete(key)
  }
}

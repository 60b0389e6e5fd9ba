/** A map that forgets what was set longest ago. For state that traffic could otherwise grow without bound. */
export class LimitedMap<K, V> {
  readonly #map = new Map<K, V>()
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }
  get size(): number {
    return this.#map.size
  }
  get(key: K): V | undefined {
    return this.#map.get(key)
  }
  /** Setting again makes it the newest. */
  set(key: K, value: V): void {
    this.#map.delete(key)
    this.#map.set(key, value)
    if (this.#map.size > this.#limit) {
      const oldest = this.#map.keys().next()
      if (oldest.done !== true) this.#map.delete(oldest.value)
    }
  }
  delete(key: K): boolean {
    return this.#map.delete(key)
  }
  values(): IterableIterator<V> {
    return this.#map.values()
  }
}

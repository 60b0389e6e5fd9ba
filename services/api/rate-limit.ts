/** A token bucket for each caller: bursts of a minute's worth, then evenly. */
export class RateLimit {
  readonly #buckets = new Map<string, { tokens: number; at: number }>()
  readonly #perMinute: number

  constructor(perMinute: number) {
    this.#perMinute = perMinute
  }

  /** Milliseconds to wait; 0 when the request may pass. */
  take(caller: string, now: number): number {
    const bucket = this.#buckets.get(caller) ?? { tokens: this.#perMinute, at: now }
    const tokens = Math.min(this.#perMinute, bucket.tokens + ((now - bucket.at) / 60_000) * this.#perMinute)
    if (tokens < 1) {
      this.#buckets.set(caller, { tokens, at: now })
      return Math.ceil(((1 - tokens) / this.#perMinute) * 60_000)
    }
    this.#buckets.delete(caller)
    this.#buckets.set(caller, { tokens: tokens - 1, at: now })
    // Addresses are free for an attacker: forget the caller who was quiet the longest.
    if (this.#buckets.size > MAX_CALLERS) this.#buckets.delete(this.#buckets.keys().next().value ?? "")
    return 0
  }
}

const MAX_CALLERS = 10_000

// How often an engine may be asked: so many requests in any minute, so many in a UTC day. The day's count is kept across restarts by whoever holds it:
// a vendor's quota does not forget either.

export interface DayCount {
  /** "2026-11-21" */
  readonly day: string
  readonly count: number
}

export class Limiter {
  readonly #perMinute: number
  readonly #perDay: number
  #recent: number[] = []
  #today: DayCount
  /** The engine itself has said when to come back. */
  #blockedUntil = 0

  constructor({ perMinute, perDay }: { perMinute: number; perDay: number }, today: DayCount = { day: "", count: 0 }) {
    this.#perMinute = perMinute
    this.#perDay = perDay
    this.#today = today
  }

  /** 0 when the request may go now, and then it is counted; else how many milliseconds to wait. */
  take(now: number): number {
    const wait = this.wait(now)
    if (wait > 0) return wait
    if (this.#perMinute > 0) this.#recent.push(now)
    this.#today = { day: dayOf(now), count: this.#countOn(now) + 1 }
    return 0
  }

  wait(now: number): number {
    if (now < this.#blockedUntil) return this.#blockedUntil - now
    if (this.#perDay > 0 && this.#countOn(now) >= this.#perDay) return DAY - (now % DAY)
    if (this.#perMinute === 0) return 0
    this.#recent = this.#recent.filter((at) => now - at < MINUTE)
    const oldest = this.#recent[this.#recent.length - this.#perMinute]
    return oldest === undefined ? 0 : MINUTE - (now - oldest)
  }

  /** The engine said that it was too much. */
  block(until: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, until)
  }

  get today(): DayCount {
    return this.#today
  }

  #countOn(now: number): number {
    return this.#today.day === dayOf(now) ? this.#today.count : 0
  }
}

function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10)
}

const MINUTE = 60_000
const DAY = 86_400_000

// Floods of HTTP/2: cheap frames that cost the receiver much (RFC 9113 §10.5). Each kind is named once for a connection; nothing is kept for them here.
import type { Micros } from "../stream.ts"

export type Flood = "rapid-reset" | "settings-flood" | "ping-flood" | "empty-frame-flood" | "priority-flood" | "window-update-flood"

export class FloodWatch {
  readonly #report: (flood: Flood, at: Micros) => void
  readonly #counts = new Map<Flood, { since: Micros; count: number }>()
  readonly #reported = new Set<Flood>()

  constructor(report: (flood: Flood, at: Micros) => void) {
    this.#report = report
  }

  count(flood: Flood, at: Micros): void {
    const entry = this.#counts.get(flood)
    if (entry === undefined || at - entry.since > WINDOW) {
      this.#counts.set(flood, { since: at, count: 1 })
      return
    }
    entry.count++
    if (entry.count < LIMITS[flood] || this.#reported.has(flood)) return
    this.#reported.add(flood)
    this.#report(flood, at)
  }
}

// Micros of packet time.
const WINDOW = 10_000_000
// Servers that defend themselves close at: 100 early resets in a short time (CVE-2023-44487; node 1,000 by rate), 1,000 SETTINGS or PING (CVE-2019-9512,
// 9515), 1,000 empty frames (CVE-2019-9518), 10,000 priority changes (CVE-2019-9513). Honest clients stay far below within ten seconds.
const LIMITS: Readonly<Record<Flood, number>> = {
  "rapid-reset": 200,
  "settings-flood": 500,
  "ping-flood": 1000,
  "empty-frame-flood": 1000,
  "priority-flood": 5000,
  "window-update-flood": 200_000,
}

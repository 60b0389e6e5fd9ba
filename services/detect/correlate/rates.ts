// Counting over time: DNS names per domain, bytes per destination, the same call again and again. Windows are of packet time, so a replay counts the same.
import type { Micros } from "../../contracts/primitives.ts"
import type { Spent } from "../../policy/budgets.ts"
import type { Observed } from "../inspected.ts"
import type { Note } from "./note.ts"
import type { Signals } from "./signals.ts"

interface Window {
  start: Micros
  count: number
  /** Bytes or characters. */
  load: number
  told: boolean
}

type RateSignals = Pick<Signals, "dns" | "sent" | "calls">

/** What one activity takes from a budget of the policy. */
export interface Spending {
  /** Budget, agent and destination. */
  readonly key: string
  readonly at: Micros
  readonly perMicros: number
  readonly bytes: number
}

export class Rates {
  readonly #windows = new Map<string, Window>()

  observe(head: Observed, signals: RateSignals): Note[] {
    return [...this.#names(head, signals), ...this.#bytes(head, signals), ...this.#calls(head, signals)]
  }

  /** What is spent in the window, once, when it goes over: `over` says so. */
  spend({ key, at, perMicros, bytes }: Spending, over: (spent: Spent) => boolean): Spent | undefined {
    const window = this.#count(`budget ${key}`, at, perMicros, bytes)
    const spent = { bytes: window.load, requests: window.count }
    if (window.told || !over(spent)) return undefined
    window.told = true
    return spent
  }

  save(): unknown {
    return [...this.#windows]
  }

  restore(saved: unknown): void {
    for (const [key, window] of saved as [string, Window][]) this.#windows.set(key, window)
  }

  #names({ at }: Observed, { dns }: RateSignals): Note[] {
    if (dns === undefined || dns.carried === 0) return []
    const window = this.#count(`dns ${dns.domain}`, at, MINUTE, dns.carried)
    if (window.told || window.count < TUNNEL_NAMES || window.load < TUNNEL_CHARACTERS) return []
    window.told = true
    return [
      note(
        {
          rule: "exfiltration/dns-tunnel",
          severity: "critical",
          confidence: 0.9,
          title: "A tunnel in DNS names",
          reason: `${window.count} encoded names under ${dns.domain} within a minute carry ${window.load} characters`,
          subject: dns.domain,
          facts: { domain: dns.domain, names: window.count },
          references: ["T1071.004", "T1572"],
        },
        "dns",
      ),
    ]
  }

  #bytes({ at, agent, destination }: Observed, { sent }: RateSignals): Note[] {
    if (destination?.class !== "unknown" || sent === 0) return []
    const window = this.#count(`bytes ${agent.id} ${destination.host}`, at, DAY, sent)
    if (window.told || window.load < BUDGET_BYTES) return []
    window.told = true
    return [
      note(
        {
          rule: "exfiltration/budget",
          severity: "medium",
          confidence: 0.65,
          title: "More data than this place has ever needed",
          reason: `${Math.round(window.load / 1_000_000)} MB in ${window.count} activities to ${destination.host} within a day`,
          subject: destination.host,
          facts: { bytes: window.load, count: window.count },
          references: ["T1030", "T1048"],
        },
        "body",
      ),
    ]
  }

  #calls({ at }: Observed, { calls }: RateSignals): Note[] {
    return calls.flatMap(({ tool, hash }) => {
      const notes: Note[] = []
      const same = this.#count(`call ${hash}`, at, MINUTE, 0)
      if (!same.told && same.count >= LOOP_CALLS) {
        same.told = true
        notes.push(
          note(
            {
              rule: "tools/call-loop",
              severity: "medium",
              confidence: 0.7,
              title: "An agent that repeats itself",
              reason: `${tool} was called ${same.count} times within a minute with the same arguments`,
              subject: tool,
              facts: { tool, count: same.count },
              references: ["LLM10:2025", "ASI08"],
            },
            "tool-call",
          ),
        )
      }
      const all = this.#count("calls", at, MINUTE, 0)
      if (!all.told && all.count >= STORM_CALLS) {
        all.told = true
        notes.push(
          note(
            {
              rule: "tools/call-storm",
              severity: "medium",
              confidence: 0.65,
              title: "A storm of tool calls",
              reason: `${all.count} tool calls within a minute, the last to ${tool}`,
              subject: "storm",
              facts: { count: all.count },
              references: ["LLM10:2025", "ASI08"],
            },
            "tool-call",
          ),
        )
      }
      return notes
    })
  }

  #count(key: string, at: Micros, length: Micros, load: number): Window {
    const known = this.#windows.get(key)
    const window = known === undefined || at - known.start >= length ? { start: at, count: 0, load: 0, told: false } : known
    window.count++
    window.load += load
    this.#windows.delete(key)
    this.#windows.set(key, window)
    for (const oldest of this.#windows.keys()) {
      if (this.#windows.size <= MAX_WINDOWS) break
      this.#windows.delete(oldest)
    }
    return window
  }
}

function note(
  said: Pick<Note, "rule" | "severity" | "confidence" | "title" | "reason" | "subject" | "facts" | "references">,
  place: string,
): Note {
  return { ...said, family: said.rule.startsWith("tools/") ? "tools" : "exfiltration", place, path: "", masked: said.reason }
}

const MINUTE = 60 * 1_000_000
const DAY = 24 * 60 * MINUTE
// Twelve encoded names a minute is more than any resolver cache explains; below 300 characters nothing worth it has left.
const TUNNEL_NAMES = 12
const TUNNEL_CHARACTERS = 300
const BUDGET_BYTES = 50_000_000
const LOOP_CALLS = 15
const STORM_CALLS = 300
const MAX_WINDOWS = 2_048

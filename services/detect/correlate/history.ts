// What this agent did before: hosts it knows, names that pointed elsewhere, keys it showed, the order of its steps.
import type { Micros } from "../../contracts/primitives.ts"
import type { Observed } from "../inspected.ts"
import type { Note } from "./note.ts"
import type { Signals } from "./signals.ts"
import type { StepKind } from "./steps.ts"

interface Step {
  readonly kind: StepKind
  readonly tool: string
  readonly id: string
  readonly at: Micros
}

export class History {
  readonly #hosts = new Map<string, true>()
  readonly #names = new Map<string, boolean>()
  readonly #keys = new Map<string, string[]>()
  #steps: Step[] = []
  #activities = 0

  observe(head: Observed, signals: Signals): Note[] {
    this.#activities++
    return [...this.#novelty(head), ...this.#rebinding(signals), ...this.#foreignKey(signals), ...this.#sequences(head, signals)]
  }

  save(): unknown {
    return {
      hosts: [...this.#hosts.keys()],
      names: [...this.#names],
      keys: [...this.#keys],
      steps: this.#steps,
      activities: this.#activities,
    }
  }

  restore(saved: unknown): void {
    const { hosts, names, keys, steps, activities } = saved as {
      hosts: string[]
      names: [string, boolean][]
      keys: [string, string[]][]
      steps: Step[]
      activities: number
    }
    for (const host of hosts) this.#hosts.set(host, true)
    for (const [name, value] of names) this.#names.set(name, value)
    for (const [provider, list] of keys) this.#keys.set(provider, list)
    this.#steps = steps
    this.#activities = activities
  }

  /** Said only when the agent's habits are known; information, never an alarm by itself. */
  #novelty({ destination, kind }: Observed): Note[] {
    if (destination === undefined || kind === "dns" || kind === "flow" || kind === "tls" || this.#hosts.has(destination.host)) return []
    remember(this.#hosts, destination.host, true)
    if (this.#activities < HABIT || destination.class !== "unknown") return []
    return [
      note("destination/first-seen", "destinations", {
        severity: "info",
        confidence: 0.6,
        title: "A destination this agent has not used before",
        reason: `${destination.host} is new after ${this.#activities} activities`,
        subject: destination.host,
        references: [],
      }),
    ]
  }

  /** A name that was outside and is now inside: the address was changed between the check and the use. */
  #rebinding({ dns }: Signals): Note[] {
    if (dns === undefined || dns.addresses.length === 0) return []
    const inside = dns.addresses.some((address) => address.inside)
    const before = this.#names.get(dns.name)
    if (before !== true || !inside) {
      remember(this.#names, dns.name, before === true || !inside)
      return []
    }
    const value = dns.addresses.find((address) => address.inside)?.value ?? ""
    return [
      note("destination/rebinding", "destinations", {
        severity: "critical",
        confidence: 0.95,
        title: "A name that was public now points inside",
        reason: `${dns.name} resolved to a public address before and now to ${value}`,
        subject: dns.name,
        facts: { domain: dns.name, address: value },
        references: ["T1557", "T1190"],
      }),
    ]
  }

  /** A second key at a vendor this agent already has a key for: data may go into somebody else's account. */
  #foreignKey({ credential }: Signals): Note[] {
    if (credential === undefined) return []
    const known = this.#keys.get(credential.provider) ?? []
    if (known.includes(credential.fingerprint)) return []
    remember(this.#keys, credential.provider, [...known, credential.fingerprint].slice(-MAX_KEYS))
    if (known.length === 0) return []
    return [
      note("exfiltration/foreign-key", "exfiltration", {
        severity: "medium",
        confidence: 0.55,
        title: "Another key at a known vendor",
        reason: `${credential.provider} was called with a key this agent has not used before: uploads may go to another account`,
        subject: `${credential.provider} ${credential.fingerprint}`,
        facts: { provider: credential.provider },
        references: ["T1567", "T1550"],
      }),
    ]
  }

  #sequences({ id, at }: Observed, { steps }: Signals): Note[] {
    const notes: Note[] = []
    for (const { kind, tool } of steps) {
      const recent = this.#steps.filter((step) => at - step.at < SEQUENCE_MICROS)
      for (const rule of sequenceRules) {
        if (rule.last !== kind) continue
        const first = recent.findLast((step) => step.kind === rule.first && step.id !== id)
        if (first === undefined || (rule.between !== undefined && !recent.some((step) => step.kind === rule.between))) continue
        notes.push(
          note(`sequence/${rule.id}`, "tools", {
            severity: rule.severity,
            confidence: rule.confidence,
            title: rule.title,
            reason: `${first.tool} (${rule.first}) and then ${tool} (${kind})`,
            subject: `${rule.id} ${tool}`,
            facts: { first: first.tool, last: tool },
            references: rule.references,
            related: [first.id],
          }),
        )
      }
      this.#steps = [...recent, { kind, tool, id, at }].slice(-MAX_STEPS)
    }
    return notes
  }
}

interface SequenceRule {
  readonly id: string
  readonly first: StepKind
  readonly between?: StepKind
  readonly last: StepKind
  readonly title: string
  readonly severity: Note["severity"]
  readonly confidence: number
  readonly references: readonly string[]
}

const sequenceRules: readonly SequenceRule[] = [
  {
    id: "secret-then-send",
    first: "secret-read",
    last: "network-send",
    title: "A secret was read, then something was sent",
    severity: "high",
    confidence: 0.72,
    references: ["T1552", "T1041", "ASI02"],
  },
  {
    id: "trifecta",
    first: "private-read",
    between: "untrusted-fetch",
    last: "network-send",
    title: "Private data, foreign words and a way out in one session",
    severity: "medium",
    confidence: 0.5,
    references: ["ASI01", "LLM06:2025"],
  },
  {
    id: "write-then-run",
    first: "write-code",
    last: "run-code",
    title: "A script was written, then run",
    severity: "low",
    confidence: 0.4,
    references: ["T1059"],
  },
  {
    id: "fetch-then-persist",
    first: "untrusted-fetch",
    last: "persist",
    title: "Something was fetched, then something was made to stay",
    severity: "high",
    confidence: 0.7,
    references: ["T1105", "T1546"],
  },
]

function note(rule: string, family: string, said: Omit<Note, "rule" | "family" | "place" | "path" | "masked">): Note {
  return { ...said, rule, family, place: "tool-call", path: "", masked: said.reason }
}

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key)
  map.set(key, value)
  for (const oldest of map.keys()) {
    if (map.size <= MAX_REMEMBERED) return
    map.delete(oldest)
  }
}

const HABIT = 50
const MAX_REMEMBERED = 4_096
const MAX_KEYS = 8
const MAX_STEPS = 64
const SEQUENCE_MICROS = 15 * 60 * 1_000_000

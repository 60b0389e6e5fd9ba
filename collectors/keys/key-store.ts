// TLS secrets in memory: the only place where they live. Bounded by number and by idle time, wiped when dropped, never logged, never written.
// Time comes from the caller (`advance`): packet time in a replay, the clock in a live sensor, so that a replay forgets nothing by accident.
import type { KeyLookup, KeyPatience } from "../wire/context.ts"
import type { Micros } from "../wire/stream.ts"
import { type KeyLogEntry, KeyLogReader } from "./key-log.ts"

export interface KeyStoreLimits {
  /** Client randoms held; the one longest unused goes first. */
  readonly sessions?: number
  /** A session whose secrets nobody asked for during this time is forgotten. */
  readonly idleMicros?: Micros
  /** How long and how much flows wait for keys. */
  readonly patience?: KeyPatience
}

export interface KeyStoreCounts {
  sessions: number
  added: number
  duplicates: number
  /** A second, different secret under a name that has one: the first stays, so that a late liar cannot displace the truth. */
  conflicts: number
  evicted: number
  expired: number
  /** Lookups of sessions that have secrets. */
  hits: number
}

export class KeyStore implements KeyLookup {
  readonly counts: KeyStoreCounts = { sessions: 0, added: 0, duplicates: 0, conflicts: 0, evicted: 0, expired: 0, hits: 0 }
  /** In order of last use, the longest unused first. */
  readonly #sessions = new Map<string, Session>()
  readonly #maxSessions: number
  readonly #idleMicros: Micros
  readonly patience?: KeyPatience
  #generation = 0
  #now: Micros = 0

  constructor(limits: KeyStoreLimits = {}) {
    this.#maxSessions = limits.sessions ?? DEFAULT_SESSIONS
    this.#idleMicros = limits.idleMicros ?? DEFAULT_IDLE
    if (limits.patience !== undefined) this.patience = limits.patience
  }

  get generation(): number {
    return this.#generation
  }

  /** The returned bytes are wiped when the session is dropped: derive from them at once, do not keep them. */
  find(label: string, id: string): Uint8Array | undefined {
    const session = this.#sessions.get(id)
    if (session === undefined) return undefined
    this.#touch(id, session)
    this.counts.hits++
    return session.secrets.get(label)
  }

  add(entry: KeyLogEntry): void {
    const session = this.#sessions.get(entry.id) ?? newSession(this.#now)
    const known = session.secrets.get(entry.label)
    if (known !== undefined) {
      if (same(known, entry.secret)) this.counts.duplicates++
      else this.counts.conflicts++
      return
    }
    session.secrets.set(entry.label, entry.secret)
    this.counts.added++
    this.#keep(entry.id, session)
  }

  remember(label: string, id: string, secret: Uint8Array): void {
    const session = this.#sessions.get(id) ?? newSession(this.#now)
    if (session.secrets.has(label)) return
    session.secrets.set(label, Uint8Array.from(secret))
    this.#keep(id, session)
  }

  /** A whole key log at once: a file of a replay, a pcapng secrets block. */
  addText(bytes: Uint8Array): KeyLogReader["counts"] {
    const reader = new KeyLogReader((entry) => this.add(entry))
    reader.push(bytes)
    reader.settle()
    return reader.counts
  }

  /** Tells the time and forgets what has been idle too long. */
  advance(now: Micros): void {
    if (now <= this.#now) return
    const first = this.#now === 0
    this.#now = now
    for (const session of this.#sessions.values()) {
      if (first || session.usedAt === 0) session.usedAt = now
      else break
    }
    for (const session of this.#sessions.values()) {
      if (session.usedAt > now - this.#idleMicros) break
      this.#dropOldest("expired")
    }
    this.counts.sessions = this.#sessions.size
  }

  clear(): void {
    for (const session of this.#sessions.values()) wipe(session)
    this.#sessions.clear()
    this.counts.sessions = 0
  }

  /** A store never prints what it holds, not even by accident in a log line or an error report. */
  toJSON(): unknown {
    return { sessions: this.#sessions.size }
  }

  #keep(id: string, session: Session): void {
    this.#touch(id, session)
    this.#generation++
    while (this.#sessions.size > this.#maxSessions) this.#dropOldest("evicted")
    this.counts.sessions = this.#sessions.size
  }

  #touch(id: string, session: Session): void {
    session.usedAt = this.#now
    this.#sessions.delete(id)
    this.#sessions.set(id, session)
  }

  #dropOldest(why: "evicted" | "expired"): void {
    for (const [id, session] of this.#sessions) {
      wipe(session)
      this.#sessions.delete(id)
      this.counts[why]++
      return
    }
  }
}

interface Session {
  readonly secrets: Map<string, Uint8Array>
  usedAt: Micros
}

function newSession(now: Micros): Session {
  return { secrets: new Map(), usedAt: now }
}

function wipe(session: Session): void {
  for (const secret of session.secrets.values()) secret.fill(0)
  session.secrets.clear()
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at])
}

// About 0.5 KB a TLS 1.3 session of five secrets: 100 MB at the most, two hours of 30 handshakes a second.
const DEFAULT_SESSIONS = 200_000
// HTTP connections of agents are kept alive for minutes, seldom hours; keys are only asked for at the handshake and while they are late.
const DEFAULT_IDLE: Micros = 3_600_000_000

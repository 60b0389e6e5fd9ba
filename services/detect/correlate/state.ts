// All that is remembered of one workload. Each part is a class of its own with a bound, `save` and `restore`; this file holds them together and writes
// down what changes them, so that memory can be rebuilt to the last activity (journal.ts).
import type { SecurityEvent } from "../../contracts/event.ts"
import type { Finding } from "../../contracts/finding.ts"
import { type Budget, isOver, type Spent } from "../../policy/budgets.ts"
import { EventFolder } from "../events.ts"
import type { Judgement } from "../inspect.ts"
import type { Inspected, Observed } from "../inspected.ts"
import { History } from "./history.ts"
import { type JournalActivity, type JournalEntry, journalHead, journalSignals, signalsOfJournal } from "./journal.ts"
import { judgementOf, type Note } from "./note.ts"
import { SentPieces } from "./pieces.ts"
import { ToolPins } from "./pins.ts"
import { Rates } from "./rates.ts"
import type { Signals } from "./signals.ts"
import { Taint } from "./taint.ts"

export interface Overrun {
  readonly budget: Budget
  readonly spent: Spent
}

export class WorkloadState {
  readonly #events = new EventFolder()
  readonly #seen = new Set<string>()
  readonly #pins = new ToolPins()
  readonly #pieces = new SentPieces()
  readonly #taint = new Taint()
  readonly #rates = new Rates()
  readonly #history = new History()
  #seq = 0
  #observed: JournalActivity[] = []
  #raised: JournalEntry["raised"][number][] = []

  /** A redelivered activity must not count twice. */
  isRepeated(id: string): boolean {
    return this.#seen.has(id)
  }

  /** What this activity shows together with earlier ones, and which budgets it goes over. */
  observe(inspected: Inspected, budgets: readonly Budget[] = []): { judgements: Judgement[]; overruns: Overrun[] } {
    const { head, signals, facts } = inspected
    const tools = signals.tools.map((list) => (this.#pins.isKnown(list) ? { ...list, items: [] } : list))
    const notes = this.#learn(head, signals)
    const spent = budgets.map((budget) => {
      const spending = {
        key: `${budget.rule.id} ${head.agent.id} ${facts.host}`,
        at: head.at,
        perMicros: budget.perMicros,
        bytes: signals.sent,
      }
      const over = this.#rates.spend(spending, (sum) => isOver(budget, sum))
      return { budget, spending, over }
    })
    this.#observed.push({
      head: journalHead(head),
      signals: journalSignals(signals, tools),
      ...(spent.length === 0 ? {} : { spent: spent.map(({ spending, over }) => ({ ...spending, told: over !== undefined })) }),
    })
    return {
      judgements: notes.map((note) => judgementOf(note, inspected)),
      overruns: spent.flatMap(({ budget, over }) => (over === undefined ? [] : [{ budget, spent: over }])),
    }
  }

  raise(finding: Finding, suppression: SecurityEvent["suppression"]): void {
    if (this.#events.add(finding, suppression)) this.#raised.push([finding, suppression ?? null])
  }

  /** Newest revision of every event that changed since the last call. */
  drainEvents(): SecurityEvent[] {
    return this.#events.drain()
  }

  /** What changed since the last call, to be written down; undefined when nothing did. */
  takeEntry(): string | undefined {
    if (this.#observed.length === 0 && this.#raised.length === 0) return undefined
    const entry: JournalEntry = { seq: ++this.#seq, observed: this.#observed, raised: this.#raised }
    this.#observed = []
    this.#raised = []
    return JSON.stringify(entry)
  }

  save(): string {
    return JSON.stringify({
      v: VERSION,
      seq: this.#seq,
      seen: [...this.#seen],
      events: this.#events.save(),
      pins: this.#pins.save(),
      pieces: this.#pieces.save(),
      taint: this.#taint.save(),
      rates: this.#rates.save(),
      history: this.#history.save(),
    })
  }

  /** A snapshot, then the entries after it. State of another version starts anew: it is a memory, not a record. */
  static restore({ snapshot, entries }: { readonly snapshot: string | undefined; readonly entries: readonly string[] }): WorkloadState {
    const state = new WorkloadState()
    if (snapshot !== undefined) state.#restore(JSON.parse(snapshot))
    for (const text of entries) state.#recall(JSON.parse(text) as JournalEntry)
    state.#events.drain()
    return state
  }

  // biome-ignore lint/suspicious/noExplicitAny: our own snapshot; each part knows its shape
  #restore(saved: any): void {
    if (saved.v !== VERSION) return
    this.#seq = saved.seq
    for (const id of saved.seen) this.#seen.add(id)
    this.#events.restore(saved.events)
    this.#pins.restore(saved.pins)
    this.#pieces.restore(saved.pieces)
    this.#taint.restore(saved.taint)
    this.#rates.restore(saved.rates)
    this.#history.restore(saved.history)
  }

  #recall({ seq, observed, raised }: JournalEntry): void {
    // A snapshot may be newer than entries that were not yet cleared away.
    if (seq <= this.#seq) return
    this.#seq = seq
    for (const { head, signals, spent = [] } of observed) {
      this.#learn(head, signalsOfJournal(signals))
      for (const { told, ...spending } of spent) this.#rates.spend(spending, () => told)
    }
    for (const [finding, suppression] of raised) this.#events.add(finding, suppression ?? undefined)
  }

  #learn(head: Observed, signals: Signals): Note[] {
    this.#remember(head.id)
    const host = signals.dns?.domain ?? head.destination?.host ?? ""
    return [
      ...this.#pins.observe(signals.tools),
      ...this.#pieces.observe(host, { id: head.id, at: head.at, pieces: signals.fragments }),
      ...this.#taint.observe(head.id, host, signals),
      ...this.#rates.observe(head, signals),
      ...this.#history.observe(head, signals),
    ]
  }

  #remember(id: string): void {
    this.#seen.add(id)
    if (this.#seen.size <= MAX_SEEN) return
    const oldest = this.#seen.values().next().value
    if (oldest !== undefined) this.#seen.delete(oldest)
  }
}

const VERSION = 2
// Redelivery goes back to the last commit: a few batches of a few hundred.
const MAX_SEEN = 4_096

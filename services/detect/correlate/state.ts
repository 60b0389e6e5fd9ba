// All that is remembered of one workload. Each part is a class of its own with a bound, `save` and `restore`; this file only holds them together.
import { EventFolder } from "../events.ts"
import type { Judgement } from "../inspect.ts"
import type { Inspected } from "../inspected.ts"
import { History } from "./history.ts"
import { judgementOf } from "./note.ts"
import { SentPieces } from "./pieces.ts"
import { ToolPins } from "./pins.ts"
import { Rates } from "./rates.ts"
import { Taint } from "./taint.ts"

export class WorkloadState {
  readonly events = new EventFolder()
  readonly #seen = new Set<string>()
  readonly #pins = new ToolPins()
  readonly #pieces = new SentPieces()
  readonly #taint = new Taint()
  readonly #rates = new Rates()
  readonly #history = new History()

  /** A redelivered activity must not count twice. */
  isRepeated(id: string): boolean {
    return this.#seen.has(id)
  }

  /** What this activity shows together with earlier ones. */
  observe(inspected: Inspected): Judgement[] {
    const { head, signals } = inspected
    this.#remember(head.id)
    const host = signals.dns?.domain ?? head.destination?.host ?? ""
    const notes = [
      ...this.#pins.observe(signals.tools),
      ...this.#pieces.observe(host, { id: head.id, at: head.at, pieces: signals.fragments }),
      ...this.#taint.observe(head.id, host, signals),
      ...this.#rates.observe(head, signals),
      ...this.#history.observe(head, signals),
    ]
    return notes.map((note) => judgementOf(note, inspected))
  }

  save(): string {
    return JSON.stringify({
      v: VERSION,
      seen: [...this.#seen],
      events: this.events.save(),
      pins: this.#pins.save(),
      pieces: this.#pieces.save(),
      taint: this.#taint.save(),
      rates: this.#rates.save(),
      history: this.#history.save(),
    })
  }

  /** State of another version starts anew: it is a memory, not a record. */
  static restore(text: string): WorkloadState {
    const state = new WorkloadState()
    const saved = JSON.parse(text)
    if (saved.v !== VERSION) return state
    for (const id of saved.seen) state.#seen.add(id)
    state.events.restore(saved.events)
    state.#pins.restore(saved.pins)
    state.#pieces.restore(saved.pieces)
    state.#taint.restore(saved.taint)
    state.#rates.restore(saved.rates)
    state.#history.restore(saved.history)
    return state
  }

  #remember(id: string): void {
    this.#seen.add(id)
    if (this.#seen.size <= MAX_SEEN) return
    const oldest = this.#seen.values().next().value
    if (oldest !== undefined) this.#seen.delete(oldest)
  }
}

const VERSION = 1
// Redelivery goes back to the last commit: a few batches of a few hundred.
const MAX_SEEN = 4_096

// All that is remembered of one workload. Each part is a class of its own with a bound, `save` and `restore`; this file only holds them together.
import { EventFolder } from "../events.ts"
import type { Judgement } from "../inspect.ts"
import type { Inspected } from "../inspected.ts"

export class WorkloadState {
  readonly events = new EventFolder()
  readonly #seen = new Set<string>()

  /** A redelivered activity must not count twice. */
  isRepeated(id: string): boolean {
    return this.#seen.has(id)
  }

  observe(inspected: Inspected): Judgement[] {
    this.#remember(inspected.head.id)
    return []
  }

  save(): string {
    return JSON.stringify({ v: 1, seen: [...this.#seen], events: this.events.save() })
  }

  static restore(text: string): WorkloadState {
    const state = new WorkloadState()
    const saved = JSON.parse(text)
    for (const id of saved.seen) state.#seen.add(id)
    state.events.restore(saved.events)
    return state
  }

  #remember(id: string): void {
    this.#seen.add(id)
    if (this.#seen.size <= MAX_SEEN) return
    const oldest = this.#seen.values().next().value
    if (oldest !== undefined) this.#seen.delete(oldest)
  }
}

// Redelivery goes back to the last commit: a few batches of a few hundred.
const MAX_SEEN = 4_096

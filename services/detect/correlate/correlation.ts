// What one exchange cannot show, by key (workload): ordered, bounded, deterministic on replay. State lives here between batches and survives restarts
// through a keeper; the least recently used workload is put away when there are too many.
import { WorkloadState } from "./state.ts"

/** Where state rests while nobody needs it. */
export interface StateKeeper {
  load(key: string): Promise<string | undefined>
  save(key: string, state: string): Promise<void>
}

export class Correlation {
  readonly #keeper: StateKeeper | undefined
  readonly #states = new Map<string, WorkloadState>()
  readonly #unsaved = new Map<string, number>()

  constructor(keeper?: StateKeeper) {
    this.#keeper = keeper
  }

  async stateOf(key: string): Promise<WorkloadState> {
    const present = this.#states.get(key)
    if (present !== undefined) {
      this.#states.delete(key)
      this.#states.set(key, present)
      return present
    }
    const saved = await this.#keeper?.load(key)
    const state = saved === undefined ? new WorkloadState() : WorkloadState.restore(saved)
    this.#states.set(key, state)
    await this.#trim(key)
    return state
  }

  /** Called when a batch is published: state is written every so often, not for every batch. */
  async keep(key: string): Promise<void> {
    const batches = (this.#unsaved.get(key) ?? 0) + 1
    this.#unsaved.set(key, batches)
    if (batches >= SAVE_EVERY) await this.#save(key)
  }

  async close(): Promise<void> {
    for (const key of [...this.#unsaved.keys()]) await this.#save(key)
  }

  async #save(key: string): Promise<void> {
    const state = this.#states.get(key)
    this.#unsaved.delete(key)
    if (state !== undefined) await this.#keeper?.save(key, state.save())
  }

  async #trim(keep: string): Promise<void> {
    for (const key of this.#states.keys()) {
      if (this.#states.size <= MAX_STATES) return
      if (key === keep) continue
      await this.#save(key)
      this.#states.delete(key)
    }
  }
}

// A state is at most a few hundred kilobytes; most are a few.
const MAX_STATES = 2_000
const SAVE_EVERY = 16

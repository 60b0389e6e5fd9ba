// What one exchange cannot show, by key (workload): ordered, bounded, deterministic on replay. Memory is written down before a batch is acknowledged, so
// whoever handles the key next, after a crash or because partitions moved, goes on where the last acknowledged batch ended.
import type { KeyMemory, KeyPlace } from "../../contracts/bus.ts"
import { WorkloadState } from "./state.ts"

interface Held {
  readonly state: WorkloadState
  readonly place: KeyPlace
  /** Entries that the keeper has not taken yet. */
  readonly unkept: string[]
  notedBytes: number
  snapshotBytes: number
}

export class Correlation {
  readonly #keeper: KeyMemory | undefined
  readonly #held = new Map<string, Held>()

  constructor(keeper?: KeyMemory) {
    this.#keeper = keeper
  }

  /** The memory of a key; read anew when the key was another process's meanwhile. */
  async stateOf(place: KeyPlace): Promise<WorkloadState> {
    const present = this.#held.get(place.key)
    if (present !== undefined && present.place.assignment === place.assignment) {
      this.#held.delete(place.key)
      this.#held.set(place.key, present)
      return present.state
    }
    const kept = await this.#keeper?.load(place)
    const state = kept === undefined ? new WorkloadState() : WorkloadState.restore(kept)
    const notedBytes = kept?.entries.reduce((sum, entry) => sum + entry.length, 0) ?? 0
    this.#held.set(place.key, { state, place, unkept: [], notedBytes, snapshotBytes: kept?.snapshot?.length ?? 0 })
    this.#trim(place.key)
    return state
  }

  /** Called when the findings of a batch are accepted: what the batch changed is durable when this resolves. */
  async keep({ key }: KeyPlace): Promise<void> {
    const held = this.#held.get(key)
    if (held === undefined) return
    const entry = held.state.takeEntry()
    if (this.#keeper === undefined) return
    if (entry !== undefined) held.unkept.push(entry)
    for (let next = held.unkept[0]; next !== undefined; next = held.unkept[0]) {
      await this.#keeper.note(held.place, next)
      held.unkept.shift()
      held.notedBytes += next.length
    }
    // As much is written in snapshots as in entries, at most: half of the writing is for short reads.
    if (held.notedBytes > Math.max(LEAST_NOTED, held.snapshotBytes)) await this.#snapshot(held)
  }

  async #snapshot(held: Held): Promise<void> {
    const state = held.state.save()
    await this.#keeper?.snapshot(held.place, state)
    held.snapshotBytes = state.length
    held.notedBytes = 0
  }

  #trim(keep: string): void {
    for (const [key, { unkept }] of this.#held) {
      if (this.#held.size <= MAX_HELD) return
      // What was not taken yet belongs to a batch that will come again.
      if (key !== keep && unkept.length === 0) this.#held.delete(key)
    }
  }
}

// A state is at most a few megabytes; most are a few kilobytes.
const MAX_HELD = 2_000
const LEAST_NOTED = 65_536

// Joins the parts of events that were too large for one record. A producer that died in the middle leaves parts whose rest never comes; its
// event was never acknowledged, so its source sends it again. Such a stump is given up when others need the room, or when much has passed since.
import type { Part } from "./records.ts"

interface Stump {
  readonly slices: Uint8Array[]
  readonly headers: Part["headers"]
  readonly count: number
  bytes: number
  /** Parts seen of any event when this one last grew. */
  grewAt: number
  readonly finish: ((count: number) => void)[]
}

export type Joined =
  | { readonly value: Uint8Array; readonly headers: Part["headers"]; readonly finish: (count: number) => void }
  | { readonly problem: string }
  | undefined

export class PartJoiner {
  readonly #stumps = new Map<string, Stump>()
  readonly #joined = new Set<string>()
  readonly #giveUp: (reason: string) => void
  #seen = 0
  #held = 0

  constructor(giveUp: (reason: string) => void) {
    this.#giveUp = giveUp
  }

  /** `finish` marks this part's record; it is called when the whole event is finished, or given up. */
  add(part: Part, finish: (count: number) => void): Joined {
    this.#seen += 1
    const known = this.#stumps.get(part.id)
    // Delivered twice (a retry of the producer): the first copy counts.
    if (this.#joined.has(part.id) || (known !== undefined && part.index < known.slices.length)) {
      finish(1)
      return undefined
    }
    if (part.index !== (known?.slices.length ?? 0)) {
      finish(1)
      return { problem: `part ${part.index + 1} of ${part.count} without those before it` }
    }
    const stump = known ?? { slices: [], headers: part.headers, count: part.count, bytes: 0, grewAt: 0, finish: [] }
    this.#stumps.set(part.id, stump)
    stump.slices.push(part.slice)
    stump.finish.push(finish)
    stump.bytes += part.slice.length
    stump.grewAt = this.#seen
    this.#held += part.slice.length
    if (stump.slices.length === stump.count) {
      this.#drop(part.id, stump)
      this.#remember(part.id)
      return { value: Buffer.concat(stump.slices), headers: stump.headers, finish: finishAll(stump) }
    }
    this.#makeRoom()
    return undefined
  }

  #makeRoom(): void {
    for (const [id, stump] of this.#stumps) {
      if (this.#held <= MAX_HELD_BYTES && this.#seen - stump.grewAt < MAX_SILENCE) continue
      this.#drop(id, stump)
      finishAll(stump)(1)
      this.#giveUp(`${stump.slices.length} of ${stump.count} parts came, then no more`)
    }
  }

  #remember(id: string): void {
    this.#joined.add(id)
    const [oldest] = this.#joined
    if (this.#joined.size > MAX_REMEMBERED && oldest !== undefined) this.#joined.delete(oldest)
  }

  #drop(id: string, stump: Stump): void {
    this.#stumps.delete(id)
    this.#held -= stump.bytes
  }
}

function finishAll(stump: Stump): (count: number) => void {
  return (count) => {
    for (const finish of stump.finish) finish(count)
  }
}

// One event of the largest kind we write (a reconstructed file in parts is many events) stays far below; a partition holds at most this much.
const MAX_HELD_BYTES = 67_108_864
// A producer sends the parts of an event one after the other; with some hundred producers on a partition this is many rounds of all of them.
const MAX_SILENCE = 2_000
// A retry follows its first copy closely.
const MAX_REMEMBERED = 64

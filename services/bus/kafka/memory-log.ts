// What one partition's readers wrote about its keys, in the order of the log. Pure: records in, kept memory out.
//
//   key   = JSON [partition, owner, kind, workload, number]     kind: claim | note | snapshot
//   value = text of an entry; a part of a snapshot, the first behind the number of parts and a line end; null: cleared away
//
// A reader that takes a partition over writes a claim first. Whatever an earlier owner writes after it (a process that does not yet know that it lost the
// partition) is not believed: its batches were not acknowledged and came to the new owner.
import type { KeptMemory } from "../../contracts/bus.ts"

export interface MemoryRecord {
  readonly partition: number
  readonly owner: string
  readonly kind: "claim" | "note" | "snapshot"
  readonly workload: string
  /** Of a note: counts up within its owner. Of a snapshot: how many its owner made before it, times SNAPSHOT_PARTS, plus its part. */
  readonly number: number
}

export function recordKey({ partition, owner, kind, workload, number }: MemoryRecord): string {
  return JSON.stringify([partition, owner, kind, workload, number])
}

export function recordOfKey(key: string): MemoryRecord | undefined {
  try {
    const [partition, owner, kind, workload, number] = JSON.parse(key) as unknown[]
    if (typeof partition !== "number" || typeof owner !== "string" || typeof workload !== "string" || typeof number !== "number")
      return undefined
    return kind === "claim" || kind === "note" || kind === "snapshot" ? { partition, owner, kind, workload, number } : undefined
  } catch {
    return undefined
  }
}

interface Remembered {
  snapshot: string | undefined
  /** Parts of a snapshot of which the last has not come: its writer may have died. */
  parts: string[]
  wanted: number
  entries: string[]
  /** Keys of the records it rests on, to be cleared when a snapshot takes their place. */
  keys: string[]
  bytes: number
}

export class PartitionMemory {
  readonly #partition: number
  readonly #byWorkload = new Map<string, Remembered>()
  #owner: string | undefined
  #bytes = 0

  constructor(partition: number) {
    this.#partition = partition
  }

  /** One record of the log, in order. */
  read(key: string, value: string | undefined): void {
    const record = recordOfKey(key)
    if (record === undefined || record.partition !== this.#partition || value === undefined) return
    if (record.kind === "claim") this.#owner = record.owner
    // The claim may have been deleted with age; then there is nobody to disbelieve.
    else if (this.#owner === undefined || this.#owner === record.owner) this.add(record, value)
  }

  add(record: MemoryRecord, value: string): void {
    const known = this.#take(record.workload) ?? { snapshot: undefined, parts: [], wanted: 0, entries: [], keys: [], bytes: 0 }
    if (record.kind === "note") known.entries.push(value)
    else takePart(known, record.number % SNAPSHOT_PARTS, value)
    known.keys.push(recordKey(record))
    known.bytes = (known.snapshot?.length ?? 0) + known.entries.reduce((sum, { length }) => sum + length, 0)
    this.#bytes += known.bytes
    this.#byWorkload.set(record.workload, known)
    this.#trim(record.workload)
  }

  kept(workload: string): KeptMemory | undefined {
    const known = this.#byWorkload.get(workload)
    if (known === undefined) return undefined
    return { snapshot: known.snapshot, entries: known.entries }
  }

  /** Keys that a snapshot makes needless. */
  keysOf(workload: string): readonly string[] {
    return this.#byWorkload.get(workload)?.keys ?? []
  }

  forgetKeys(workload: string): void {
    const known = this.#byWorkload.get(workload)
    if (known !== undefined) known.keys = []
  }

  #take(workload: string): Remembered | undefined {
    const known = this.#byWorkload.get(workload)
    if (known !== undefined) {
      this.#byWorkload.delete(workload)
      this.#bytes -= known.bytes
    }
    return known
  }

  /** The workloads that were quiet for longest are forgotten first. */
  #trim(keep: string): void {
    for (const workload of this.#byWorkload.keys()) {
      if (this.#bytes <= MAX_BYTES) return
      if (workload !== keep) this.#take(workload)
    }
  }
}

function takePart(known: Remembered, part: number, value: string): void {
  if (part === 0) {
    const end = value.indexOf("\n")
    known.wanted = Number(value.slice(0, end))
    known.parts = [value.slice(end + 1)]
  } else if (part === known.parts.length) known.parts.push(value)
  if (known.parts.length !== known.wanted) return
  known.snapshot = known.parts.join("")
  known.entries = []
  known.parts = []
  known.wanted = 0
}

export const SNAPSHOT_PARTS = 1_000
// Some hundred workloads of a megabyte each, or a hundred thousand quiet ones.
const MAX_BYTES = 268_435_456

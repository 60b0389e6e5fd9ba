// Records in the order in which they came, of both sides, that cannot be read yet because keys are missing.
// What they hold counts against a budget that all flows of one key lookup share, so that a million flows without keys do not fill memory.
import type { KeyLookup, KeyPatience } from "../context.ts"
import type { EndEvent, Micros, Side } from "../stream.ts"

export type Waiting =
  | {
      readonly kind: "record"
      readonly side: Side
      readonly at: Micros
      readonly record: Uint8Array
      /** Of QUIC: what stood before it in its datagram. */
      readonly lead?: number
    }
  | { readonly kind: "lost"; readonly side: Side; readonly at: Micros; readonly bytes: number | undefined; readonly records: 1 | undefined }
  | { readonly kind: "end"; readonly side: Side; readonly at: Micros; readonly event: EndEvent }

export class WaitingRecords {
  readonly #keys: KeyLookup
  readonly #budget: Budget
  #items: Waiting[] = []
  #start = 0
  #bytes = 0

  constructor(keys: KeyLookup) {
    this.#keys = keys
    const known = budgets.get(keys)
    this.#budget = known ?? { held: 0 }
    if (known === undefined) budgets.set(keys, this.#budget)
  }

  get length(): number {
    return this.#items.length - this.#start
  }
  get bytes(): number {
    return this.#bytes
  }
  get patience(): KeyPatience {
    return this.#keys.patience ?? DEFAULT_PATIENCE
  }
  /** More than may wait for keys. */
  get overfull(): boolean {
    return this.#bytes > this.patience.bytesPerFlow || this.#budget.held > this.patience.bytesInAll
  }

  at(index: number): Waiting | undefined {
    return this.#items[this.#start + index]
  }
  has(side: Side): boolean {
    for (let at = this.#start; at < this.#items.length; at++) if (this.#items[at]?.side === side) return true
    return false
  }

  push(item: Waiting): void {
    this.#items.push(item)
    this.#count(costOf(item))
  }
  shift(): void {
    const item = this.#items[this.#start]
    if (item === undefined) return
    this.#count(-costOf(item))
    this.#start++
    if (this.#start === this.#items.length) {
      this.#items = []
      this.#start = 0
    } else if (this.#start > COMPACT) {
      this.#items = this.#items.slice(this.#start)
      this.#start = 0
    }
  }

  /** Drops the records of a side, not its end. Answers how many. */
  drop(side: Side): number {
    const all = this.#items.slice(this.#start)
    const kept = all.filter((item) => item.side !== side || item.kind === "end")
    this.clear()
    for (const item of kept) this.push(item)
    return all.length - kept.length
  }

  clear(): void {
    this.#count(-this.#bytes)
    this.#items = []
    this.#start = 0
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    this.#budget.held += bytes
  }
}

interface Budget {
  held: number
}

function costOf(item: Waiting): number {
  return ITEM_COST + (item.kind === "record" ? item.record.length : 0)
}

const budgets = new WeakMap<KeyLookup, Budget>()
// Of the object around the bytes, roughly.
const ITEM_COST = 100
const COMPACT = 1_024
// A key log forwarder delivers within a second; the first megabyte of a conversation holds the request that matters; 64 MB in all is what a sensor can spare.
export const DEFAULT_PATIENCE: KeyPatience = { micros: 30_000_000, bytesPerFlow: 1_048_576, bytesInAll: 67_108_864 }

// Small records of both sides, put off until the batch of packets ends: copied one behind the other as the fast path of AES-GCM (gcm.ts) wants them,
// without an object for each. Stores are taken when the first record is put off and given back when all were read, so that idle connections hold none.
//   item = additional data(16) record[header, fragment] padding to whole blocks

import type { Micros } from "../stream.ts"
import { BATCH_BYTES, type GcmBatch, ITEM_ROOM } from "./gcm.ts"

export class RecordStore implements GcmBatch {
  bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES)
  used = 0
  count = 0
  readonly at = new Float64Array(MAX_ITEMS)
  /** 0 the client, 1 the server. */
  readonly owner = new Uint8Array(MAX_ITEMS)
  /** Where the record starts, header first, and where it ends. */
  readonly start = new Int32Array(MAX_ITEMS)
  readonly end = new Int32Array(MAX_ITEMS)
  readonly aad = new Int32Array(MAX_ITEMS)
  readonly aadLength = new Int32Array(MAX_ITEMS)
  readonly text = new Int32Array(MAX_ITEMS)
  readonly textLength = new Int32Array(MAX_ITEMS)
  readonly nonce = new Int32Array(MAX_ITEMS * 3)
  readonly good = new Uint8Array(MAX_ITEMS)
  /** The sequence number that was assumed. */
  readonly seq = new Float64Array(MAX_ITEMS)

  /** Is there room for a record of `length` bytes? */
  fits(length: number): boolean {
    return this.count < MAX_ITEMS && this.used + ITEM_ROOM + length <= BATCH_BYTES
  }

  add(record: Uint8Array, owner: 0 | 1, at: Micros): void {
    const start = this.used + AAD_ROOM
    const end = start + record.length
    const next = (end + 15) & ~15
    if (next > this.bytes.length) this.#grow(next)
    this.bytes.set(record, start)
    const item = this.count++
    this.at[item] = at
    this.owner[item] = owner
    this.aad[item] = this.used
    this.start[item] = start
    this.end[item] = end
    this.used = next
  }

  record(item: number): Uint8Array {
    return this.bytes.subarray(this.start[item], this.end[item])
  }

  #grow(needed: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.min(BATCH_BYTES, Math.max(needed, this.bytes.length * 2)))
    grown.set(this.bytes.subarray(0, this.used))
    this.bytes = grown
  }
}

export function takeStore(): RecordStore {
  return free.pop() ?? new RecordStore()
}
export function giveBack(store: RecordStore): void {
  store.used = 0
  store.count = 0
  if (free.length < MAX_FREE) free.push(store)
}

const free: RecordStore[] = []
// Each has at most 64 KB of bytes and 9 KB beside; as many as there are connections that speak within one batch of packets.
const MAX_FREE = 64
const MAX_ITEMS = 192
const FIRST_BYTES = 16_384
const AAD_ROOM = 16

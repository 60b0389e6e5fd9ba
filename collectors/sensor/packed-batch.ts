// Batches that travel between threads: packets packed into one buffer, their parallel arrays into another, both transferred, never copied again.

import type { LivePacket } from "../capture/live-source.ts"
import { MAX_BATCH, type PacketBatch } from "../wire/packet-batch.ts"

export interface PackedBatch {
  readonly bytes: ArrayBuffer
  /** at (8 bytes), then offset, captured, wire, link (4 bytes each), for PACKED packets. */
  readonly index: ArrayBuffer
  readonly count: number
}

/** Fills one batch after the other. Buffers come from those that were read and given back. */
export class BatchPacker {
  #bytes = new Uint8Array(0)
  #at = new Float64Array(0)
  #fields = new Int32Array(0)
  #count = 0
  #used = 0
  readonly #spare: { bytes: ArrayBuffer; index: ArrayBuffer }[] = []

  get count(): number {
    return this.#count
  }

  /** False: the batch is full; ship it and add again. A packet larger than a whole batch is cut. */
  add({ bytes, start, captured, wire, at, link }: LivePacket): boolean {
    if (this.#count === 0 && this.#bytes.length === 0) this.#begin()
    const length = Math.min(captured, PACKED_BYTES)
    if (this.#count === PACKED || this.#used + length > PACKED_BYTES) return false
    const index = this.#count++
    const target = this.#used
    if (length < COPY_BY_HAND)
      for (let position = 0; position < length; position += 1) this.#bytes[target + position] = bytes[start + position] ?? 0
    else this.#bytes.set(bytes.subarray(start, start + length), target)
    this.#used += length
    this.#at[index] = at
    this.#fields[index] = target
    this.#fields[PACKED + index] = length
    this.#fields[2 * PACKED + index] = wire
    this.#fields[3 * PACKED + index] = link
    return true
  }

  ship(): PackedBatch {
    const shipped = { bytes: this.#bytes.buffer as ArrayBuffer, index: this.#at.buffer as ArrayBuffer, count: this.#count }
    this.#bytes = new Uint8Array(0)
    this.#count = 0
    this.#used = 0
    return shipped
  }

  /** Forgets what was added: there is nobody to take it. */
  discard(): number {
    const count = this.#count
    this.#count = 0
    this.#used = 0
    return count
  }

  giveBack(bytes: ArrayBuffer, index: ArrayBuffer): void {
    if (this.#spare.length < MAX_SPARE) this.#spare.push({ bytes, index })
  }

  #begin(): void {
    const spare = this.#spare.pop() ?? { bytes: new ArrayBuffer(PACKED_BYTES), index: new ArrayBuffer(PACKED * 24) }
    this.#bytes = new Uint8Array(spare.bytes)
    this.#at = new Float64Array(spare.index, 0, PACKED)
    this.#fields = new Int32Array(spare.index, PACKED * 8)
  }
}

export function unpack(packed: PackedBatch, slab: number): PacketBatch {
  const fields = (which: number): Int32Array => new Int32Array(packed.index, PACKED * (8 + which * 4), PACKED)
  return {
    bytes: new Uint8Array(packed.bytes),
    slab,
    count: packed.count,
    at: new Float64Array(packed.index, 0, PACKED),
    offset: fields(0),
    captured: fields(1),
    wire: fields(2),
    link: fields(3),
    secrets: [],
    problems: [],
  }
}

const PACKED = Math.min(2_048, MAX_BATCH)
const PACKED_BYTES = 512 * 1024
// Below this a loop is quicker than the call.
const COPY_BY_HAND = 64
const MAX_SPARE = 64

// The ring of slabs behind every capture source. Bytes are read into the newest slab; the packets of the last few slabs stay where they are, so that
// the TCP layer can compare a retransmission with what came first without ever having copied it.
import { RETAINED_SLABS } from "../wire/packet-batch.ts"

export class Slabs {
  readonly #ring: Uint8Array[] = []
  readonly #size: number
  #number = -1
  #start = 0
  #end = 0

  constructor(size = SLAB_SIZE) {
    this.#size = size
  }

  get number(): number {
    return this.#number
  }
  get bytes(): Uint8Array {
    return this.#ring[this.#number % SLABS] ?? EMPTY
  }
  get start(): number {
    return this.#start
  }
  get end(): number {
    return this.#end
  }

  /** Takes the next slab, with what was not consumed of the last one at its start and room for `needed` bytes in all. */
  turn(needed: number): void {
    const rest = this.bytes.subarray(this.#start, this.#end)
    this.#number += 1
    const size = Math.max(this.#size, needed, rest.length * 2)
    const slot = this.#number % SLABS
    let next = this.#ring[slot]
    if (next === undefined || next.length < size || next.length > 4 * size) {
      next = new Uint8Array(size)
      this.#ring[slot] = next
    }
    next.set(rest)
    this.#start = 0
    this.#end = rest.length
  }
  /** Where the next bytes go. */
  room(): Uint8Array {
    return this.bytes.subarray(this.#end)
  }
  filled(length: number): void {
    this.#end += length
  }
  consumedUpTo(position: number): void {
    this.#start = position
  }
}

const SLABS = RETAINED_SLABS + 1
const SLAB_SIZE = 512 * 1024
const EMPTY = new Uint8Array(0)

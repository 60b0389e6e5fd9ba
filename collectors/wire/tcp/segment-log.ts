// Where recently delivered bytes lie, so that a retransmission can be compared with the first copy without keeping a copy of everything.
//
// Capture sources leave the last few slabs unchanged (packet-batch.ts), so a record is only: which half-connection, sequence number, length, slab,
// position. Records of one half are chained backwards. The log is a ring of fixed size; what was overwritten, or lies in a slab that was reused, can
// not be compared and counts as equal.
import { RETAINED_SLABS } from "../packet-batch.ts"

export class SegmentLog {
  /** Of the batch that is being read. */
  slab = 0
  readonly #slabs: Uint8Array[] = []
  readonly #seq = new Int32Array(RECORDS)
  readonly #length = new Int32Array(RECORDS)
  readonly #position = new Int32Array(RECORDS)
  readonly #slabOf = new Int32Array(RECORDS)
  readonly #before = new Int32Array(RECORDS)
  #count = 0
  #own: Uint8Array | undefined
  #ownAt = 0

  startBatch(slab: number, bytes: Uint8Array): void {
    this.slab = slab
    this.#slabs[slab % (RETAINED_SLABS + 1)] = bytes
  }

  /** Returns the record's number, which the half keeps as its newest. `last`: its newest so far, -1 when there is none. */
  add(seq: number, position: number, length: number, last: number): number {
    const number = this.#count
    this.#count = (number + 1) % WRAP
    const at = number % RECORDS
    this.#seq[at] = seq
    this.#length[at] = length
    this.#position[at] = position
    this.#slabOf[at] = this.slab
    this.#before[at] = last
    return number
  }

  /** The same for bytes that lie in no slab: put together from fragments, or kept behind a hole. They are copied into a ring. */
  addCopy(seq: number, bytes: Uint8Array, last: number): number {
    if (bytes.length > OWN_BYTES / 4) return last
    this.#own ??= new Uint8Array(OWN_BYTES)
    const rest = OWN_BYTES - (this.#ownAt % OWN_BYTES)
    if (rest < bytes.length) this.#ownAt += rest
    this.#own.set(bytes, this.#ownAt % OWN_BYTES)
    const number = this.add(seq, this.#ownAt % OWN_WRAP, bytes.length, last)
    this.#slabOf[number % RECORDS] = OWN
    this.#ownAt = (this.#ownAt + bytes.length) % OWN_WRAP
    return number
  }

  /** Does any recent copy of seq … seq+length differ from bytes[start…]? */
  conflicts({ seq, bytes, start, length, last }: { seq: number; bytes: Uint8Array; start: number; length: number; last: number }): boolean {
    let number = last
    for (let steps = 0; steps < MAX_STEPS && this.#holds(number); steps += 1) {
      const at = number % RECORDS
      const from = Math.max(0, ((this.#seq[at] ?? 0) - seq) | 0)
      const to = Math.min(length, (((this.#seq[at] ?? 0) - seq) | 0) + (this.#length[at] ?? 0))
      const first = from < to ? this.#bytesOf(at) : undefined
      if (first !== undefined) {
        const position = first.position + ((seq + from - (this.#seq[at] ?? 0)) | 0)
        if (differ(first.bytes, position, { bytes, start: start + from, length: to - from })) return true
      }
      number = this.#before[at] ?? -1
    }
    return false
  }

  /** undefined: they are gone. */
  #bytesOf(at: number): { readonly bytes: Uint8Array; readonly position: number } | undefined {
    const slab = this.#slabOf[at] ?? 0
    const position = this.#position[at] ?? 0
    if (slab === OWN) {
      const age = (this.#ownAt - position + OWN_WRAP) % OWN_WRAP
      return this.#own === undefined || age > OWN_BYTES ? undefined : { bytes: this.#own, position: position % OWN_BYTES }
    }
    const bytes = this.slab - slab <= RETAINED_SLABS ? this.#slabs[slab % (RETAINED_SLABS + 1)] : undefined
    return bytes === undefined ? undefined : { bytes, position }
  }

  #holds(number: number): boolean {
    if (number < 0) return false
    const age = (this.#count - number + WRAP) % WRAP
    return age > 0 && age <= RECORDS
  }
}

function differ(
  first: Uint8Array,
  position: number,
  { bytes, start, length }: { bytes: Uint8Array; start: number; length: number },
): boolean {
  for (let at = 0; at < length; at += 1) if (first[position + at] !== bytes[start + at]) return true
  return false
}

// Some thirty milliseconds of a saturated gigabit in small packets, several seconds of an ordinary one; 1.3 MB of arrays.
const RECORDS = 65_536
// Record numbers stay small integers and divide evenly by RECORDS.
const WRAP = RECORDS * 8_192
// A window of retransmissions reaches back this many segments at most; the walk must stay short on hostile input.
const MAX_STEPS = 256
// In place of a slab's number.
const OWN = -1
// Of connections that arrive in disorder or in fragments: the last second of a busy link of them.
const OWN_BYTES = 1024 * 1024
// Positions stay small integers and divide evenly by OWN_BYTES.
const OWN_WRAP = OWN_BYTES * 512

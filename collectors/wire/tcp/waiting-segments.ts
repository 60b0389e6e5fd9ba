// Segments of one direction that wait behind a hole, in order and without overlap.
//
// Which bytes count where two overlap: those of the segment that begins first, and of two that begin together those that came first. A segment beyond
// what the peer had offered to take, or whose bytes were cut off by the snap length, loses against every other.
import type { Micros } from "../stream.ts"

/** Out-of-order bytes of all connections together. */
export interface ReassemblyBudget {
  used: number
  readonly limit: number
  /** Largest allowed in one direction of one connection. */
  readonly perHalf: number
}

export interface WaitingSegment {
  readonly seq: number
  /** Where its segment began; `seq` is later when its front was taken by another. */
  readonly origin: number
  readonly doubtful: boolean
  /** undefined: cut off by the snap length, so that only the length is known. */
  readonly bytes: Uint8Array | undefined
  readonly length: number
  /** When it was captured: what waits behind a hole keeps its own time, so that requests and answers can still be told apart by it. */
  readonly at: Micros
}

export class WaitingSegments {
  readonly #budget: ReassemblyBudget
  #list: WaitingSegment[] = []
  /** Segments at the front of the list that were taken; the list is cut when there are many. */
  #taken = 0
  bytes = 0

  constructor(budget: ReassemblyBudget) {
    this.#budget = budget
  }

  get length(): number {
    return this.#list.length - this.#taken
  }
  get first(): WaitingSegment | undefined {
    return this.#list[this.#taken]
  }

  /** The first one, when it begins there. Bytes that came too early wait for a better copy unless they are trusted. */
  takeAt(seq: number, trusted: boolean): WaitingSegment | undefined {
    const { first } = this
    if (first === undefined || first.seq !== seq || (first.doubtful && first.bytes !== undefined && !trusted)) return undefined
    this.#taken += 1
    if (this.#taken === this.#list.length) this.settle()
    this.#forget(first)
    return first
  }

  /** `bytes` are borrowed. Answers how many bytes were there already, and whether some of them differ. */
  insert(segment: WaitingSegment): { readonly repeated: number; readonly differs: boolean } {
    this.settle()
    const list = this.#list
    const { seq, length } = segment
    let [from, index, repeated, differs] = [0, 0, 0, false]
    // Most segments come after all that wait.
    const last = list[list.length - 1]
    if (last !== undefined && ((last.seq + last.length - seq) | 0) <= 0) index = list.length
    for (; index < list.length && from < length; index += 1) {
      const other = list[index]
      if (other === undefined) break
      const begin = (other.seq - seq) | 0
      const end = begin + other.length
      if (end <= from) continue
      if (begin >= length) break
      const known = overlap(other, segment, { begin, from: Math.max(begin, from), to: Math.min(end, length) })
      repeated += known.repeated
      differs ||= known.differs
      if (counts(segment, other)) {
        index = this.#replace(index, other, { before: from - begin, after: length - begin })
      } else {
        if (begin > from) this.#put(index++, part(segment, from, begin))
        from = Math.max(from, end)
      }
    }
    if (from < length) this.#put(index, part(segment, from, length))
    return { repeated, differs }
  }

  clear(): void {
    this.#budget.used -= this.bytes
    this.bytes = 0
    this.#list = []
    this.#taken = 0
  }

  /** Leaves of one only what lies before and behind its part from `before` to `after`. Answers the place of the last piece before. */
  #replace(place: number, other: WaitingSegment, { before, after }: { before: number; after: number }): number {
    let index = place
    this.#list.splice(index, 1)
    this.#forget(other)
    if (before > 0) this.#put(index++, part(other, 0, before))
    if (after < other.length) this.#put(index, part(other, after, other.length))
    return index - 1
  }

  /** For good: with a copy of the bytes. */
  #put(index: number, segment: WaitingSegment): void {
    const { bytes } = segment
    this.#list.splice(index, 0, bytes === undefined ? segment : { ...segment, bytes: new Uint8Array(bytes) })
    this.bytes += bytes?.length ?? 0
    this.#budget.used += bytes?.length ?? 0
  }

  #forget({ bytes }: WaitingSegment): void {
    this.bytes -= bytes?.length ?? 0
    this.#budget.used -= bytes?.length ?? 0
  }

  /** After some were taken. */
  settle(): void {
    if (this.#taken > 0) this.#list.splice(0, this.#taken)
    this.#taken = 0
  }
}

/** Whether the bytes of `segment` count where it overlaps with `other`, which came before it. */
function counts(segment: WaitingSegment, other: WaitingSegment): boolean {
  if (segment.doubtful !== other.doubtful) return other.doubtful
  return ((segment.origin - other.origin) | 0) < 0
}

function part(segment: WaitingSegment, from: number, to: number): WaitingSegment {
  return { ...segment, seq: (segment.seq + from) | 0, bytes: segment.bytes?.subarray(from, to), length: to - from }
}

/** Positions are those of `segment`; the other one begins at `begin`. */
function overlap(
  other: WaitingSegment,
  segment: WaitingSegment,
  { begin, from, to }: { begin: number; from: number; to: number },
): { readonly repeated: number; readonly differs: boolean } {
  if (other.bytes === undefined || segment.bytes === undefined) return { repeated: 0, differs: false }
  const known = other.bytes.subarray(from - begin, to - begin)
  return { repeated: to - from, differs: Buffer.compare(known, segment.bytes.subarray(from, to)) !== 0 }
}

// How packets reach the wire: many at a time, as offsets into one slab, in parallel arrays. No object, no promise, no copy per packet.
import type { Micros } from "./stream.ts"

export interface PacketBatch {
  /** Holds the packets. What lies in it stays untouched until RETAINED_SLABS later slabs were filled, so that a retransmission can be compared. */
  bytes: Uint8Array
  /** Number of the slab, rising; batches of one slab share it. */
  slab: number
  count: number
  readonly offset: Int32Array
  readonly captured: Int32Array
  /** Length on the wire; more than `captured` when the packet was cut to the snap length. */
  readonly wire: Int32Array
  /** Microseconds since the epoch. */
  readonly at: Float64Array
  /** Link type number (LINKTYPE_…), per packet, because one pcapng file mixes interfaces. */
  readonly link: Int32Array
  /** TLS key logs that lay between the packets (pcapng secrets blocks). Copies, in order. */
  secrets: Uint8Array[]
  /** What was wrong with the source itself. */
  problems: CaptureProblem[]
}

export interface CaptureProblem {
  /** Kebab-case, from a bounded set: "cut-packet", "bad-record", "bad-block", "cut-gzip", … */
  readonly code: string
  readonly detail: string
  readonly at: Micros
}

export function newBatch(): PacketBatch {
  return {
    bytes: new Uint8Array(0),
    slab: 0,
    count: 0,
    offset: new Int32Array(MAX_BATCH),
    captured: new Int32Array(MAX_BATCH),
    wire: new Int32Array(MAX_BATCH),
    at: new Float64Array(MAX_BATCH),
    link: new Int32Array(MAX_BATCH),
    secrets: [],
    problems: [],
  }
}

export function emptyBatch(batch: PacketBatch): void {
  batch.count = 0
  if (batch.secrets.length > 0) batch.secrets = []
  if (batch.problems.length > 0) batch.problems = []
}

/** Packets in one batch: at 64 bytes each they are half a slab, and the parallel arrays stay in the second-level cache. */
export const MAX_BATCH = 8_192
/** Slabs that a capture source keeps unchanged behind the newest. */
export const RETAINED_SLABS = 7

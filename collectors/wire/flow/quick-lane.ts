// Most packets of most connections are the next segment of a stream that nobody reads, or an acknowledgement. With a million open connections each object
// that is touched for one is a cache miss, so what such packets need lies in the flow's own record of the table, and the objects of the connection rest.
//
// Law: while a lane is open the record is right and the connection is behind; `take` brings it up to date and shuts the lane. Whoever looks at a
// connection takes it first. A packet that is not the expected one in every respect is not passed here.
import type { Packet } from "../link/packet.ts"
import type { Micros } from "../stream.ts"
import type { SegmentLog } from "../tcp/segment-log.ts"
import { FIRST_RECORD, type FlowTable, RECORD_WORDS } from "./flow-table.ts"
import { ACKED, DIRECTION, LENGTH, SEGMENT, SEQ, SPARE_ROW, START } from "./plain-row.ts"
import type { TcpFlow } from "./tcp-flow.ts"

export class QuickLane {
  readonly #table: FlowTable
  readonly #log: SegmentLog
  readonly #rows: Int32Array

  constructor(table: FlowTable, log: SegmentLog, rows: Int32Array) {
    this.#table = table
    this.#log = log
    this.#rows = rows
  }

  /** Reads the plain packet in a row, if that needs no more than the record of its flow. */
  plain(row: number, micros: Micros): boolean {
    if (this.#rows[row] !== SEGMENT) return false
    const id = this.#table.known(this.#rows, row)
    return id >= 0 && this.passes(id, row, micros)
  }

  /** The same for a packet that came through the decoder. */
  decoded(id: number, packet: Packet, direction: 0 | 1): boolean {
    if ((packet.flags & NOT_QUICK) !== ACK || packet.end !== packet.wireEnd) return false
    const rows = this.#rows
    rows[SPARE_ROW + DIRECTION] = direction
    rows[SPARE_ROW + SEQ] = packet.seq
    rows[SPARE_ROW + ACKED] = packet.ack
    rows[SPARE_ROW + START] = packet.reassembled ? -1 : packet.at
    rows[SPARE_ROW + LENGTH] = packet.end - packet.at
    return this.passes(id, SPARE_ROW, packet.micros)
  }

  passes(id: number, row: number, micros: Micros): boolean {
    const rows = this.#rows
    const { records } = this.#table
    const at = FIRST_RECORD + id * RECORD_WORDS
    const flags = records[at + FLAGS] ?? 0
    const direction = rows[row + DIRECTION] ?? 0
    if ((flags & (OPEN << direction)) === 0) return false
    const next = records[at + NEXT + direction] ?? 0
    const length = rows[row + LENGTH] ?? 0
    if (rows[row + SEQ] !== next || (length > 0 && ((flags & (DEAF << direction)) === 0 || length > MAX_LENGTH))) return false
    const acked = at + LAST_ACKED + 1 - direction
    const ack = rows[row + ACKED] ?? 0
    if (((ack - (records[acked] ?? 0)) | 0) > 0) {
      if (((ack - (records[at + NEXT + 1 - direction] ?? 0)) | 0) > 0) return false
      records[acked] = ack
    }
    if (length > 0) {
      records[at + NEXT + direction] = (next + length) | 0
      const last = at + LOGGED + direction
      const start = rows[row + START] ?? -1
      if (start >= 0) records[last] = this.#log.add(next, start, length, records[last] ?? -1)
    }
    this.#count(at, direction)
    this.#table.sees(id, micros)
    return true
  }

  /** After each packet that went the long way: the next ones may not have to. */
  open(flow: TcpFlow): void {
    if (!flow.quiet) return
    const { first, second, closed } = flow.connection
    if (closed !== "no" || !first.flows || !second.flows) return
    const vni = this.#table.vni(flow.id)
    const { firstVni, secondVni } = flow
    const flags =
      (first.seen && second.hasAck && firstVni === vni ? OPEN : 0) |
      (second.seen && first.hasAck && secondVni === vni ? OPEN << 1 : 0) |
      (flow.firstDeaf ? DEAF : 0) |
      (flow.secondDeaf ? DEAF << 1 : 0)
    if ((flags & ANY_OPEN) === 0) return
    const { records } = this.#table
    const at = FIRST_RECORD + flow.id * RECORD_WORDS
    records[at + FLAGS] = flags | AHEAD
    records[at + NEXT] = first.next
    records[at + NEXT + 1] = second.next
    records[at + LAST_ACKED] = first.acked
    records[at + LAST_ACKED + 1] = second.acked
    records[at + PACKETS] = 0
    records[at + LOGGED] = first.lastRecord
    records[at + LOGGED + 1] = second.lastRecord
  }

  /** Brings the connection up to date. */
  take(flow: TcpFlow): void {
    const { records } = this.#table
    const at = FIRST_RECORD + flow.id * RECORD_WORDS
    if (records[at + FLAGS] === 0) return
    records[at + FLAGS] = 0
    const { first, second } = flow.connection
    const packets = records[at + PACKETS] ?? 0
    if (packets === 0) return
    first.packets += packets & 0xffff
    second.packets += packets >>> 16
    first.advanceTo(records[at + NEXT] ?? 0, records[at + LOGGED] ?? -1)
    second.advanceTo(records[at + NEXT + 1] ?? 0, records[at + LOGGED + 1] ?? -1)
    first.acked = records[at + LAST_ACKED] ?? 0
    second.acked = records[at + LAST_ACKED + 1] ?? 0
    flow.last = this.#table.lastSeen(flow.id)
  }

  /** Two counters of 16 bits; a full one sends the next packet the long way. 65,535 segments of at most 65,535 bytes also keep `advanceTo` below 2^32. */
  #count(at: number, direction: number): void {
    const { records } = this.#table
    const packets = (records[at + PACKETS] ?? 0) + (direction === 0 ? 1 : 0x1_0000)
    records[at + PACKETS] = packets
    if ((packets & 0xffff) === 0xffff || packets >>> 16 === 0xffff) records[at + FLAGS] = AHEAD
  }
}

// Words of a record behind those of the key (flow-table.ts).
const FLAGS = 5
const NEXT = 6
const LAST_ACKED = 8
const PACKETS = 10
const LOGGED = 14
const OPEN = 1
const ANY_OPEN = 3
const DEAF = 4
/** The record may be ahead of the connection. */
const AHEAD = 16
const MAX_LENGTH = 0xffff
const ACK = 16
// SYN, FIN, RST, URG and ACK: only the last may be set.
const NOT_QUICK = 0x37

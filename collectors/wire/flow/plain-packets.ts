// Nearly all packets have one of a few plain shapes: Ethernet, perhaps VXLAN around another Ethernet, IPv4 without options, TCP or UDP. Those are read
// here a group at a time, straight into rows of numbers: some fifteen loads in place of the decoder's steps and fields. A row says where the packet's
// flow is to be found and, for TCP, what the quick lane must know; whatever is not plain in every respect goes through the decoder. A row must say
// exactly what the decoder would: test/collectors/wire/flow/plain-packets.test.ts compares them.
//
// With more flows than fit the cache, finding a flow is waiting for memory, twice: for its slot and for its record. The processor waits for many places at
// once if nothing else stands between the loads: so the slots of a group are loaded in one short loop, and the records in another.
import { LINK_VXLAN } from "../link/link-types.ts"
import type { PacketBatch } from "../packet-batch.ts"
import type { FlowTable } from "./flow-table.ts"
import { ACKED, DIRECTION, GROUP, HASH, HIGH, LENGTH, LOW, PORTS, ROW_WORDS, SEGMENT, SEQ, START, TCP_FLOW, VNI } from "./plain-row.ts"

export class PlainPackets {
  /** Of the group that was read last, ROW_WORDS each, and one to spare. */
  readonly rows = new Int32Array((GROUP + 1) * ROW_WORDS)
  readonly #table: FlowTable
  readonly #slots = new Int32Array(GROUP)
  /** Written so that the loads are not left out as useless. */
  readonly #touched = new Int32Array(GROUP)
  #bytes: Uint8Array | undefined
  #view: DataView = new DataView(new ArrayBuffer(0))

  constructor(table: FlowTable) {
    this.#table = table
  }

  /** Reads up to GROUP packets from number `from` on. */
  read(batch: PacketBatch, from: number): void {
    if (this.#bytes !== batch.bytes) {
      this.#bytes = batch.bytes
      this.#view = new DataView(batch.bytes.buffer, batch.bytes.byteOffset, batch.bytes.length)
    }
    const { rows } = this
    const { offset, captured, link } = batch
    const count = Math.min(GROUP, batch.count - from)
    for (let number = 0, row = 0; number < count; number++, row += ROW_WORDS) {
      const at = offset[from + number] ?? 0
      const end = at + (captured[from + number] ?? 0)
      const kind = link[from + number]
      rows[row + VNI] = 0
      if (kind === 1) rows[row] = this.#outer(row, at, end)
      else rows[row] = kind === LINK_VXLAN ? this.#vxlan(row, at, end) : NONE
    }
    if (this.#table.bound >= MANY) this.#touch(count)
  }

  /** Ethernet: of a flow, or around VXLAN. Answers the row's first word, as the following do. */
  #outer(row: number, at: number, end: number): number {
    const view = this.#view
    if (end - at < SHORTEST || view.getUint8(at + 23) !== UDP) return this.#frame(row, at, end)
    const port = view.getUint16(at + 36)
    if (port !== 4789 && port !== 8472) return this.#frame(row, at, end)
    const length = view.getUint16(at + 16)
    // ports(4) length(2) checksum(2)
    const datagram = view.getUint16(at + 38)
    if (!isPlain(view, at) || at + ETHERNET + length > end || datagram > length - IPV4) return NONE
    return this.#vxlan(row, at + ETHERNET + IPV4 + 8, at + ETHERNET + IPV4 + datagram)
  }

  /** RFC 7348: flags(1) reserved(3) VNI(3) reserved(1), then a frame. */
  #vxlan(row: number, at: number, end: number): number {
    if (end - at < VXLAN || (this.#view.getUint8(at) & VALID) === 0) return NONE
    this.rows[row + VNI] = this.#view.getInt32(at + 4) >>> 8
    return this.#frame(row, at + VXLAN, end)
  }

  #frame(row: number, at: number, end: number): number {
    const view = this.#view
    if (end - at < SHORTEST || !isPlain(view, at)) return NONE
    const stop = at + ETHERNET + view.getUint16(at + 16)
    if (stop > end) return NONE
    const protocol = view.getUint8(at + 23)
    if (protocol === TCP) {
      this.#key(row, at, TCP_FLOW)
      return this.#segment(row, at + ETHERNET + IPV4, stop) ? SEGMENT : NONE
    }
    if (protocol === UDP) this.#key(row, at, UDP_FLOW)
    return NONE
  }

  #key(row: number, at: number, meta: number): void {
    const { rows } = this
    const source = this.#view.getInt32(at + 26)
    const destination = this.#view.getInt32(at + 30)
    const ports = this.#view.getInt32(at + 34)
    const swapped = source === destination ? ports >>> 16 > (ports & 0xffff) : source > destination
    const low = swapped ? destination : source
    const high = swapped ? source : destination
    const both = swapped ? (ports << 16) | (ports >>> 16) : ports
    rows[row + DIRECTION] = swapped ? 1 : 0
    rows[row + LOW] = low
    rows[row + HIGH] = high
    rows[row + PORTS] = both
    rows[row + HASH] = this.#table.hash(low, high, both, meta ^ ((rows[row + VNI] ?? 0) << 12))
  }

  /** False: not what the quick lane takes. */
  #segment(row: number, at: number, end: number): boolean {
    const { rows } = this
    const view = this.#view
    if (end - at < 20) return false
    // data offset(4 bits) reserved(4 bits) flags(8 bits)
    const bits = view.getUint16(at + 12)
    const payload = at + (bits >> 12) * 4
    if (bits >> 12 < 5 || payload > end || (bits & NOT_QUICK) !== ACK) return false
    rows[row + SEQ] = view.getInt32(at + 4)
    rows[row + ACKED] = view.getInt32(at + 8)
    rows[row + START] = payload
    rows[row + LENGTH] = end - payload
    return true
  }

  #touch(count: number): void {
    const { rows } = this
    const slots = this.#slots
    for (let number = 0; number < count; number++) slots[number] = this.#table.slotOf(rows[number * ROW_WORDS + HASH] ?? 0)
    for (let number = 0; number < count; number++) this.#touched[number] = this.#table.recordIn(slots[number] ?? 0)
  }
}

/** EtherType(2) is that of IPv4, whose header is the shortest, and it is no fragment. */
function isPlain(view: DataView, at: number): boolean {
  return (view.getInt32(at + 12) & 0xffffff00) === 0x08004500 && (view.getUint16(at + 20) & 0x3fff) === 0
}

const NONE = 0
const UDP_FLOW = 0x411
const TCP = 6
const UDP = 17
const ETHERNET = 14
const IPV4 = 20
const VXLAN = 8
const VALID = 0x08
/** With as much of the transport header as is read before its length is known. */
const SHORTEST = ETHERNET + IPV4 + 8
const ACK = 16
// SYN, FIN, RST, URG and ACK: only the last may be set.
const NOT_QUICK = 0x37
// Two megabytes of records: what is less stays in the second-level cache by itself.
const MANY = 32_768

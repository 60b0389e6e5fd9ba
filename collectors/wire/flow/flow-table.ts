// Finds the number of a packet's flow: open addressing over typed arrays, both directions under one key (the smaller endpoint first).
//
// The hash is seeded: whoever can choose addresses and ports must not be able to make them collide. Numbers are dense and reused, so that whoever keeps
// state for a flow can index an array with them. What a packet needs at once lies in one record of 64 bytes a flow, which is one cache miss:
//   record = family and transport, VNI, ports, first word of each address; state of the quick lane (quick-lane.ts): words 5 to 11, 14, 15;
//            packet time of the last packet: words 12 and 13 as one double
import type { Packet } from "../link/packet.ts"
import { type Endpoint, ipv4, ipv6 } from "./address.ts"
import { HASH, HIGH, LOW, PORTS, TCP_FLOW, VNI } from "./plain-row.ts"

export class FlowTable {
  /** Set by `find`: the packet's source is the larger endpoint. */
  swapped = false
  /** Set by `find`: the flow was not there before. */
  fresh = false
  records: Int32Array
  /** The same memory. */
  #times: Float64Array
  /** What the owner says the flow is, by flow number; 0 is free. */
  kind: Uint8Array
  readonly #seed: number
  /** The rest of IPv6 addresses; empty until there are any. */
  #tails: Int32Array = new Int32Array(0)
  #hashes: Int32Array
  #slots: Int32Array
  #mask: number
  #free: number[] = []
  #used = 0
  #size = 0

  constructor(seed: number, capacity = INITIAL) {
    this.#seed = seed | 0
    this.records = new Int32Array(FIRST_RECORD + capacity * RECORD_WORDS)
    this.#times = new Float64Array(this.records.buffer)
    this.kind = new Uint8Array(capacity)
    this.#hashes = new Int32Array(capacity)
    this.#slots = new Int32Array(capacity * 2)
    this.#mask = capacity * 2 - 1
  }

  get size(): number {
    return this.#size
  }
  /** Numbers below this one may be in use. */
  get bound(): number {
    return this.#used
  }

  /** Packet time of the last packet. */
  lastSeen(id: number): number {
    return this.#times[FIRST_TIME + id * RECORD_TIMES] ?? 0
  }
  sees(id: number, at: number): void {
    this.#times[FIRST_TIME + id * RECORD_TIMES] = at
  }

  find(packet: Packet, transport: number, vni = packet.vni): number {
    const swapped = isSwapped(packet)
    this.swapped = swapped
    const a0 = swapped ? packet.d0 : packet.s0
    const b0 = swapped ? packet.s0 : packet.d0
    const ports = swapped ? (packet.destinationPort << 16) | packet.sourcePort : (packet.sourcePort << 16) | packet.destinationPort
    const meta = (packet.family << 8) | transport
    let hash = pairHash(this.#seed, a0, b0, ports) ^ Math.imul(meta ^ (vni << 12), 0x85ebca6b)
    if (packet.family === 6) {
      hash = mix(mix(hash, packet.s1 ^ packet.d1), packet.s2 ^ packet.d2)
      hash = mix(hash, packet.s3 ^ packet.d3)
    }
    hash = finish(hash)
    const { records } = this
    const slots = this.#slots
    const mask = this.#mask
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot] ?? 0
      if (entry === 0) break
      // A record that is not the one is a cache miss in vain: some bits of the hash tell most of them apart.
      if (entry >>> TAG_SHIFT !== hash >>> TAG_SHIFT) continue
      const id = (entry & ID_MASK) - 1
      const at = FIRST_RECORD + id * RECORD_WORDS
      if (records[at + 3] !== a0 || records[at + 2] !== ports || records[at] !== meta || records[at + 1] !== vni || records[at + 4] !== b0)
        continue
      if (packet.family === 6 && !this.#sameTail(id * TAIL_WORDS, packet, swapped)) continue
      this.fresh = false
      return id
    }
    this.fresh = true
    return this.#insert(packet, [hash, meta, vni, ports, a0, b0])
  }

  /** The number of the plain connection in a row, -1 when it is not there. */
  known(rows: Int32Array, row: number): number {
    const { records } = this
    const slots = this.#slots
    const mask = this.#mask
    const hash = rows[row + HASH] ?? 0
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot] ?? 0
      if (entry === 0) return -1
      if (entry >>> TAG_SHIFT !== hash >>> TAG_SHIFT) continue
      const id = (entry & ID_MASK) - 1
      const at = FIRST_RECORD + id * RECORD_WORDS
      if (records[at + 3] !== rows[row + LOW] || records[at + 2] !== rows[row + PORTS] || records[at] !== TCP_FLOW) continue
      if (records[at + 1] === rows[row + VNI] && records[at + 4] === rows[row + HIGH]) return id
    }
  }

  /** Of an IPv4 flow; `meta` is family and transport as in the record, xor the VNI shifted by 12. */
  hash(low: number, high: number, ports: number, meta: number): number {
    return finish(pairHash(this.#seed, low, high, ports) ^ Math.imul(meta, 0x85ebca6b))
  }
  /** The slot where a flow of this hash is looked for first. */
  slotOf(hash: number): number {
    return this.#slots[hash & this.#mask] ?? 0
  }
  /** The first word of the record that a slot names. */
  recordIn(slot: number): number {
    return this.records[slot === 0 ? 0 : FIRST_RECORD + ((slot & ID_MASK) - 1) * RECORD_WORDS] ?? 0
  }

  remove(id: number): void {
    if (this.kind[id] === 0) return
    this.kind[id] = 0
    this.#size -= 1
    this.#free.push(id)
    const slots = this.#slots
    const mask = this.#mask
    let hole = (this.#hashes[id] ?? 0) & mask
    while (((slots[hole] ?? 0) & ID_MASK) !== id + 1) hole = (hole + 1) & mask
    // Backward shift: an entry behind the hole moves into it unless its own place lies behind the hole.
    for (let slot = (hole + 1) & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot] ?? 0
      if (entry === 0) break
      const home = (this.#hashes[(entry & ID_MASK) - 1] ?? 0) & mask
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue
      slots[hole] = entry
      hole = slot
    }
    slots[hole] = 0
  }

  /** The smaller endpoint of the key is 0, the larger 1. */
  endpoint(id: number, which: 0 | 1): Endpoint {
    const word = (offset: number): number => this.records[FIRST_RECORD + id * RECORD_WORDS + offset] ?? 0
    const tail = (offset: number): number => this.#tails[id * TAIL_WORDS + which * 3 + offset] ?? 0
    const first = word(which === 0 ? 3 : 4)
    const ip = word(0) >> 8 === 4 ? ipv4(first) : ipv6([first, tail(0), tail(1), tail(2)])
    return { ip, port: this.port(id, which) }
  }

  port(id: number, which: 0 | 1): number {
    const ports = this.records[FIRST_RECORD + id * RECORD_WORDS + 2] ?? 0
    return which === 0 ? ports >>> 16 : ports & 0xffff
  }
  vni(id: number): number {
    return this.records[FIRST_RECORD + id * RECORD_WORDS + 1] ?? 0
  }

  #sameTail(at: number, packet: Packet, swapped: boolean): boolean {
    const tails = this.#tails
    const source = swapped ? at + 3 : at
    const destination = swapped ? at : at + 3
    return (
      tails[source] === packet.s1 &&
      tails[source + 1] === packet.s2 &&
      tails[source + 2] === packet.s3 &&
      tails[destination] === packet.d1 &&
      tails[destination + 1] === packet.d2 &&
      tails[destination + 2] === packet.d3
    )
  }

  #insert(packet: Packet, [hash = 0, meta = 0, vni = 0, ports = 0, a0 = 0, b0 = 0]: readonly number[]): number {
    let id = this.#free.pop()
    if (id === undefined) {
      if (this.#used === this.#hashes.length) this.#grow()
      id = this.#used++
    }
    const { records } = this
    const at = FIRST_RECORD + id * RECORD_WORDS
    records.fill(0, at, at + RECORD_WORDS)
    records[at] = meta
    records[at + 1] = vni
    records[at + 2] = ports
    records[at + 3] = a0
    records[at + 4] = b0
    if (packet.family === 6) this.#writeTail(id * TAIL_WORDS, packet)
    this.#hashes[id] = hash
    this.kind[id] = 1
    this.#size += 1
    this.#place(id, hash)
    return id
  }

  #writeTail(at: number, packet: Packet): void {
    if (this.#tails.length === 0) this.#tails = new Int32Array(this.#hashes.length * TAIL_WORDS)
    const source = this.swapped ? at + 3 : at
    const destination = this.swapped ? at : at + 3
    this.#tails.set([packet.s1, packet.s2, packet.s3], source)
    this.#tails.set([packet.d1, packet.d2, packet.d3], destination)
  }

  #place(id: number, hash: number): void {
    let slot = hash & this.#mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask
    this.#slots[slot] = (hash & ~ID_MASK) | (id + 1)
  }

  #grow(): void {
    const capacity = this.#hashes.length * 2
    const records = new Int32Array(FIRST_RECORD + capacity * RECORD_WORDS)
    records.set(this.records)
    this.records = records
    this.#times = new Float64Array(records.buffer)
    if (this.#tails.length > 0) {
      const tails = new Int32Array(capacity * TAIL_WORDS)
      tails.set(this.#tails)
      this.#tails = tails
    }
    const hashes = new Int32Array(capacity)
    hashes.set(this.#hashes)
    this.#hashes = hashes
    const kind = new Uint8Array(capacity)
    kind.set(this.kind)
    this.kind = kind
    this.#slots = new Int32Array(capacity * 2)
    this.#mask = capacity * 2 - 1
    for (let id = 0; id < this.#used; id += 1) if (kind[id] !== 0) this.#place(id, hashes[id] ?? 0)
  }
}

function isSwapped(packet: Packet): boolean {
  if (packet.s0 !== packet.d0) return packet.s0 > packet.d0
  if (packet.s1 !== packet.d1) return packet.s1 > packet.d1
  if (packet.s2 !== packet.d2) return packet.s2 > packet.d2
  if (packet.s3 !== packet.d3) return packet.s3 > packet.d3
  return packet.sourcePort > packet.destinationPort
}

function pairHash(seed: number, a0: number, b0: number, ports: number): number {
  return mix(mix(mix(seed, a0), b0), ports)
}
function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1)
  return mixed ^ (mixed >>> 15)
}
function finish(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return once ^ (once >>> 13)
}

// Large memory starts 16 bytes into a page (glibc): with 48 bytes in front each record is one cache line and not parts of two.
export const FIRST_RECORD = 12
export const RECORD_WORDS = 16
/** The same for `times`. */
const FIRST_TIME = (FIRST_RECORD + 12) / 2
const RECORD_TIMES = RECORD_WORDS / 2
const TAIL_WORDS = 6
// A slot holds a flow number and 8 bits of its hash; the other bits of the hash choose the slot.
const TAG_SHIFT = 24
const ID_MASK = 0xff_ffff
/** So many flows a table can number. */
export const MAX_TABLE = ID_MASK - 1
const INITIAL = 16_384

// Finds the number of a packet's flow: open addressing over typed arrays, both directions under one key (the smaller endpoint first).
//
// The hash is seeded: whoever can choose addresses and ports must not be able to make them collide. Numbers are dense and reused, so that whoever keeps
// state for a flow can index an array with them. When and what each flow was last seen is kept here, in arrays that a sweep can walk quickly.
import type { Packet } from "../link/packet.ts"
import { type Endpoint, ipv4, ipv6 } from "./address.ts"

export class FlowTable {
  /** Set by `find`: the packet's source is the larger endpoint. */
  swapped = false
  /** Set by `find`: the flow was not there before. */
  fresh = false
  /** Packet time of the last packet, by flow number. */
  lastSeen: Float64Array
  /** What the owner says the flow is, by flow number; 0 is free. */
  kind: Uint8Array
  readonly #seed: number
  #keys: Int32Array
  #hashes: Int32Array
  #slots: Int32Array
  #mask: number
  #free: number[] = []
  #used = 0
  #size = 0

  constructor(seed: number, capacity = INITIAL) {
    this.#seed = seed | 0
    this.lastSeen = new Float64Array(capacity)
    this.kind = new Uint8Array(capacity)
    this.#keys = new Int32Array(capacity * STRIDE)
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

  find(packet: Packet, transport: number, vni = packet.vni): number {
    const swapped = isSwapped(packet)
    this.swapped = swapped
    const a0 = swapped ? packet.d0 : packet.s0
    const b0 = swapped ? packet.s0 : packet.d0
    const ports = swapped ? (packet.destinationPort << 16) | packet.sourcePort : (packet.sourcePort << 16) | packet.destinationPort
    const meta = (packet.family << 8) | transport
    let hash = mix(mix(mix(mix(this.#seed, a0), b0), ports), meta ^ (vni << 12))
    if (packet.family === 6) {
      hash = mix(mix(hash, packet.s1 ^ packet.d1), packet.s2 ^ packet.d2)
      hash = mix(hash, packet.s3 ^ packet.d3)
    }
    hash = finish(hash)
    const keys = this.#keys
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const entry = this.#slots[slot] ?? 0
      if (entry === 0) break
      const id = entry - 1
      const at = id * STRIDE
      if (keys[at] !== meta || keys[at + 1] !== vni || keys[at + 2] !== ports || keys[at + 3] !== a0 || keys[at + 4] !== b0) continue
      if (packet.family === 6 && !this.#sameTail(at, packet, swapped)) continue
      this.fresh = false
      return id
    }
    this.fresh = true
    return this.#insert(packet, [hash, meta, vni, ports, a0, b0])
  }

  remove(id: number): void {
    if (this.kind[id] === 0) return
    this.kind[id] = 0
    this.#size -= 1
    this.#free.push(id)
    const slots = this.#slots
    const mask = this.#mask
    let hole = (this.#hashes[id] ?? 0) & mask
    while (slots[hole] !== id + 1) hole = (hole + 1) & mask
    // Backward shift: an entry behind the hole moves into it unless its own place lies behind the hole.
    for (let slot = (hole + 1) & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot] ?? 0
      if (entry === 0) break
      const home = (this.#hashes[entry - 1] ?? 0) & mask
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue
      slots[hole] = entry
      hole = slot
    }
    slots[hole] = 0
  }

  /** The smaller endpoint of the key is 0, the larger 1. */
  endpoint(id: number, which: 0 | 1): Endpoint {
    const at = id * STRIDE
    const word = (offset: number): number => this.#keys[at + offset] ?? 0
    const ports = word(2)
    const tail = which === 0 ? 5 : 8
    const first = word(which === 0 ? 3 : 4)
    const ip = word(0) >> 8 === 4 ? ipv4(first) : ipv6([first, word(tail), word(tail + 1), word(tail + 2)])
    return { ip, port: which === 0 ? ports >>> 16 : ports & 0xffff }
  }

  port(id: number, which: 0 | 1): number {
    const ports = this.#keys[id * STRIDE + 2] ?? 0
    return which === 0 ? ports >>> 16 : ports & 0xffff
  }

  #sameTail(at: number, packet: Packet, swapped: boolean): boolean {
    const keys = this.#keys
    const source = swapped ? at + 8 : at + 5
    const destination = swapped ? at + 5 : at + 8
    return (
      keys[source] === packet.s1 &&
      keys[source + 1] === packet.s2 &&
      keys[source + 2] === packet.s3 &&
      keys[destination] === packet.d1 &&
      keys[destination + 1] === packet.d2 &&
      keys[destination + 2] === packet.d3
    )
  }

  #insert(packet: Packet, [hash = 0, meta = 0, vni = 0, ports = 0, a0 = 0, b0 = 0]: readonly number[]): number {
    let id = this.#free.pop()
    if (id === undefined) {
      if (this.#used === this.#hashes.length) this.#grow()
      id = this.#used++
    }
    const keys = this.#keys
    const at = id * STRIDE
    keys[at] = meta
    keys[at + 1] = vni
    keys[at + 2] = ports
    keys[at + 3] = a0
    keys[at + 4] = b0
    const source = this.swapped ? at + 8 : at + 5
    const destination = this.swapped ? at + 5 : at + 8
    keys[source] = packet.s1
    keys[source + 1] = packet.s2
    keys[source + 2] = packet.s3
    keys[destination] = packet.d1
    keys[destination + 1] = packet.d2
    keys[destination + 2] = packet.d3
    this.#hashes[id] = hash
    this.kind[id] = 1
    this.#size += 1
    this.#place(id, hash)
    return id
  }

  #place(id: number, hash: number): void {
    let slot = hash & this.#mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask
    this.#slots[slot] = id + 1
  }

  #grow(): void {
    const capacity = this.#hashes.length * 2
    const keys = new Int32Array(capacity * STRIDE)
    keys.set(this.#keys)
    this.#keys = keys
    const hashes = new Int32Array(capacity)
    hashes.set(this.#hashes)
    this.#hashes = hashes
    const lastSeen = new Float64Array(capacity)
    lastSeen.set(this.lastSeen)
    this.lastSeen = lastSeen
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

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1)
  return mixed ^ (mixed >>> 15)
}
function finish(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return once ^ (once >>> 13)
}

const STRIDE = 11
const INITIAL = 16_384

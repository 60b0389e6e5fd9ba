// With more flows than fit the cache, finding a flow is waiting for memory, twice: for its slot and for its record. The processor waits for many places
// at once if it is asked before each of them is needed: so the next few packets are looked at in passing, and their slots and records touched.
// Only for the plain shapes (Ethernet, IPv4 without options, VXLAN around it): a wrong guess costs nothing but its own time.
import type { PacketBatch } from "../packet-batch.ts"
import type { FlowTable } from "./flow-table.ts"

export class LookAhead {
  readonly #table: FlowTable
  readonly #slots = new Int32Array(AHEAD)
  /** Written so that the loads are not left out as useless. */
  readonly #words = new Int32Array(AHEAD)

  constructor(table: FlowTable) {
    this.#table = table
  }

  /** Called before packet `from` is read, when `from` is a multiple of AHEAD. */
  touch(batch: PacketBatch, from: number): void {
    if (this.#table.bound < MANY) return
    const count = Math.min(AHEAD, batch.count - from)
    for (let index = 0; index < count; index++) this.#slots[index] = this.#slotOf(batch, from + index)
    for (let index = 0; index < count; index++) {
      const slot = this.#slots[index] ?? 0
      if (slot !== 0) this.#words[index] = this.#table.recordIn(slot)
    }
  }

  #slotOf({ bytes, offset, captured, link }: PacketBatch, index: number): number {
    if (link[index] !== 1) return 0
    const end = (offset[index] ?? 0) + (captured[index] ?? 0)
    let at = (offset[index] ?? 0) + ETHERNET
    let vni = 0
    // Twice: what VXLAN holds, or the packet itself.
    for (let layers = 0; layers < 2; layers++) {
      if (at + IPV4 + PORTS > end || bytes[at - 2] !== 8 || bytes[at - 1] !== 0 || bytes[at] !== 0x45) return 0
      const protocol = bytes[at + 9] ?? 0
      const destination = word(bytes, at + 16)
      const source = word(bytes, at + 12)
      const ports = word(bytes, at + IPV4)
      if (protocol === 17 && (ports & 0xffff) === VXLAN_PORT && layers === 0) {
        vni = word(bytes, at + IPV4 + 12) >>> 8
        at += IPV4 + 16 + ETHERNET
        continue
      }
      const swapped = source === destination ? ports >>> 16 > (ports & 0xffff) : source > destination
      const meta = 0x400 | protocol
      if (!swapped) return this.#table.slotFor(source, destination, ports, meta ^ (vni << 12))
      return this.#table.slotFor(destination, source, (ports << 16) | (ports >>> 16), meta ^ (vni << 12))
    }
    return 0
  }
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
}

/** As many misses as a processor follows at once, and a little more. */
export const AHEAD = 16
// Two megabytes of records: what is less stays in the second-level cache by itself.
const MANY = 32_768
const ETHERNET = 14
const IPV4 = 20
const PORTS = 4
const VXLAN_PORT = 4789

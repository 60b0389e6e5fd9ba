// A flow between two mirrored interfaces is delivered twice, with two VNIs. Private addresses repeat between virtual networks, so equal addresses are
// not enough: for TCP the sequence and acknowledgement numbers must lie together, for datagrams the bytes must be the same.
import type { Packet } from "../link/packet.ts"
import type { FlowBase } from "./flow-base.ts"
import { FlowTable } from "./flow-table.ts"
import { TcpFlow } from "./tcp-flow.ts"
import { UdpFlow } from "./udp-flow.ts"

export class Twins {
  /** Address pairs without VNI. */
  readonly #pairs: FlowTable
  /** Flow number by pair number. */
  readonly #flowOf: number[] = []

  constructor(seed: number) {
    this.#pairs = new FlowTable(seed ^ 0x2545f491)
  }

  register(flow: FlowBase, packet: Packet, transport: number): void {
    const pair = this.#pairs.find(packet, transport, 0)
    if (!this.#pairs.fresh) return
    flow.tuple = pair
    this.#flowOf[pair] = flow.id
  }

  forget(flow: FlowBase): void {
    if (flow.tuple < 0) return
    this.#pairs.remove(flow.tuple)
    flow.tuple = -1
  }

  sameConnection(packet: Packet, direction: 0 | 1, flows: (id: number) => unknown): TcpFlow | undefined {
    const other = this.#other(packet, 6, flows)
    if (!(other instanceof TcpFlow) || other.vni === packet.vni) return undefined
    const { connection } = other
    const [own, peer] = direction === 0 ? [connection.first, connection.second] : [connection.second, connection.first]
    const acknowledges = (packet.flags & ACK) !== 0 && peer.started
    if (own.started && Math.abs((packet.seq - own.next) | 0) > NEAR) return undefined
    if (acknowledges && Math.abs((packet.ack - peer.next) | 0) > NEAR) return undefined
    return own.started || acknowledges ? other : undefined
  }

  /** An alias is reused for a connection that its twin does not know. */
  hasParted(flow: TcpFlow, packet: Packet, direction: 0 | 1): boolean {
    const own = direction === 0 ? flow.connection.first : flow.connection.second
    return (packet.flags & SYN) !== 0 && own.started && Math.abs((packet.seq - own.next) | 0) > NEAR
  }

  sameDatagrams(packet: Packet, direction: 0 | 1, flows: (id: number) => unknown): UdpFlow | undefined {
    const other = this.#other(packet, 17, flows)
    if (!(other instanceof UdpFlow) || other.vni === packet.vni) return undefined
    // An overlay may use one VNI for each direction: an answer to what was just asked.
    if (other.vniFrom(direction) === -1 && packet.micros - other.last < ANSWER_WAIT) return other
    return other.recent.includes(hashOf(packet)) ? other : undefined
  }

  /** Remembers the datagram. True: the flow has an alias and this is a second copy. */
  isRepeated(flow: UdpFlow, packet: Packet): boolean {
    const hash = hashOf(packet)
    const { recent } = flow
    if (flow.aliases !== undefined && recent.includes(hash)) return true
    recent.push(hash)
    if (recent.length > RECENT) recent.shift()
    return false
  }

  #other(packet: Packet, transport: number, flows: (id: number) => unknown): unknown {
    if (packet.vni === 0) return undefined
    const swapped = this.#pairs.find(packet, transport, 0)
    if (!this.#pairs.fresh) return flows(this.#flowOf[swapped] ?? -1)
    this.#pairs.remove(swapped)
    return undefined
  }
}

/** FNV-1a over the length and the first bytes. */
function hashOf(packet: Packet): number {
  const { bytes, at, end } = packet
  let hash = (0x811c9dc5 ^ (end - at) ^ (packet.sourcePort << 16)) | 0
  const stop = Math.min(end, at + HASHED)
  for (let position = at; position < stop; position += 1) hash = Math.imul(hash ^ (bytes[position] ?? 0), 0x01000193)
  return hash
}

const SYN = 2
const ACK = 16
// Copies of one packet arrive within milliseconds; a window of difference is plenty, and a chance hit is one in two thousand for each number.
const NEAR = 0x10_0000
const ANSWER_WAIT = 5_000_000
const HASHED = 128
const RECENT = 32

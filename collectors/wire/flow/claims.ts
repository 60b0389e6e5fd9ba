// QUIC connections move between addresses: which flow chose a connection id, so that a packet from a new address finds its connection (RFC 9000 §9).
import type { Packet } from "../link/packet.ts"
import type { UdpFlow } from "./udp-flow.ts"

export class Claims {
  readonly #flows = new Map<string, UdpFlow>()
  readonly #lengths = new Set<number>()
  readonly #lives: (flow: UdpFlow) => boolean

  constructor(lives: (flow: UdpFlow) => boolean) {
    this.#lives = lives
  }

  add(connectionId: Uint8Array, flow: UdpFlow): void {
    if (connectionId.length < MIN_CONNECTION_ID) return
    if (this.#flows.size >= MAX_CLAIMS)
      for (const oldest of this.#flows.keys()) {
        this.#flows.delete(oldest)
        break
      }
    this.#flows.set(idText(connectionId, 0, connectionId.length), flow)
    this.#lengths.add(connectionId.length)
  }

  owner(packet: Packet): UdpFlow | undefined {
    const { bytes, at, end } = packet
    // A short header: the long-header bit is clear (RFC 9000 §17.3); the fixed bit may be anything (RFC 9287).
    if (this.#flows.size === 0 || ((bytes[at] ?? 0) & 0x80) !== 0) return undefined
    for (const length of this.#lengths) {
      if (end - at <= length + 1) continue
      const flow = this.#flows.get(idText(bytes, at + 1, at + 1 + length))
      if (flow !== undefined && this.#lives(flow)) return flow
    }
    return undefined
  }
}

function idText(bytes: Uint8Array, from: number, to: number): string {
  let text = ""
  for (let at = from; at < to; at += 1) text += String.fromCharCode(bytes[at] ?? 0)
  return text
}

// Shorter ids occur by chance.
const MIN_CONNECTION_ID = 4
const MAX_CLAIMS = 65_536

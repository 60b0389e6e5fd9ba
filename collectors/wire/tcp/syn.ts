// What the SYNs of a connection agree on, and data that comes with the first one.
import { copyBytes } from "../bytes.ts"
import type { Packet } from "../link/packet.ts"
import type { Micros } from "../stream.ts"

/** Shift of the window field (RFC 7323 §2), undefined when a SYN does not have the option. */
export function windowScale(packet: Packet): number | undefined {
  const { bytes, at: end, headerAt } = packet
  for (let at = headerAt + 20; at < end; ) {
    const kind = bytes[at] ?? 0
    if (kind === END) return undefined
    const length = kind === NO_OPERATION ? 1 : (bytes[at + 1] ?? 0)
    if (kind === WINDOW_SCALE && length === 3) return Math.min(MAX_SCALE, bytes[at + 2] ?? 0)
    if (length === 0 || (kind !== NO_OPERATION && length < 2)) return undefined
    at += length
  }
  return undefined
}

/**
 * Data on a SYN (RFC 7413) is only worth something when the server takes it; otherwise the client sends it again, or something else in its place.
 * It is kept until one of both says so.
 */
export class SynData {
  readonly direction: 0 | 1
  readonly seq: number
  readonly bytes: Uint8Array
  readonly cut: number
  readonly at: Micros

  constructor(direction: 0 | 1, seq: number, packet: Packet) {
    this.direction = direction
    this.seq = seq
    this.bytes = copyBytes(packet.bytes, packet.at, packet.end)
    this.cut = packet.wireEnd - packet.end
    this.at = packet.micros
  }

  /** What a later packet says of it. */
  judge(packet: Packet, direction: 0 | 1): "taken" | "refused" | "open" {
    const end = (this.seq + this.bytes.length + this.cut) | 0
    if (direction === this.direction) {
      if ((packet.flags & (SYN | RST)) !== 0) return "open"
      return ((packet.seq - end) | 0) >= 0 ? "taken" : "refused"
    }
    return (packet.flags & ACK) !== 0 && ((packet.ack - end) | 0) >= 0 ? "taken" : "open"
  }
}

const END = 0
const NO_OPERATION = 1
const WINDOW_SCALE = 3
// RFC 7323 §2.3.
const MAX_SCALE = 14
const SYN = 2
const RST = 4
const ACK = 16

// A TCP packet as the decoder leaves it, for tests that talk to a connection directly.
import { Packet } from "../../collectors/wire/link/packet.ts"
import { tcpPacket } from "./packets.ts"

export function tcpPacketOf({
  seq,
  flags,
  payload = NONE,
  ack = 0,
}: {
  seq: number
  flags: string
  payload?: Uint8Array
  ack?: number
}): Packet {
  const bytes = new Uint8Array(tcpPacket({ from: "10.0.0.1", to: "10.0.0.2", sport: 1, dport: 2, seq, ack, flags, payload }))
  const packet = new Packet()
  packet.bytes = bytes
  packet.headerAt = bytes.length - payload.length - 20
  packet.at = packet.headerAt + 20
  packet.end = packet.wireEnd = bytes.length
  packet.seq = seq | 0
  packet.ack = ack | 0
  packet.flags = bytes[packet.headerAt + 13] ?? 0
  packet.window = 65_535
  packet.micros = 1
  return packet
}

const NONE = new Uint8Array(0)

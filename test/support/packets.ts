// Packets and capture files made by hand: what no real client would send, and as many as a benchmark needs.
import { closeSync, openSync, writeSync } from "node:fs"

export interface TcpFields {
  readonly from: string
  readonly to: string
  readonly sport: number
  readonly dport: number
  readonly seq: number
  readonly ack?: number
  /** Letters of S, A, F, R, P, U. */
  readonly flags: string
  readonly payload?: Uint8Array
  readonly window?: number
}

/** Ethernet, IPv4, TCP without options; checksums are left 0, as offloading leaves them. */
export function tcpPacket(fields: TcpFields): Uint8Array {
  const payload = fields.payload ?? new Uint8Array(0)
  const tcp = Buffer.alloc(20 + payload.length)
  tcp.writeUInt16BE(fields.sport, 0)
  tcp.writeUInt16BE(fields.dport, 2)
  tcp.writeUInt32BE(fields.seq >>> 0, 4)
  tcp.writeUInt32BE((fields.ack ?? 0) >>> 0, 8)
  tcp[12] = 0x50
  tcp[13] = [...fields.flags].reduce((bits, flag) => bits | (FLAGS[flag] ?? 0), 0)
  tcp.writeUInt16BE(fields.window ?? 65_535, 14)
  tcp.set(payload, 20)
  return ethernet(ipv4({ from: fields.from, to: fields.to, protocol: 6, payload: tcp }))
}

export interface UdpFields {
  readonly from: string
  readonly to: string
  readonly sport: number
  readonly dport: number
  readonly payload: Uint8Array
}

export function udpDatagram({ sport, dport, payload }: Omit<UdpFields, "from" | "to">): Uint8Array {
  const udp = Buffer.alloc(8 + payload.length)
  udp.writeUInt16BE(sport, 0)
  udp.writeUInt16BE(dport, 2)
  udp.writeUInt16BE(udp.length, 4)
  udp.set(payload, 8)
  return udp
}

export function udpPacket(fields: UdpFields): Uint8Array {
  return ethernet(ipv4({ from: fields.from, to: fields.to, protocol: 17, payload: udpDatagram(fields) }))
}

export interface Ipv4Fields {
  readonly from: string
  readonly to: string
  readonly protocol: number
  readonly payload: Uint8Array
  readonly id?: number
  /** In bytes, a multiple of 8. */
  readonly offset?: number
  readonly more?: boolean
}

export function ipv4({ from, to, protocol, payload, id = 1, offset = 0, more = false }: Ipv4Fields): Uint8Array {
  const packet = Buffer.alloc(20 + payload.length)
  packet[0] = 0x45
  packet.writeUInt16BE(packet.length, 2)
  packet.writeUInt16BE(id & 0xffff, 4)
  packet.writeUInt16BE((more ? 0x2000 : 0) | (offset >> 3), 6)
  packet[8] = 64
  packet[9] = protocol
  packet.set(from.split(".").map(Number), 12)
  packet.set(to.split(".").map(Number), 16)
  packet.set(payload, 20)
  return packet
}

export function ethernet(payload: Uint8Array, type = 0x0800): Uint8Array {
  const frame = Buffer.alloc(14 + payload.length)
  frame.writeUInt16BE(type, 12)
  frame.set(payload, 14)
  return frame
}

/** VXLAN header and the frame inside. */
export function vxlan(vni: number, frame: Uint8Array): Uint8Array {
  const header = Buffer.alloc(8)
  header[0] = 0x08
  header.writeUIntBE(vni, 4, 3)
  return Buffer.concat([header, frame])
}

export interface TimedPacket {
  /** Bytes it had on the wire, when the capture has fewer. */
  readonly wire?: number
  readonly at: number
  readonly bytes: Uint8Array
}

export function pcapFile(packets: readonly TimedPacket[], link = 1): Uint8Array {
  return Buffer.concat([pcapHeader(link), ...packets.flatMap(({ at, bytes }) => [recordHeader(at, bytes.length), bytes])])
}

/** Writes packet after packet, for files larger than one wants in memory. */
export function writePcap(path: string, packets: Iterable<TimedPacket>): void {
  const file = openSync(path, "w")
  let pending: Uint8Array[] = [pcapHeader(1)]
  let length = 0
  const write = (): void => {
    writeSync(file, Buffer.concat(pending))
    pending = []
    length = 0
  }
  for (const { at, bytes } of packets) {
    pending.push(recordHeader(at, bytes.length), bytes)
    length += bytes.length + 16
    if (length > 1 << 20) write()
  }
  write()
  closeSync(file)
}

function pcapHeader(link: number): Uint8Array {
  const header = Buffer.alloc(24)
  header.writeUInt32LE(0xa1b2c3d4, 0)
  header.writeUInt16LE(2, 4)
  header.writeUInt16LE(4, 6)
  header.writeUInt32LE(262_144, 16)
  header.writeUInt32LE(link, 20)
  return header
}

function recordHeader(at: number, length: number): Uint8Array {
  const header = Buffer.alloc(16)
  header.writeUInt32LE(Math.floor(at / 1e6), 0)
  header.writeUInt32LE(at % 1e6, 4)
  header.writeUInt32LE(length, 8)
  header.writeUInt32LE(length, 12)
  return header
}

const FLAGS: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, P: 8, A: 16, U: 32 }

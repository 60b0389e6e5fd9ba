// Tunnels over UDP of carriers and hosts, which captures hold now and then. Each is only believed when its header fits to the last byte; else it is an
// ordinary datagram. They say what comes next and leave `packet.at` there.
import { IP_BY_VERSION, IPV6, type Packet, PPP } from "./packet.ts"

/** GTP-U (3GPP TS 29.281): version and flags(1) type(1) length(2) tunnel(4) [sequence(2) N-PDU(1) next extension(1)], extensions of 4-byte words. */
export function readGtpU(packet: Packet): number | undefined {
  const { bytes, at, end, wireEnd } = packet
  const flags = bytes[at] ?? 0
  if (end - at < 9 || flags >> 4 !== 3 || bytes[at + 1] !== 255) return undefined
  if (u16(bytes, at + 2) !== wireEnd - at - 8) return undefined
  let from = at + 8
  if ((flags & 7) !== 0) {
    let extension = (flags & 4) === 0 ? 0 : (bytes[at + 11] ?? 0)
    from += 4
    for (let steps = 0; extension !== 0; steps += 1) {
      const words = bytes[from] ?? 0
      if (words === 0 || from + words * 4 >= end || steps === MAX_EXTENSIONS) return undefined
      from += words * 4
      extension = bytes[from - 1] ?? 0
    }
  }
  const version = (bytes[from] ?? 0) >> 4
  if (version !== 4 && version !== 6) return undefined
  packet.at = from
  return IP_BY_VERSION
}

/** L2TP 2 (RFC 2661): flags and version(2) [length(2)] tunnel(2) session(2) [sequences(4)] [offset size(2) and as many bytes], PPP. */
export function readL2tp(packet: Packet): number | undefined {
  const { bytes, at, end, wireEnd } = packet
  const flags = u16(bytes, at)
  if (end - at < 8 || (flags & 0x800f) !== 2) return undefined
  let from = at + 2
  if ((flags & 0x4000) !== 0) {
    if (u16(bytes, from) !== wireEnd - at) return undefined
    from += 2
  }
  from += 4
  if ((flags & 0x0800) !== 0) from += 4
  if ((flags & 0x0200) !== 0) from += 2 + u16(bytes, from)
  // PPP with or without address and control.
  const protocol = u16(bytes, from) === 0xff03 ? u16(bytes, from + 2) : u16(bytes, from)
  if (from + 4 > end || (protocol !== 0x21 && protocol !== 0x57)) return undefined
  packet.at = from
  return PPP
}

/** Teredo (RFC 4380): [0001 id length(1) authentication length(1) id authentication nonce(8) confirmation(1)] [0000 origin(6)] IPv6. */
export function readTeredo(packet: Packet): number | undefined {
  const { bytes, end, wireEnd } = packet
  let from = packet.at
  if (u16(bytes, from) === 1) from += 13 + (bytes[from + 2] ?? 0) + (bytes[from + 3] ?? 0)
  if (u16(bytes, from) === 0) from += 8
  if (end - from < 40 || (bytes[from] ?? 0) >> 4 !== 6 || u16(bytes, from + 4) !== wireEnd - from - 40) return undefined
  packet.at = from
  return IPV6
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}

const MAX_EXTENSIONS = 8

// IPv4 (RFC 791) and IPv6 (RFC 8200) headers. Checksums are not looked at: offloading network cards capture them unfinished.
// Total length 0 is what a host writes that leaves segmentation to its card (and what big TCP needs above 64 KB): the frame's length counts then.
import { BAD, ETHERNET, GRE, HELD, IP_PROTOCOL, IPV4, IPV6, MPLS, OTHER, type Packet, TCP, UDP } from "../link/packet.ts"
import type { Reassembler } from "./fragments.ts"

export function readIpVersion(packet: Packet): number {
  const version = (packet.bytes[packet.at] ?? 0) >> 4
  if (packet.end - packet.at < 1) return BAD
  return version === 4 ? IPV4 : version === 6 ? IPV6 : BAD
}

export function readIpv4(packet: Packet, fragments: Reassembler): number {
  const { bytes, at } = packet
  const captured = packet.end - at
  const header = ((bytes[at] ?? 0) & 0x0f) * 4
  if (captured < 20 || (bytes[at] ?? 0) >> 4 !== 4 || header < 20 || captured < header) return BAD
  const total = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
  if (total !== 0) {
    if (total < header) return BAD
    packet.wireEnd = at + total
    if (packet.wireEnd < packet.end) packet.end = packet.wireEnd
  }
  packet.family = 4
  packet.ipId = ((bytes[at + 4] ?? 0) << 8) | (bytes[at + 5] ?? 0)
  packet.s0 = word(bytes, at + 12)
  packet.d0 = word(bytes, at + 16)
  packet.s1 = packet.s2 = packet.s3 = packet.d1 = packet.d2 = packet.d3 = 0
  packet.protocol = bytes[at + 9] ?? 0
  packet.at = at + header
  const fragment = ((bytes[at + 6] ?? 0) << 8) | (bytes[at + 7] ?? 0)
  if ((fragment & 0x3fff) === 0) return byProtocol(packet)
  const held = fragments.add(packet, { id: packet.ipId, offset: (fragment & 0x1fff) * 8, more: (fragment & 0x2000) !== 0 })
  return held ? HELD : byProtocol(packet)
}

export function readIpv6(packet: Packet, fragments: Reassembler): number {
  const { bytes, at } = packet
  if (packet.end - at < 40 || (bytes[at] ?? 0) >> 4 !== 6) return BAD
  const length = ((bytes[at + 4] ?? 0) << 8) | (bytes[at + 5] ?? 0)
  if (length !== 0) {
    packet.wireEnd = at + 40 + length
    if (packet.wireEnd < packet.end) packet.end = packet.wireEnd
  }
  packet.family = 6
  packet.ipId = 0
  packet.s0 = word(bytes, at + 8)
  packet.s1 = word(bytes, at + 12)
  packet.s2 = word(bytes, at + 16)
  packet.s3 = word(bytes, at + 20)
  packet.d0 = word(bytes, at + 24)
  packet.d1 = word(bytes, at + 28)
  packet.d2 = word(bytes, at + 32)
  packet.d3 = word(bytes, at + 36)
  packet.protocol = bytes[at + 6] ?? 0
  packet.at = at + 40
  return readExtensions(packet, fragments)
}

/** Extension headers: next(1) length(1) …; length in 8-byte words beyond the first, for authentication in 4-byte words beyond the second. */
function readExtensions(packet: Packet, fragments: Reassembler): number {
  for (let headers = 0; headers < MAX_EXTENSIONS; headers += 1) {
    const { protocol, bytes, at } = packet
    if (!isExtension(protocol)) return byProtocol(packet)
    if (packet.end - at < 8) return BAD
    packet.protocol = bytes[at] ?? 0
    if (protocol === 44) {
      const field = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
      packet.at = at + 8
      // An atomic fragment (RFC 6946) is whole.
      if ((field & 0xfff9) === 0) continue
      const held = fragments.add(packet, { id: word(bytes, at + 4), offset: field & 0xfff8, more: (field & 1) !== 0 })
      if (held) return HELD
      continue
    }
    const words = bytes[at + 1] ?? 0
    packet.at = at + (protocol === 51 ? (words + 2) * 4 : (words + 1) * 8)
    if (packet.at > packet.end) return BAD
  }
  return BAD
}

function isExtension(protocol: number): boolean {
  return protocol === 0 || protocol === 43 || protocol === 44 || protocol === 51 || protocol === 60 || protocol === 135 || protocol === 139
}

export function byProtocol(packet: Packet): number {
  switch (packet.protocol) {
    case 6:
      return TCP
    case 17:
      return UDP
    case 4:
      return IPV4
    case 41:
      return IPV6
    case 47:
      return GRE
    case 137:
      return MPLS
    case 97:
      // EtherIP (RFC 3378): version(4 bits)=3 and zeros.
      if (packet.end - packet.at < 2 || (packet.bytes[packet.at] ?? 0) >> 4 !== 3) return OTHER
      packet.at += 2
      return ETHERNET
    case 51:
      return readAuthentication(packet)
    default:
      return OTHER
  }
}

/** RFC 4302 in transport mode: next(1) length(1) … */
function readAuthentication(packet: Packet): number {
  const { bytes, at } = packet
  if (packet.end - at < 12) return BAD
  packet.protocol = bytes[at] ?? 0
  packet.at = at + ((bytes[at + 1] ?? 0) + 2) * 4
  return packet.at > packet.end || packet.protocol === 51 ? BAD : IP_PROTOCOL
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
}

// RFC 8200 names six kinds, each at most once; a longer chain is an evasion.
const MAX_EXTENSIONS = 8

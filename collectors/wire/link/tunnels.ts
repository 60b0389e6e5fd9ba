// Tunnels that a mirror wraps around packets, or that hosts build themselves. Each reader leaves `packet.at` at the inner packet.
// The VNI of the innermost VXLAN or GENEVE header names the flow: private addresses repeat between virtual networks.
import {
  AYIYA,
  BAD,
  ETHER_TYPE,
  ETHERNET,
  GENEVE,
  IP_PROTOCOL,
  IPV4,
  IPV6,
  MPLS,
  NSH,
  OTHER,
  type Packet,
  VXLAN,
  VXLAN_GPE,
} from "./packet.ts"
import { readGtpU, readL2tp, readTeredo } from "./udp-tunnels.ts"

/** UDP destination ports of tunnels; undefined: an ordinary datagram. */
export function tunnelOnPort(packet: Packet): number | undefined {
  switch (packet.destinationPort) {
    case 4789:
    case 8472:
      return looksLikeVxlan(packet) ? VXLAN : undefined
    case 4790:
      return looksLikeVxlan(packet) ? VXLAN_GPE : undefined
    case 6081:
      return looksLikeGeneve(packet) ? GENEVE : undefined
    case 6635:
      return MPLS
    case 5072:
      return AYIYA
    case 2152:
      return readGtpU(packet)
    case 1701:
      return readL2tp(packet)
    case 3544:
      return readTeredo(packet)
    default:
      return tunnelFromPort(packet)
  }
}

/** Of tunnels whose answers come from the well-known port to any other. */
function tunnelFromPort(packet: Packet): number | undefined {
  switch (packet.sourcePort) {
    case 5072:
      return AYIYA
    case 1701:
      return readL2tp(packet)
    case 3544:
      return readTeredo(packet)
    default:
      return undefined
  }
}

/** RFC 7348: flags(1) with bit 3 set, reserved(3), VNI(3), reserved(1). Reserved bits are ignored on receipt. */
function looksLikeVxlan(packet: Packet): boolean {
  return packet.end - packet.at >= 8 && ((packet.bytes[packet.at] ?? 0) & 0x08) !== 0
}

export function readVxlan(packet: Packet): number {
  const { bytes, at } = packet
  if (packet.end - at < 8 || ((bytes[at] ?? 0) & 0x08) === 0) return BAD
  packet.vni = vniAt(bytes, at + 4)
  packet.at = at + 8
  return ETHERNET
}

/** draft-ietf-nvo3-vxlan-gpe: flag P (0x04) says that byte 3 names the inner protocol. */
export function readVxlanGpe(packet: Packet): number {
  const { bytes, at } = packet
  const flags = bytes[at] ?? 0
  const inner = bytes[at + 3] ?? 0
  const next = readVxlan(packet)
  if (next === BAD || (flags & 0x04) === 0) return next
  if (inner === 1) return IPV4
  if (inner === 2) return IPV6
  if (inner === 3) return ETHERNET
  if (inner === 4) return NSH
  return inner === 5 ? MPLS : OTHER
}

/** RFC 8926: version(2 bits)=0 option length(6 bits, words) flags(1) EtherType(2) VNI(3) reserved(1) options. AWS adds its load balancer's as options. */
function looksLikeGeneve(packet: Packet): boolean {
  return packet.end - packet.at >= 8 && ((packet.bytes[packet.at] ?? 0) & 0xc0) === 0
}

export function readGeneve(packet: Packet): number {
  const { bytes, at } = packet
  const first = bytes[at] ?? 0
  const length = 8 + (first & 0x3f) * 4
  if ((first & 0xc0) !== 0 || packet.end - at < length) return BAD
  packet.vni = vniAt(bytes, at + 4)
  packet.protocol = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
  packet.at = at + length
  return ETHER_TYPE
}

/** RFC 2784, 2890, 2637: flags and version(2) EtherType(2) [checksum, offset(4)] [key(4)] [sequence(4)] [acknowledgement(4) in version 1]. */
export function readGre(packet: Packet): number {
  const { bytes, at } = packet
  if (packet.end - at < 4) return BAD
  const flags = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
  const protocol = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
  let length = 4
  if ((flags & 0xc000) !== 0) length += 4
  if ((flags & 0x2000) !== 0) length += 4
  if ((flags & 0x1000) !== 0) length += 4
  if ((flags & 7) === 1 && (flags & 0x80) !== 0) length += 4
  // Source routes (RFC 1701) are long dead and would need walking.
  if ((flags & 0x4000) !== 0 || (flags & 7) > 1 || packet.end - at < length) return BAD
  packet.at = at + length
  packet.protocol = protocol
  if (protocol === 0x88be) return readErspan(packet, (flags & 0x1000) !== 0 ? 8 : 0)
  if (protocol === 0x22eb) return readErspan(packet, (((bytes[packet.at + 11] ?? 0) & 1) !== 0 ? 8 : 0) + 12)
  return ETHER_TYPE
}

/** ERSPAN: type I has no header, type II has 8 bytes, type III 12 and 8 more when its last bit says so. */
function readErspan(packet: Packet, length: number): number {
  if (packet.end - packet.at < length) return BAD
  packet.at += length
  return ETHERNET
}

/** RFC 8300: version(2) flags … length(6 bits, words), unassigned, type, next protocol(1), service path(4). */
export function readNsh(packet: Packet): number {
  const { bytes, at } = packet
  const length = ((bytes[at + 1] ?? 0) & 0x3f) * 4
  if (length < 8 || packet.end - at < length) return BAD
  const inner = bytes[at + 3] ?? 0
  packet.at = at + length
  if (inner === 1) return IPV4
  if (inner === 2) return IPV6
  if (inner === 3) return ETHERNET
  return inner === 5 ? MPLS : OTHER
}

/** AYIYA (draft-massar-v6ops-ayiya): identity length(4 bits, 2^n) type(4), signature length(4 bits, words) hash(4), method and operation(1), next header(1), epoch(4). */
export function readAyiya(packet: Packet): number {
  const { bytes, at } = packet
  if (packet.end - at < 8) return OTHER
  const identity = 1 << ((bytes[at] ?? 0) >> 4)
  const signature = ((bytes[at + 1] ?? 0) >> 4) * 4
  const operation = (bytes[at + 2] ?? 0) & 0x0f
  const length = 8 + identity + signature
  if (operation !== 1 || packet.end - at < length) return OTHER
  packet.protocol = bytes[at + 3] ?? 0
  packet.at = at + length
  return IP_PROTOCOL
}

function vniAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
}

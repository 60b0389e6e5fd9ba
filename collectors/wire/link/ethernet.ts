// Ethernet and what may stand between it and IP: 802.1Q, QinQ, MPLS, PPPoE, PPP, 802.3 with LLC/SNAP.
import { BAD, ETHER_TYPE, ETHERNET, IP_BY_VERSION, IPV4, IPV6, MPLS, NSH, OTHER, type Packet, PPP } from "./packet.ts"

export function readEthernet(packet: Packet): number {
  const { bytes, at } = packet
  if (packet.end - at < 14) return BAD
  const type = ((bytes[at + 12] ?? 0) << 8) | (bytes[at + 13] ?? 0)
  packet.at = at + 14
  if (type === 0x0800) return IPV4
  if (type === 0x86dd) return IPV6
  packet.protocol = type
  return type < 0x600 ? readLlc(packet) : ETHER_TYPE
}

/** 802.2 LLC: AA AA 03 organisation(3) EtherType(2) is SNAP, 06 06 03 is IPv4. */
export function readLlc(packet: Packet): number {
  const { bytes, at } = packet
  if (packet.end - at >= 3 && bytes[at] === 0x06 && bytes[at + 1] === 0x06 && bytes[at + 2] === 3) {
    packet.at = at + 3
    return IPV4
  }
  if (packet.end - at < 8 || bytes[at] !== 0xaa || bytes[at + 1] !== 0xaa || bytes[at + 2] !== 3) return OTHER
  packet.protocol = ((bytes[at + 6] ?? 0) << 8) | (bytes[at + 7] ?? 0)
  packet.at = at + 8
  return packet.protocol < 0x600 ? OTHER : ETHER_TYPE
}

export function readEtherType(packet: Packet): number {
  switch (packet.protocol) {
    case 0x0800:
      return IPV4
    case 0x86dd:
      return IPV6
    case 0x8100:
    case 0x88a8:
    case 0x9100:
    case 0x9200:
    case 0x9300:
      return readTag(packet)
    case 0x8847:
    case 0x8848:
      return MPLS
    case 0x8864:
      return readPppoe(packet)
    case 0x880b:
      return PPP
    case 0x6558:
      return ETHERNET
    case 0x894f:
      return NSH
    case 0x88e7:
      // Provider backbone (802.1ah): instance tag(4), then the customer's frame.
      packet.at += 4
      return ETHERNET
    case 0x8926:
      packet.at += 4
      return readTag(packet)
    default:
      return packet.protocol < 0x600 ? readLlc(packet) : OTHER
  }
}

/** Tag(2) EtherType(2). */
function readTag(packet: Packet): number {
  const { bytes, at } = packet
  if (packet.end - at < 4) return BAD
  packet.protocol = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
  packet.at = at + 4
  return packet.protocol < 0x600 ? readLlc(packet) : ETHER_TYPE
}

/** Version and type(1) code(1) session(2) length(2), then PPP without address and control. */
function readPppoe(packet: Packet): number {
  const { bytes, at } = packet
  if (packet.end - at < 8) return BAD
  if (bytes[at + 1] !== 0) return OTHER
  packet.at = at + 6
  return PPP
}

/** RFC 1661, RFC 1662: optional FF 03, protocol of one byte (odd) or two. */
export function readPpp(packet: Packet): number {
  const { bytes } = packet
  if (packet.end - packet.at < 4) return BAD
  if (bytes[packet.at] === 0xff && bytes[packet.at + 1] === 0x03) packet.at += 2
  const first = bytes[packet.at] ?? 0
  const short = (first & 1) === 1
  const protocol = short ? first : (first << 8) | (bytes[packet.at + 1] ?? 0)
  packet.at += short ? 1 : 2
  if (protocol === 0x21) return IPV4
  if (protocol === 0x57) return IPV6
  return protocol === 0x281 ? MPLS : OTHER
}

/** Label stack entries of 4 bytes up to the one with the bottom bit; then IP, or a pseudowire: control word (first nibble 0) and Ethernet. */
export function readMpls(packet: Packet): number {
  const { bytes } = packet
  for (let labels = 0; labels < MAX_LABELS; labels += 1) {
    if (packet.end - packet.at < 5) return BAD
    const bottom = ((bytes[packet.at + 2] ?? 0) & 1) === 1
    packet.at += 4
    if (!bottom) continue
    const version = (bytes[packet.at] ?? 0) >> 4
    if (version === 4 || version === 6) return IP_BY_VERSION
    if (version !== 0) return OTHER
    packet.at += 4
    return ETHERNET
  }
  return BAD
}

// Real stacks have two or three labels; a longer one is an attempt to keep us busy.
const MAX_LABELS = 16

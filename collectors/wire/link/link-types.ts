// Link layers by their LINKTYPE number.

import { ODD_LINKS, readOddLink } from "./odd-links.ts"
import { BAD, ETHER_TYPE, ETHERNET, GENEVE, IP_BY_VERSION, OTHER, type Packet, PPP, VXLAN } from "./packet.ts"
import { RARE_LINKS, readRareLink } from "./rare-links.ts"
import { readWireless, WIRELESS_LINKS } from "./wireless.ts"

/** Reads the outermost header. Returns what comes next. */
export function readLink(packet: Packet, link: number): number {
  switch (link) {
    case 1:
      return ETHERNET
    case 12:
    case 14:
    case 101:
    case 228:
    case 229:
      return IP_BY_VERSION
    case 0:
    case 108:
      return readNull(packet)
    case 113:
      return readCooked(packet, 16, 14)
    case 276:
      return readCooked(packet, 20, 0)
    case 9:
    case 50:
      return PPP
    case 166:
      packet.at += 1
      return PPP
    case 51:
      packet.protocol = 0x8864
      return ETHER_TYPE
    case 104:
      return readCooked(packet, 4, 2)
    case 258:
      return readPktap(packet)
    case LINK_VXLAN:
      return VXLAN
    case LINK_GENEVE:
      return GENEVE
    default:
      return readRareLink(packet, link) ?? readWireless(packet, link) ?? readOddLink(packet, link) ?? OTHER
  }
}

export function isKnownLink(link: number): boolean {
  return KNOWN.has(link)
}

/** BSD loopback: the address family in the byte order of the machine that captured. */
function readNull(packet: Packet): number {
  const { bytes, at } = packet
  if (packet.end - at < 4) return BAD
  packet.at += 4
  const family = (bytes[at] ?? 0) | (bytes[at + 1] ?? 0) | (bytes[at + 2] ?? 0) | (bytes[at + 3] ?? 0)
  return family === 2 || family === 24 || family === 28 || family === 30 || family === 10 ? IP_BY_VERSION : OTHER
}

/** Linux cooked captures, version 1 and 2, and Cisco HDLC: an EtherType inside a header of fixed length. */
function readCooked(packet: Packet, length: number, typeAt: number): number {
  const { bytes, at } = packet
  if (packet.end - at < length) return BAD
  packet.protocol = ((bytes[at + typeAt] ?? 0) << 8) | (bytes[at + typeAt + 1] ?? 0)
  packet.at += length
  return ETHER_TYPE
}

/** Apple's PKTAP: header length(4, little-endian) record type(4) inner link type(4) … */
function readPktap(packet: Packet): number {
  const { bytes, at } = packet
  if (packet.end - at < 12) return BAD
  const length = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)
  const inner = (bytes[at + 8] ?? 0) | ((bytes[at + 9] ?? 0) << 8)
  if (length < 12 || length > packet.end - at || inner === 258) return BAD
  packet.at += length
  return readLink(packet, inner)
}

/** Not LINKTYPE numbers: the datagrams of a UDP socket, which begin with the tunnel header. */
export const LINK_VXLAN = 0x10001
export const LINK_GENEVE = 0x10002
const KNOWN = new Set([
  1,
  12,
  14,
  101,
  228,
  229,
  0,
  108,
  113,
  276,
  9,
  50,
  166,
  51,
  104,
  258,
  LINK_VXLAN,
  LINK_GENEVE,
  ...RARE_LINKS,
  ...WIRELESS_LINKS,
  ...ODD_LINKS,
])

// Link types that are a few bytes around a common one: probes that keep the preamble, switches' own tags, old buses, Solaris, Juniper.
import { readLlc } from "./ethernet.ts"
import { BAD, ETHER_TYPE, ETHERNET, IP_BY_VERSION, OTHER, type Packet, PPP } from "./packet.ts"

/** What comes next, or undefined when the link type is not one of these. */
export function readOddLink(packet: Packet, link: number): number | undefined {
  const ahead = AHEAD.get(link)
  if (ahead !== undefined) return behind(packet, ahead.length, ahead.next)
  const typeAt = TYPE_AT.get(link)
  if (typeAt !== undefined) return readType(packet, typeAt)
  if (link === SUN_ATM) return readSunAtm(packet)
  const juniper = JUNIPER.get(link)
  return juniper === undefined ? undefined : readJuniper(packet, juniper)
}

function behind(packet: Packet, length: number, next: number): number {
  if (packet.end - packet.at < length) return BAD
  packet.at += length
  return next === LLC ? readLlc(packet) : next
}

function readType(packet: Packet, typeAt: number): number {
  const { bytes, at } = packet
  if (packet.end - at < typeAt + 2) return BAD
  packet.protocol = ((bytes[at + typeAt] ?? 0) << 8) | (bytes[at + typeAt + 1] ?? 0)
  packet.at += typeAt + 2
  return ETHER_TYPE
}

/** Flags(1), whose low bits tell what is carried: 2 for LLC; path(1) channel(2). */
function readSunAtm(packet: Packet): number {
  return ((packet.bytes[packet.at] ?? 0) & 0x0f) === 2 ? behind(packet, 4, LLC) : OTHER
}

/** "MGC"(3) flags(1) [length(2) extensions] frame; bit 1 of the flags: the frame's own header was left out. */
function readJuniper(packet: Packet, next: number): number {
  const { bytes, at } = packet
  const flags = bytes[at + 3] ?? 0
  if (bytes[at] !== 0x4d || bytes[at + 1] !== 0x47 || bytes[at + 2] !== 0x43) return BAD
  const extensions = (flags & 0x80) === 0 ? 0 : 2 + (((bytes[at + 4] ?? 0) << 8) | (bytes[at + 5] ?? 0))
  return (flags & 2) === 0 ? behind(packet, 4 + extensions, next) : OTHER
}

const LLC = -1
const SUN_ATM = 123
/** Bytes in front. */
const AHEAD = new Map([
  // SLIP: direction, compressed header.
  [8, { length: 16, next: IP_BY_VERSION }],
  // IP over Fibre Channel (RFC 2625): two addresses.
  [122, { length: 16, next: LLC }],
  // Solaris's ipnet.
  [226, { length: 24, next: IP_BY_VERSION }],
  // Hilscher's analyser, also with the preamble; 802.3br with the preamble; Broadcom's tag in front.
  [240, { length: 4, next: ETHERNET }],
  [241, { length: 12, next: ETHERNET }],
  [274, { length: 8, next: ETHERNET }],
  [282, { length: 4, next: ETHERNET }],
])
/** Where the EtherType stands: behind a switch's tag (Broadcom, Marvell short and long), or behind the addresses of IEEE 1394. */
const TYPE_AT = new Map([
  [138, 16],
  [281, 16],
  [283, 16],
  [284, 20],
])
const JUNIPER = new Map([
  [178, ETHERNET],
  [179, PPP],
])
export const ODD_LINKS: readonly number[] = [SUN_ATM, ...AHEAD.keys(), ...TYPE_AT.keys(), ...JUNIPER.keys()]

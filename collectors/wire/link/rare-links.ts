// Link types that captures of firewalls, tunnels and old networks have.
import { readLlc } from "./ethernet.ts"
import { BAD, ETHER_TYPE, IP_BY_VERSION, MPLS, OTHER, type Packet, PPP } from "./packet.ts"

/** What comes next, or undefined when the link type is not one of these. */
export function readRareLink(packet: Packet, link: number): number | undefined {
  switch (link) {
    case 6:
      return readTokenRing(packet)
    case 10:
      return skip(packet, 13) ?? readLlc(packet)
    case 100:
      return readLlc(packet)
    case 107:
      return readFrameRelay(packet)
    case 109:
      // OpenBSD's ENC: family(4) parameters index(4) flags(4).
      return skip(packet, 12) ?? IP_BY_VERSION
    case 117:
      return readPflog(packet)
    case 204:
      return skip(packet, 1) ?? PPP
    case 219:
      return MPLS
    case 239:
      return readNflog(packet)
    case 242:
      return readIpOverInfiniBand(packet)
    default:
      return undefined
  }
}

/** Access(1) frame control(1) destination(6) source(6) [route of 5 bits length, when the source's first bit says so] LLC. */
function readTokenRing(packet: Packet): number {
  const routed = ((packet.bytes[packet.at + 8] ?? 0) & 0x80) !== 0
  const route = routed ? (packet.bytes[packet.at + 14] ?? 0) & 0x1f : 0
  return skip(packet, 14 + route) ?? readLlc(packet)
}

/** RFC 2427: address(2) control(1)=3 NLPID(1): CC for IPv4, 8E for IPv6; padding and 80 before SNAP. */
function readFrameRelay(packet: Packet): number {
  const { bytes, at } = packet
  if (packet.end - at < 10 || bytes[at + 2] !== 3) return OTHER
  const pad = bytes[at + 3] === 0 ? 1 : 0
  const nlpid = bytes[at + 3 + pad]
  packet.at = at + 4 + pad
  if (nlpid === 0xcc || nlpid === 0x8e) return IP_BY_VERSION
  if (nlpid !== 0x80) return OTHER
  packet.protocol = ((bytes[packet.at + 3] ?? 0) << 8) | (bytes[packet.at + 4] ?? 0)
  packet.at += 5
  return ETHER_TYPE
}

/** BSD's firewall log: length(1), not padded to 4; family(1) action(1) reason(1) … */
function readPflog(packet: Packet): number {
  return skip(packet, ((packet.bytes[packet.at] ?? 0) + 3) & ~3) ?? IP_BY_VERSION
}

/** Linux's: family(1) version(1) resource(2), then length(2) type(2) value, padded to 4, in the byte order of the machine; type 9 is the packet. */
function readNflog(packet: Packet): number {
  const { bytes, end } = packet
  let at = packet.at + 4
  for (let fields = 0; fields < MAX_FIELDS && end - at >= 4; fields += 1) {
    const [a = 0, b = 0, c = 0, d = 0] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]
    // Types and lengths of a few fields are small: the zero byte of the type tells the order.
    const little = d === 0 && c !== 0
    const length = little ? a | (b << 8) : (a << 8) | b
    const type = (little ? c | (d << 8) : (c << 8) | d) & 0x7fff
    if (length < 4) return BAD
    if (type === NFLOG_PAYLOAD) {
      packet.at = at + 4
      packet.end = Math.min(end, at + length)
      packet.wireEnd = Math.max(packet.end, at + length)
      return IP_BY_VERSION
    }
    at += (length + 3) & ~3
  }
  return OTHER
}

/** Routing header(40) EtherType(2) reserved(2). */
function readIpOverInfiniBand(packet: Packet): number {
  const { bytes, at } = packet
  packet.protocol = ((bytes[at + 40] ?? 0) << 8) | (bytes[at + 41] ?? 0)
  return skip(packet, 44) ?? ETHER_TYPE
}

/** BAD when there are fewer. */
function skip(packet: Packet, bytes: number): number | undefined {
  if (packet.end - packet.at < bytes) return BAD
  packet.at += bytes
  return undefined
}

export const RARE_LINKS: readonly number[] = [6, 10, 100, 107, 109, 117, 204, 219, 239, 242]
const NFLOG_PAYLOAD = 9
const MAX_FIELDS = 64

// 802.11 (IEEE 802.11-2020, 9.2.4), in the clear: what captures of open networks have. Encrypted frames, management and control are counted as
// something that is not followed.
//   frame = control(2) duration(2) address(6) address(6) address(6) sequence(2) [address(6)] [QoS(2)] [HT(4)] LLC
// In front of it, by link type: radiotap version(1) pad(1) length(2, little-endian) present(4) …; PPI the same without its flags; Prism and AVS with their length at 4.
import { readLlc } from "./ethernet.ts"
import { BAD, OTHER, type Packet } from "./packet.ts"

/** What comes next, or undefined when the link type is not one of these. */
export function readWireless(packet: Packet, link: number): number | undefined {
  switch (link) {
    case 105:
      return readFrame(packet, 0)
    case 127:
      return readRadiotap(packet)
    case 192:
      return behind(packet, low16(packet, 2), 0)
    case 119:
    case 163:
      return readPrism(packet)
    default:
      return undefined
  }
}

/** Bit 0: 8 bytes of time; bit 1: the flags that say whether a frame's header is padded to 4. A bit 31 puts another 4 bytes of bits behind. */
function readRadiotap(packet: Packet): number {
  const { bytes, at } = packet
  const present = bytes[at + 4] ?? 0
  let field = at + 8
  for (let word = at + 4; ((bytes[word + 3] ?? 0) & 0x80) !== 0 && field < packet.end; word += 4) field += 4
  if ((present & 1) !== 0) field = at + ((field - at + 7) & ~7) + 8
  const flags = (present & 2) !== 0 ? (bytes[field] ?? 0) : 0
  return behind(packet, low16(packet, 2), flags & PADDED)
}

/** Prism begins with the message 0x44 and its length, little-endian; AVS with 0x8021 and its length, big-endian. */
function readPrism(packet: Packet): number {
  const { bytes, at } = packet
  const avs = bytes[at] === 0x80 && bytes[at + 1] === 0x21
  return behind(packet, avs ? ((bytes[at + 6] ?? 0) << 8) | (bytes[at + 7] ?? 0) : low16(packet, 4), 0)
}

function behind(packet: Packet, length: number, padded: number): number {
  if (length < 8 || length > packet.end - packet.at) return BAD
  packet.at += length
  return readFrame(packet, padded)
}

function readFrame(packet: Packet, padded: number): number {
  const { bytes, at } = packet
  if (packet.end - at < 24) return OTHER
  const control = bytes[at] ?? 0
  const flags = bytes[at + 1] ?? 0
  const isData = (control & 0x0f) === DATA && (control & NO_BODY) === 0
  if (!isData || (flags & ENCRYPTED) !== 0) return OTHER
  // A fragment other than the only one: these are rare, and not put together.
  if ((flags & MORE_FRAGMENTS) !== 0 || ((bytes[at + 22] ?? 0) & 0x0f) !== 0) return OTHER
  let length = (flags & BETWEEN_STATIONS) === BETWEEN_STATIONS ? 30 : 24
  if ((control & QOS) !== 0) {
    // Several frames in one: not taken apart.
    if (((bytes[at + length] ?? 0) & 0x80) !== 0) return OTHER
    length += (flags & HT_CONTROL) !== 0 ? 6 : 2
  }
  if (padded !== 0) length = (length + 3) & ~3
  if (packet.end - at < length) return BAD
  packet.at += length
  return readLlc(packet)
}

function low16({ bytes, at }: Packet, offset: number): number {
  return (bytes[at + offset] ?? 0) | ((bytes[at + offset + 1] ?? 0) << 8)
}

export const WIRELESS_LINKS: readonly number[] = [105, 119, 127, 163, 192]
// Of radiotap's flags.
const PADDED = 0x20
// Of frame control: version and type in the first byte, with the subtype's bits for "no body" and "QoS".
const DATA = 0x08
const NO_BODY = 0x40
const QOS = 0x80
const BETWEEN_STATIONS = 0x03
const MORE_FRAGMENTS = 0x04
const ENCRYPTED = 0x40
const HT_CONTROL = 0x80

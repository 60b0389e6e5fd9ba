// One captured TCP packet and the resets that answer it. Sequence numbers are taken from the packet itself, so that they are exact (RFC 5961 §3.2: a reset
// that is only near is answered by a challenge ACK, which is captured here in its turn and gives the exact number).
//   Ethernet = to(6) from(6) [0x8100|0x88a8 tag(2)]* type(2)

export interface TcpFrame {
  /** Link header as captured; empty on an interface without one. */
  readonly link: Uint8Array
  /** Addresses and ports as they stand in the packet: 4 or 16 bytes each. */
  readonly from: Uint8Array
  readonly to: Uint8Array
  readonly fromPort: number
  readonly toPort: number
  readonly seq: number
  readonly ack: number
  readonly flags: number
  readonly payload: Uint8Array
}

/** Undefined: not TCP, a fragment, or cut before its ports. The views end with `bytes`. */
export function readTcpFrame(bytes: Uint8Array, ethernet: boolean): TcpFrame | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    let at = ethernet ? 12 : 0
    if (ethernet) {
      while (TAGS.has(view.getUint16(at)) && at < MAX_LINK) at += 4
      at += 2
    }
    const link = bytes.subarray(0, at)
    return view.getUint8(at) >> 4 === 4 ? readIpv4(view, at, link) : readIpv6(view, at, link)
  } catch {
    // Shorter than its headers say.
    return undefined
  }
}

/** The reset that `whom` of this packet believes: it comes from the other side. */
export function resetFor(frame: TcpFrame, whom: "sender" | "receiver"): Uint8Array {
  const back = whom === "sender"
  const length = (frame.flags & SYN ? 1 : 0) + (frame.flags & FIN ? 1 : 0) + frame.payload.length
  const acknowledged = (frame.flags & ACK) !== 0
  const tcp = new DataView(new ArrayBuffer(TCP_HEADER))
  tcp.setUint16(0, back ? frame.toPort : frame.fromPort)
  tcp.setUint16(2, back ? frame.fromPort : frame.toPort)
  // RFC 9293 §3.10.7.1: who has acknowledged nothing is refused with sequence number 0 and an acknowledgement of what it sent.
  tcp.setUint32(4, back ? (acknowledged ? frame.ack : 0) : (frame.seq + length) >>> 0)
  tcp.setUint32(8, back ? (frame.seq + length) >>> 0 : frame.ack)
  tcp.setUint8(12, (TCP_HEADER / 4) << 4)
  tcp.setUint8(13, RST | (back || acknowledged ? ACK : 0))
  const [from, to] = back ? [frame.to, frame.from] : [frame.from, frame.to]
  tcp.setUint16(16, checksum([...pseudoHeader(from, to), tcp]))
  const link = Uint8Array.from(frame.link)
  if (back && link.length >= 12) {
    link.set(frame.link.subarray(6, 12), 0)
    link.set(frame.link.subarray(0, 6), 6)
  }
  const ip = from.length === 4 ? ipv4Header(from, to) : ipv6Header(from, to)
  const out = new Uint8Array(link.length + ip.byteLength + TCP_HEADER)
  out.set(link)
  out.set(new Uint8Array(ip.buffer), link.length)
  out.set(new Uint8Array(tcp.buffer), link.length + ip.byteLength)
  return out
}

function readIpv4(view: DataView, at: number, link: Uint8Array): TcpFrame | undefined {
  const fragment = view.getUint16(at + 6) & 0x3fff
  if (view.getUint8(at + 9) !== TCP || fragment !== 0) return undefined
  const end = at + view.getUint16(at + 2)
  return readTcp(view, {
    at: at + (view.getUint8(at) & 15) * 4,
    end,
    link,
    from: addressAt(view, at + 12, 4),
    to: addressAt(view, at + 16, 4),
  })
}

/** Extension headers before TCP are passed over; a fragment is not read. */
function readIpv6(view: DataView, at: number, link: Uint8Array): TcpFrame | undefined {
  if (view.getUint8(at) >> 4 !== 6) return undefined
  const end = at + IPV6_HEADER + view.getUint16(at + 4)
  let next = view.getUint8(at + 6)
  let body = at + IPV6_HEADER
  while (EXTENSIONS.has(next) && body < end) {
    next = view.getUint8(body)
    body += (view.getUint8(body + 1) + 1) * 8
  }
  if (next !== TCP) return undefined
  return readTcp(view, { at: body, end, link, from: addressAt(view, at + 8, 16), to: addressAt(view, at + 24, 16) })
}

interface Headers {
  readonly at: number
  readonly end: number
  readonly link: Uint8Array
  readonly from: Uint8Array
  readonly to: Uint8Array
}

function readTcp(view: DataView, { at, end, ...rest }: Headers): TcpFrame | undefined {
  const payloadAt = at + (view.getUint8(at + 12) >> 4) * 4
  if (payloadAt < at + TCP_HEADER || payloadAt > end || end > view.byteLength) return undefined
  return {
    ...rest,
    fromPort: view.getUint16(at),
    toPort: view.getUint16(at + 2),
    seq: view.getUint32(at + 4),
    ack: view.getUint32(at + 8),
    flags: view.getUint8(at + 13),
    payload: new Uint8Array(view.buffer, view.byteOffset + payloadAt, end - payloadAt),
  }
}

function addressAt(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, length)
}

function ipv4Header(from: Uint8Array, to: Uint8Array): DataView {
  const header = new DataView(new ArrayBuffer(IPV4_HEADER))
  header.setUint8(0, 0x45)
  header.setUint16(2, IPV4_HEADER + TCP_HEADER)
  header.setUint8(8, HOPS)
  header.setUint8(9, TCP)
  new Uint8Array(header.buffer).set(from, 12)
  new Uint8Array(header.buffer).set(to, 16)
  header.setUint16(10, checksum([header]))
  return header
}

function ipv6Header(from: Uint8Array, to: Uint8Array): DataView {
  const header = new DataView(new ArrayBuffer(IPV6_HEADER))
  header.setUint8(0, 0x60)
  header.setUint16(4, TCP_HEADER)
  header.setUint8(6, TCP)
  header.setUint8(7, HOPS)
  new Uint8Array(header.buffer).set(from, 8)
  new Uint8Array(header.buffer).set(to, 24)
  return header
}

/** Addresses, protocol and length, each in an even number of bytes. */
function pseudoHeader(from: Uint8Array, to: Uint8Array): DataView[] {
  const rest = new DataView(new ArrayBuffer(4))
  rest.setUint16(0, TCP)
  rest.setUint16(2, TCP_HEADER)
  return [viewOf(from), viewOf(to), rest]
}

function checksum(parts: readonly DataView[]): number {
  let sum = 0
  for (const part of parts) for (let at = 0; at + 1 < part.byteLength; at += 2) sum += part.getUint16(at)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

const FIN = 0x01
const SYN = 0x02
export const RST = 0x04
const ACK = 0x10
const TCP = 6
const TCP_HEADER = 20
const IPV4_HEADER = 20
const IPV6_HEADER = 40
const HOPS = 64
const TAGS = new Set([0x8100, 0x88a8, 0x9100])
// Ethernet with four tags: more is somebody's game.
const MAX_LINK = 30
// Hop-by-hop, routing, destination options.
const EXTENSIONS = new Set([0, 43, 60])

// QUIC packet headers before their protection is taken off (RFC 9000 section 17, RFC 9369 for version 2).
//   Long   = 1 fixed(1) type(2) protected(4) version(32) dcid_length(8) dcid scid_length(8) scid
//            Initial: token_length(i) token; Initial, 0-RTT, Handshake: length(i) packet_number(8..32, protected) payload
//            Retry: token integrity_tag(128)
//   Short  = 0 fixed(1) spin(1) protected(5) dcid packet_number(8..32, protected) payload
// A datagram may hold several packets, all but the last of them long, all to one connection id (RFC 9000 section 12.2): what has another is padding.
// The fixed bit is 1 until both ends agree that it may be anything (RFC 9287).
import { Cursor } from "../cursor.ts"

export type LongType = "initial" | "0rtt" | "handshake" | "retry"

export type QuicPacket =
  | {
      readonly form: "long"
      readonly type: LongType
      readonly version: number
      readonly destination: Uint8Array
      readonly source: Uint8Array
      /** The whole packet, header included; borrowed. */
      readonly bytes: Uint8Array
      /** Where the protected packet number starts. */
      readonly numberAt: number
    }
  | { readonly form: "short"; readonly bytes: Uint8Array }
  | { readonly form: "negotiation" }

/** Packets of one datagram, as far as they can be told apart. */
export function readPackets(datagram: Uint8Array): QuicPacket[] {
  const packets: QuicPacket[] = []
  let rest = datagram
  let destination: Uint8Array | undefined
  while (rest.length > 0 && packets.length < MAX_COALESCED) {
    const packet = readPacket(rest)
    if (packet === undefined || (destination !== undefined && !isTo(destination, packet))) break
    packets.push(packet)
    if (packet.form !== "long") break
    destination ??= packet.destination
    rest = rest.subarray(packet.bytes.length)
  }
  return packets
}

/** An endpoint without an id is not told from padding by it, so there the fixed bit has to be set. */
function isTo(destination: Uint8Array, packet: QuicPacket): boolean {
  if (packet.form === "negotiation") return false
  if (packet.form === "long") return sameBytes(packet.destination, destination)
  if (destination.length === 0) return ((packet.bytes[0] ?? 0) & FIXED) !== 0
  return sameBytes(packet.bytes.subarray(1, 1 + destination.length), destination)
}

function readPacket(bytes: Uint8Array): QuicPacket | undefined {
  const first = bytes[0] ?? 0
  if ((first & 0x80) === 0) return bytes.length < 21 ? undefined : { form: "short", bytes }
  const cursor = new Cursor(bytes)
  cursor.skip(1)
  const version = cursor.u32()
  const destination = cursor.take(cursor.u8())
  const source = cursor.take(cursor.u8())
  if (!cursor.ok) return undefined
  if (version === 0) return { form: "negotiation" }
  const kind = kindOf(version)
  if (kind === undefined || destination.length > MAX_ID || source.length > MAX_ID) return undefined
  const type = kind.types[(first >> 4) & 3] ?? "initial"
  if (type === "retry") return { form: "long", type, version, destination, source, bytes, numberAt: 0 }
  if (type === "initial") cursor.skip(readVarint(cursor))
  const length = readVarint(cursor)
  if (!cursor.ok || length > cursor.remaining || length < 20) return undefined
  const numberAt = cursor.position
  return { form: "long", type, version, destination, source, bytes: bytes.subarray(0, numberAt + length), numberAt }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at])
}

/** RFC 9000 section 16: the two high bits say how many bytes. Numbers beyond 2^53 are of no use to anyone. */
export function readVarint(cursor: Cursor): number {
  const first = cursor.u8()
  const value = first & 0x3f
  switch (first >> 6) {
    case 0:
      return value
    case 1:
      return value * 0x100 + cursor.u8()
    case 2:
      return value * 0x100_0000 + cursor.u24()
    default: {
      const high = value * 0x100_0000 + cursor.u24()
      const whole = high * 0x1_0000_0000 + cursor.u32()
      if (whole > Number.MAX_SAFE_INTEGER) cursor.ok = false
      return whole
    }
  }
}

export interface QuicKind {
  readonly types: readonly [LongType, LongType, LongType, LongType]
  /** Of the initial secret (RFC 9001 section 5.2, RFC 9369 section 3.3.1). */
  readonly salt: Buffer
  /** Before "key", "iv", "hp", "ku". */
  readonly prefix: string
}

export function kindOf(version: number): QuicKind | undefined {
  if (version === VERSION_1) return V1
  if (version === VERSION_2) return V2
  const named = OTHER_VERSIONS.get(version)
  if (named !== undefined) return named
  // Reserved to exercise version negotiation (RFC 9000 section 15): clients seal such a packet as one of version 1.
  if ((version & 0x0f0f0f0f) === 0x0a0a0a0a) return V1
  // Drafts differ from version 1 by their salt alone, from the one on whose connection ids have a length byte each.
  const draft = version - 0xff000000
  if (draft < 22 || draft > 34) return undefined
  return draft >= 33 ? V1 : draft >= 29 ? DRAFT_29 : draft >= 23 ? DRAFT_23 : DRAFT_22
}

/** A client's or server's first datagram: a long header of a known version, or a version negotiation. */
export function recogniseQuic(bytes: Uint8Array): boolean {
  const [packet] = readPackets(bytes)
  return packet !== undefined && packet.form === "long"
}

const FIXED = 0x40
const VERSION_1 = 1
const VERSION_2 = 0x6b3343cf
const V1: QuicKind = {
  types: ["initial", "0rtt", "handshake", "retry"],
  salt: Buffer.from("38762cf7f55934b34d179ae6a4c80cadccbb7f0a", "hex"),
  prefix: "quic ",
}
const V2: QuicKind = {
  types: ["retry", "initial", "0rtt", "handshake"],
  salt: Buffer.from("0dede3def700a6db819381be6e269dcbf9bd2ed9", "hex"),
  prefix: "quicv2 ",
}
const salted = (salt: string): QuicKind => ({ ...V1, salt: Buffer.from(salt, "hex") })
const DRAFT_29 = salted("afbfec289993d24c9e9786f19c6111e04390a899")
const DRAFT_23 = salted("c3eef712c72ebb5a11a7d2432bb46365bef9f502")
const DRAFT_22 = salted("7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a")
const OTHER_VERSIONS = new Map([
  // mvfst of Facebook, from drafts 22 and 27.
  [0xfaceb001, DRAFT_22],
  [0xfaceb002, DRAFT_23],
  [0xfaceb00e, DRAFT_23],
  // Chrome's last ones of its own: T050 and T051 with TLS, Q050 without.
  [0x54303530, salted("7ff579e5acd072915580304c43a2367c60488310")],
  [0x54303531, salted("7a4edef4e7ccee5fa4506c19124fc8ccda6e033d")],
  [0x51303530, salted("504574efd066fe2f9d945cfcdbd3a7f0d3b56b45")],
])
// RFC 9000 section 17.2.
const MAX_ID = 20
// Initial, 0-RTT, Handshake and 1-RTT make four, and several datagrams may be captured as one; a datagram of small ones is an attack.
const MAX_COALESCED = 64

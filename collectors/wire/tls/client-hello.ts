// ClientHello of TLS 1.0 to 1.3, DTLS, and the SSL 2.0 form of it.
//   ClientHello = version(2) random(32) session_id<0..32> [cookie<0..255> in DTLS] cipher_suites<2..2^16-2> compression<1..2^8-1> extensions<0..2^16-1>
//   SSL 2.0     = version(2) cipher_length(2) session_length(2) challenge_length(2) ciphers(3 each) session challenge     RFC 5246 appendix E.2
import { Cursor } from "../cursor.ts"
import { bodyOf, clamped, EXTENSION, type Extension, readAlpn, readExtensions, readNumbers, readServerName } from "./extensions.ts"

export interface ClientHello {
  readonly version: number
  readonly random: Uint8Array
  readonly sessionId: Uint8Array
  readonly ciphers: readonly number[]
  readonly extensions: readonly Extension[]
  readonly sni: string | undefined
  readonly alpn: readonly string[]
  readonly supportedVersions: readonly number[]
  readonly groups: readonly number[]
  readonly pointFormats: readonly number[]
  readonly signatureAlgorithms: readonly number[]
  readonly ech: boolean
  readonly earlyData: boolean
}

/** `body` without the handshake header; may be cut short by a gap as long as the random is there. Copies what it keeps. */
export function parseClientHello(body: Uint8Array, { dtls = false } = {}): ClientHello | undefined {
  const cursor = new Cursor(Uint8Array.from(body))
  const version = cursor.u16()
  const random = cursor.take(32)
  if (!cursor.ok || !plausibleVersion(version, dtls)) return undefined
  const sessionId = clamped(cursor, cursor.u8()).bytes
  if (dtls) clamped(cursor, cursor.u8())
  const ciphers: number[] = []
  const list = clamped(cursor, cursor.u16())
  while (list.remaining >= 2) ciphers.push(list.u16())
  clamped(cursor, cursor.u8())
  return { version, random, sessionId, ciphers, ...factsOf(cursor.remaining >= 2 ? readExtensions(cursor) : []) }
}

/** `message` from the version on. */
export function parseSslv2Hello(message: Uint8Array): ClientHello | undefined {
  const cursor = new Cursor(Uint8Array.from(message))
  const version = cursor.u16()
  const cipherBytes = cursor.u16()
  const sessionBytes = cursor.u16()
  const challengeBytes = cursor.u16()
  const list = cursor.nested(cipherBytes)
  cursor.skip(sessionBytes)
  const challenge = cursor.take(challengeBytes)
  if (!cursor.ok || challengeBytes > 32 || cipherBytes % 3 !== 0) return undefined
  const ciphers: number[] = []
  while (list.remaining >= 3) {
    const id = list.u24()
    if (id <= 0xffff) ciphers.push(id)
  }
  const random = new Uint8Array(32)
  random.set(challenge, 32 - challengeBytes)
  return { version, random, sessionId: new Uint8Array(0), ciphers, ...factsOf([]) }
}

/** The versions offered, newest first, without GREASE. */
export function newestVersion(hello: ClientHello): number {
  const offered = hello.supportedVersions.filter((version) => (version & 0x0f0f) !== 0x0a0a)
  if (offered.length === 0) return hello.version
  return offered.some((version) => version >> 8 === 0xfe) ? Math.min(...offered) : Math.max(...offered)
}

function factsOf(extensions: readonly Extension[]) {
  const points = bodyOf(extensions, EXTENSION.pointFormats)
  return {
    extensions,
    sni: readServerName(bodyOf(extensions, EXTENSION.serverName)),
    alpn: readAlpn(bodyOf(extensions, EXTENSION.alpn)),
    supportedVersions: readNumbers(bodyOf(extensions, EXTENSION.supportedVersions), 1),
    groups: readNumbers(bodyOf(extensions, EXTENSION.supportedGroups), 2),
    pointFormats: points === undefined ? [] : [...points.subarray(1, 1 + (points[0] ?? 0))],
    signatureAlgorithms: readNumbers(bodyOf(extensions, EXTENSION.signatureAlgorithms), 2),
    ech: bodyOf(extensions, EXTENSION.encryptedClientHello) !== undefined,
    earlyData: bodyOf(extensions, EXTENSION.earlyData) !== undefined,
  }
}

function plausibleVersion(version: number, dtls: boolean): boolean {
  return dtls ? version >> 8 === 0xfe || version === 0x0100 : version >> 8 === 3
}

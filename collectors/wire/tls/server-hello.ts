// ServerHello of TLS 1.0 to 1.3 and DTLS.
//   ServerHello = version(2) random(32) session_id<0..32> cipher_suite(2) compression(1) extensions<0..2^16-1>     RFC 8446 section 4.1.3
import { Cursor } from "../cursor.ts"
import { bodyOf, clamped, EXTENSION, type Extension, readAlpn, readExtensions } from "./extensions.ts"

export interface ServerHello {
  /** Of the header field; `version` is the one negotiated. */
  readonly legacyVersion: number
  readonly version: number
  readonly random: Uint8Array
  readonly sessionId: Uint8Array
  readonly cipher: number
  readonly compression: number
  readonly extensions: readonly Extension[]
  readonly alpn: string | undefined
  readonly encryptThenMac: boolean
  readonly extendedMasterSecret: boolean
  /** A PSK was chosen: TLS 1.3 resumption, or a key agreed outside. */
  readonly preSharedKey: boolean
  readonly helloRetryRequest: boolean
}

/** Copies what it keeps. A hello cut before its cipher suite is of no use. */
export function parseServerHello(body: Uint8Array): ServerHello | undefined {
  const cursor = new Cursor(Uint8Array.from(body))
  const legacyVersion = cursor.u16()
  const random = cursor.take(32)
  // Drafts of TLS 1.3 up to 21 had neither a session id nor a compression method here.
  const early = legacyVersion >> 8 === DRAFT
  const sessionId = cursor.take(early ? 0 : cursor.u8())
  const cipher = cursor.u16()
  const compression = early ? 0 : cursor.u8()
  if (!cursor.ok || !MAJORS.includes(legacyVersion >> 8)) return undefined
  const extensions = cursor.remaining >= 2 ? readExtensions(cursor) : []
  const chosen = bodyOf(extensions, EXTENSION.supportedVersions)
  return {
    legacyVersion,
    version: chosen !== undefined && chosen.length >= 2 ? new Cursor(chosen).u16() : legacyVersion,
    random,
    sessionId,
    cipher,
    compression,
    extensions,
    alpn: readAlpn(bodyOf(extensions, EXTENSION.alpn))[0],
    encryptThenMac: bodyOf(extensions, EXTENSION.encryptThenMac) !== undefined,
    extendedMasterSecret: bodyOf(extensions, EXTENSION.extendedMasterSecret) !== undefined,
    preSharedKey: bodyOf(extensions, EXTENSION.preSharedKey) !== undefined,
    helloRetryRequest: Buffer.from(random).toString("hex") === HELLO_RETRY_REQUEST,
  }
}

/** EncryptedExtensions (RFC 8446 section 4.3.1). */
export function parseEncryptedExtensions(body: Uint8Array): { alpn: string | undefined; earlyData: boolean } {
  const extensions = readExtensions(clamped(new Cursor(body), body.length))
  return { alpn: readAlpn(bodyOf(extensions, EXTENSION.alpn))[0], earlyData: bodyOf(extensions, EXTENSION.earlyData) !== undefined }
}

export function versionName(version: number): string {
  return VERSIONS[version] ?? (version >> 8 === 0x7f ? `TLSv1.3-draft${version & 0xff}` : `0x${version.toString(16).padStart(4, "0")}`)
}

const VERSIONS: Readonly<Record<number, string>> = {
  2: "SSLv2",
  768: "SSLv3",
  769: "TLSv1.0",
  770: "TLSv1.1",
  771: "TLSv1.2",
  772: "TLSv1.3",
  256: "DTLSv1.0",
  65279: "DTLSv1.0",
  65277: "DTLSv1.2",
  65276: "DTLSv1.3",
}

// TLS, DTLS, DTLS before its RFC, TLS 1.3 drafts.
const MAJORS = [3, 0xfe, 1, 0x7f]
const DRAFT = 0x7f

// SHA-256 of "HelloRetryRequest", RFC 8446 section 4.1.3.
const HELLO_RETRY_REQUEST = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"

// Hello extensions (RFC 8446 section 4.2): a list of type(2) length(2) body. A hello cut by a gap still gives what came before the cut.
import { Cursor } from "../cursor.ts"

export interface Extension {
  readonly type: number
  readonly body: Uint8Array
}

export const EXTENSION = {
  serverName: 0,
  supportedGroups: 10,
  pointFormats: 11,
  signatureAlgorithms: 13,
  alpn: 16,
  encryptThenMac: 22,
  extendedMasterSecret: 23,
  sessionTicket: 35,
  preSharedKey: 41,
  earlyData: 42,
  supportedVersions: 43,
  quicTransportParameters: 57,
  encryptedClientHello: 0xfe0d,
} as const

/** Views into the message, not copies. The last one may be shorter than it says when the message was cut. */
export function readExtensions(cursor: Cursor): Extension[] {
  const list = clamped(cursor, cursor.u16())
  const found: Extension[] = []
  while (list.remaining >= 4 && found.length < MAX_EXTENSIONS) {
    const type = list.u16()
    found.push({ type, body: clamped(list, list.u16()).bytes })
  }
  return found
}

/** The next `length` bytes, or those that there are. */
export function clamped(cursor: Cursor, length: number): Cursor {
  return cursor.nested(Math.min(length, cursor.remaining))
}

export function bodyOf(extensions: readonly Extension[], type: number): Uint8Array | undefined {
  return extensions.find((each) => each.type === type)?.body
}

/** RFC 6066 section 3: the first host name, printable and lower case; undefined when there is none that could be one. */
export function readServerName(body: Uint8Array | undefined): string | undefined {
  if (body === undefined) return undefined
  const cursor = new Cursor(body)
  const list = clamped(cursor, cursor.u16())
  while (list.remaining >= 3) {
    const type = list.u8()
    const length = list.u16()
    if (length > list.remaining) return undefined
    const name = list.take(length)
    if (type === 0 && length > 0) return printable(name).toLowerCase()
  }
  return undefined
}

/** RFC 7301 section 3.1, also of the server, who sends a list of one. */
export function readAlpn(body: Uint8Array | undefined): string[] {
  const names: string[] = []
  if (body === undefined) return names
  const cursor = new Cursor(body)
  const list = clamped(cursor, cursor.u16())
  while (list.remaining >= 1 && names.length < MAX_ALPN) {
    const length = list.u8()
    if (length > list.remaining) break
    names.push(printable(list.take(length)))
  }
  return names
}

/** A vector of 16-bit numbers with a length of `lengthBytes`. */
export function readNumbers(body: Uint8Array | undefined, lengthBytes: 1 | 2): number[] {
  const numbers: number[] = []
  if (body === undefined) return numbers
  const cursor = new Cursor(body)
  const list = clamped(cursor, lengthBytes === 1 ? cursor.u8() : cursor.u16())
  while (list.remaining >= 2) numbers.push(list.u16())
  return numbers
}

/** RFC 8701: 0x0a0a, 0x1a1a, … sent only to keep others tolerant; fingerprints leave them out. */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff)
}

/** Bytes that a terminal or a log would act on are shown as \xNN. */
function printable(bytes: Uint8Array): string {
  let text = ""
  for (const byte of bytes) text += byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`
  return text
}

// Browsers send about 20; a hello is at most 64 KB of empty ones.
const MAX_EXTENSIONS = 256
const MAX_ALPN = 64

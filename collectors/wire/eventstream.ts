// application/vnd.amazon.eventstream, the framing of streamed answers on AWS:
//   message = total length(4) headers length(4) CRC-32 of these 8(4) headers payload CRC-32 of all before(4)
//   header  = name length(1) name type(1) value; 0 true, 1 false, 2 byte(1), 3 short(2), 4 int(4), 5 long(8), 6 bytes and 7 string length(2) value,
//             8 timestamp(8, milliseconds), 9 UUID(16)
//
// The first checksum says for sure where a message begins: after a hole the next one is found by it. The second says whether its bytes are intact.
import { crc32 } from "node:zlib"
import { asBuffer } from "./bytes.ts"

export interface EventStreamMessage {
  /** Strings, numbers and truth values as text; bytes and UUIDs in hexadecimal. */
  readonly headers: ReadonlyMap<string, string>
  /** A view into the body. */
  readonly payload: Uint8Array
  /** Position behind the message in the body. */
  readonly end: number
  /** False: the checksum differs, or the body ends inside the message. */
  readonly intact: boolean
}

export function parseEventStream(body: Uint8Array): EventStreamMessage[] {
  const bytes = asBuffer(body)
  const messages: EventStreamMessage[] = []
  let at = 0
  while (at + PRELUDE <= bytes.length && messages.length < MAX_MESSAGES) {
    const total = bytes.readUInt32BE(at)
    const headersLength = bytes.readUInt32BE(at + 4)
    if (!isPrelude(bytes, at, total, headersLength)) {
      at = nextPrelude(bytes, at + 1)
      continue
    }
    messages.push(readMessage(bytes, at, total, headersLength))
    at += total
  }
  return messages
}

function isPrelude(bytes: Buffer, at: number, total: number, headersLength: number): boolean {
  if (total < PRELUDE + CHECKSUM || total > MAX_TOTAL || headersLength > total - PRELUDE - CHECKSUM) return false
  return crc32(bytes.subarray(at, at + 8)) === bytes.readUInt32BE(at + 8)
}

/** Lengths are small, so that their first byte is 0: only there a checksum is worth trying. */
function nextPrelude(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0, from); at >= 0 && at + PRELUDE <= bytes.length; at = bytes.indexOf(0, at + 1)) {
    if (isPrelude(bytes, at, bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4))) return at
  }
  return bytes.length
}

function readMessage(bytes: Buffer, at: number, total: number, headersLength: number): EventStreamMessage {
  const end = Math.min(at + total, bytes.length)
  const payloadAt = Math.min(at + PRELUDE + headersLength, end)
  const whole = at + total <= bytes.length
  const payload = bytes.subarray(payloadAt, whole ? end - CHECKSUM : end)
  const intact = whole && crc32(bytes.subarray(at, end - CHECKSUM)) === bytes.readUInt32BE(end - CHECKSUM)
  return { headers: readHeaders(bytes.subarray(at + PRELUDE, payloadAt)), payload, end, intact }
}

function readHeaders(bytes: Buffer): Map<string, string> {
  const headers = new Map<string, string>()
  let at = 0
  while (at < bytes.length) {
    const nameEnd = at + 1 + (bytes[at] ?? 0)
    const name = bytes.toString("utf8", at + 1, nameEnd)
    const type = bytes[nameEnd]
    const fixed = type === undefined ? undefined : FIXED[type]
    const counted = fixed === undefined && (type === 6 || type === 7) && nameEnd + 3 <= bytes.length
    if (type === undefined || (fixed === undefined && !counted)) return headers
    const from = counted ? nameEnd + 3 : nameEnd + 1
    const length = counted ? bytes.readUInt16BE(nameEnd + 1) : (fixed ?? 0)
    if (from + length > bytes.length) return headers
    headers.set(name, valueText(type, bytes.subarray(from, from + length)))
    at = from + length
  }
  return headers
}

function valueText(type: number, value: Buffer): string {
  switch (type) {
    case 0:
      return "true"
    case 1:
      return "false"
    case 2:
    case 3:
    case 4:
      return String(value.readIntBE(0, value.length))
    case 5:
    case 8:
      return String(value.readBigInt64BE(0))
    case 7:
      return value.toString("utf8")
    default:
      return value.toString("hex")
  }
}

/** Lengths of the values that have one, by type. */
const FIXED: readonly (number | undefined)[] = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16]
const PRELUDE = 12
const CHECKSUM = 4
// The format's own limits: 16 MB of payload, 128 KB of headers.
const MAX_TOTAL = 16 * 1024 * 1024 + 128 * 1024 + PRELUDE + CHECKSUM
const MAX_MESSAGES = 100_000

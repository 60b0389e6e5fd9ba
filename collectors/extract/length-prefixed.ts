// Messages of gRPC and Connect streams: flags(1) length(4, big endian) message. Bit 0 of the flags: the message is compressed on its own, by
// grpc-encoding or connect-content-encoding; bit 1: Connect's last one, JSON with the error if there was one; bit 7: trailers of gRPC-Web.
import { unzipSync } from "node:zlib"

export interface LengthPrefixed {
  readonly flags: number
  /** Decompressed. What a cut body still holds of its last message. */
  readonly bytes: Uint8Array
  /** Where it ends in the body. */
  readonly end: number
}

/** Messages that do not decompress are left out, those behind them are not. */
export function* lengthPrefixed(body: Uint8Array): Generator<LengthPrefixed> {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  let budget = MAX_INFLATED
  for (let at = 0, number = 0; number < MAX_FRAMES && at + 5 <= body.length; number++) {
    const flags = body[at] ?? 0
    const end = at + 5 + view.getUint32(at + 1)
    const part = body.subarray(at + 5, end)
    at = end
    const bytes = (flags & 1) === 1 ? inflate(part, budget) : part
    if (bytes === undefined) continue
    if (bytes !== part) budget -= bytes.length
    yield { flags, bytes, end: Math.min(end, body.length) }
  }
}

/** gzip or zlib, which of them its first bytes say. */
function inflate(bytes: Uint8Array, most: number): Uint8Array | undefined {
  if (most < 1) return undefined
  try {
    return unzipSync(bytes, { maxOutputLength: most })
  } catch {
    return undefined
  }
}

const MAX_FRAMES = 100_000
/** Of one body in all: thousands of small bombs would cost what one large one does. */
const MAX_INFLATED = 16 * 1024 * 1024

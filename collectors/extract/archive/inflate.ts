// Bounded, cut-tolerant unpacking of one compressed stream.
import { constants, gunzipSync, inflateRawSync, inflateSync } from "node:zlib"
import { Decompress as ZstdDecompress } from "fzstd"

export interface Inflated {
  readonly bytes: Uint8Array
  /** Input bytes the stream took; where the next thing starts. */
  readonly consumed: number
  /** "cut": the input ended inside the stream; "limit": the output passed its bound; "corrupt": not such a stream. */
  readonly outcome: "full" | "cut" | "limit" | "corrupt"
}

export function inflate(kind: "raw" | "zlib" | "gzip", input: Uint8Array, maxBytes: number): Inflated {
  const limit = Math.max(1, maxBytes)
  const run = kind === "raw" ? inflateRawSync : kind === "zlib" ? inflateSync : gunzipSync
  try {
    return finished(run(input, { maxOutputLength: limit, info: true } as never), "full")
  } catch (error) {
    if (codeOf(error) === "ERR_BUFFER_TOO_LARGE") return { bytes: EMPTY, consumed: input.length, outcome: "limit" }
  }
  try {
    // Z_SYNC_FLUSH keeps what was unpacked before the input ended.
    return finished(run(input, { maxOutputLength: limit, finishFlush: constants.Z_SYNC_FLUSH, info: true } as never), "cut")
  } catch (error) {
    if (codeOf(error) === "ERR_BUFFER_TOO_LARGE") return { bytes: EMPTY, consumed: input.length, outcome: "limit" }
    return { bytes: EMPTY, consumed: 0, outcome: "corrupt" }
  }
}

export function unzstd(input: Uint8Array, maxBytes: number): Inflated {
  const chunks: Uint8Array[] = []
  let total = 0
  try {
    const stream = new ZstdDecompress((chunk) => {
      total += chunk.length
      if (total > maxBytes) throw new RangeError("limit")
      chunks.push(chunk.slice())
    })
    // Small pushes: the library unpacks a push as a whole, so a bomb would be unpacked before the bound is seen.
    for (let at = 0; at < input.length; at += ZSTD_STEP) stream.push(input.subarray(at, at + ZSTD_STEP), at + ZSTD_STEP >= input.length)
    return { bytes: Buffer.concat(chunks), consumed: input.length, outcome: "full" }
  } catch (error) {
    if (error instanceof RangeError && error.message === "limit") return { bytes: EMPTY, consumed: input.length, outcome: "limit" }
    return { bytes: Buffer.concat(chunks), consumed: input.length, outcome: chunks.length > 0 ? "cut" : "corrupt" }
  }
}

function finished(result: unknown, outcome: "full" | "cut"): Inflated {
  const { buffer, engine } = result as { buffer: Uint8Array; engine: { bytesWritten: number } }
  return { bytes: buffer, consumed: engine.bytesWritten, outcome }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : ""
}

const EMPTY = new Uint8Array(0)
const ZSTD_STEP = 64 * 1024

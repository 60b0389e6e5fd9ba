// Zstandard (RFC 8878) through fzstd, which streams and runs on every Node. It keeps what it is pushed, so pieces are copied; it trusts the frame's
// window size up to 2 GB, so each frame header is checked first.

import { Decompress } from "fzstd"
import { copyBytes } from "../bytes.ts"
import { CUT, type Decoder, type Sink, STOPPED } from "./decoder.ts"

export class ZstdDecoder implements Decoder {
  error: string | undefined
  proven = false
  readonly #stream: Decompress
  /** The last bytes of what was pushed: a frame header may be cut by a piece's end. */
  #tail: Buffer = Buffer.alloc(0)
  #total = 0

  constructor(sink: Sink) {
    this.#stream = new Decompress((bytes) => {
      this.proven = true
      if (bytes.length > 0 && !sink(bytes)) this.error ??= STOPPED
    })
  }

  write(bytes: Uint8Array): void {
    // Small steps: the library recurses once for each frame in a piece, and a hostile piece may hold thousands of empty frames.
    for (let from = 0; from < bytes.length && this.error === undefined; from += STEP)
      this.#step(copyBytes(bytes, from, Math.min(bytes.length, from + STEP)))
  }

  end(): void {
    if (this.error !== undefined || this.#total === 0) return
    this.#push(new Uint8Array(0), true)
  }

  close(): void {
    this.#tail = Buffer.alloc(0)
  }

  #step(piece: Uint8Array): void {
    const view = Buffer.concat([this.#tail, piece])
    if (hasWideWindow(view)) {
      this.error = "window larger than 8 MB"
      return
    }
    this.#tail = view.subarray(Math.max(0, view.length - MAX_HEADER))
    this.#total += piece.length
    this.#push(piece, false)
  }

  #push(piece: Uint8Array, last: boolean): void {
    try {
      this.#stream.push(piece, last)
    } catch (error) {
      const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined
      this.error ??= code === UNEXPECTED_END ? CUT : "does not decode"
    }
  }
}

/**
 * Looks at every place that may be a frame header:
 *   Magic(4) Descriptor(1: FCS_flag(2) Single_Segment(1) unused(1) reserved(1) checksum(1) Dict_ID_flag(2)) [Window_Descriptor(1)] [Dict_ID(0-4)] [Content_Size(0-8)]
 */
function hasWideWindow(view: Buffer): boolean {
  for (let at = view.indexOf(MAGIC); at >= 0; at = view.indexOf(MAGIC, at + 1)) {
    const descriptor = view[at + 4] ?? 0
    if ((descriptor & 0x20) === 0) {
      const window = view[at + 5] ?? 0
      const base = 2 ** (10 + (window >> 3))
      if (base + (base / 8) * (window & 7) > MAX_WINDOW) return true
    } else if (contentSize(view, at + 4) > MAX_WINDOW_SINGLE) return true
  }
  return false
}

function contentSize(view: Buffer, at: number): number {
  const descriptor = view[at] ?? 0
  const from = at + 1 + (DICTIONARY_BYTES[descriptor & 3] ?? 0)
  const flag = descriptor >> 6
  const bytes = flag === 0 ? 1 : 1 << flag
  if (from + bytes > view.length) return 0
  if (bytes === 8) return Number(view.readBigUInt64LE(from))
  return view.readUIntLE(from, bytes) + (bytes === 2 ? 256 : 0)
}

const MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])
const MAX_HEADER = 17
const STEP = 8192
const UNEXPECTED_END = 5
const DICTIONARY_BYTES = [0, 1, 2, 4]
// RFC 9659: the window of the "zstd" content coding is at most 8 MB.
const MAX_WINDOW = 8 * 1024 * 1024
// A single-segment frame is its own window: encoders write it for bodies whose length they know. The same bound as for kept bodies, times two.
const MAX_WINDOW_SINGLE = 32 * 1024 * 1024

// Zstandard (RFC 8878) through fzstd, which streams and runs on every Node. It keeps what it is pushed, so pieces are copied; it trusts the frame's
// window size up to 2 GB, so each frame header is looked at first (zstd-frames.ts).

import { Decompress } from "fzstd"
import { copyBytes } from "../bytes.ts"
import { CUT, type Decoder, type Sink, STOPPED } from "./decoder.ts"
import { ZstdFrames } from "./zstd-frames.ts"

export class ZstdDecoder implements Decoder {
  error: string | undefined
  proven = false
  readonly #stream: Decompress
  readonly #frames = new ZstdFrames()
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

  close(): void {}

  #step(piece: Uint8Array): void {
    this.#frames.read(piece)
    // What comes before a header that is none still decodes; the library itself stops at it.
    if (this.#frames.problem === "wide") {
      this.error = "window larger than 8 MB"
      return
    }
    this.#total += piece.length
    this.#push(piece, false)
    if (this.#frames.problem === "lost") this.error ??= "does not decode"
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

const STEP = 8192
const UNEXPECTED_END = 5

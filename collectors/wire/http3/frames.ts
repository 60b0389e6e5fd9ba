// Frames on one side of a request or control stream of HTTP/3 (RFC 9114 §7). Payload of DATA is handed on as it comes.
import { asBuffer, GrowingBuffer } from "../bytes.ts"
import type { Micros } from "../stream.ts"
import { readVarint } from "./varint.ts"

export interface Http3FrameSink {
  /** False stops the reader: what follows is given back to whoever called. */
  headers(block: Uint8Array, startedAt: Micros, at: Micros): boolean
  data(bytes: Buffer, at: Micros): void
  dataGap(length: number, at: Micros): void
  settings(payload: Uint8Array): void
  anomaly(code: string, at: Micros): void
}

export class Http3FrameReader {
  readonly #sink: Http3FrameSink
  #pending: GrowingBuffer | undefined
  #startedAt: Micros = 0
  /** Bytes of the DATA frame, or of a frame that is skipped, still to come. */
  #remaining = 0
  #skipping = false

  constructor(sink: Http3FrameSink) {
    this.#sink = sink
  }

  get held(): number {
    return this.#pending?.length ?? 0
  }

  /** Returns what was not read because a header block has to wait. */
  data(bytes: Uint8Array, at: Micros): Uint8Array {
    let buffer = asBuffer(bytes)
    if (this.#pending === undefined) this.#startedAt = at
    else {
      this.#pending.append(buffer)
      buffer = this.#pending.view()
      this.#pending = undefined
    }
    let from = 0
    while (from < buffer.length) {
      if (this.#remaining > 0) {
        from = this.#payload(buffer, from, at)
        continue
      }
      const next = this.#frame(buffer, from, at)
      if (next === undefined) {
        this.#pending = new GrowingBuffer(buffer.subarray(from))
        return NOTHING
      }
      from = next.at
      this.#startedAt = at
      if (next.stop) return buffer.subarray(from)
    }
    return NOTHING
  }

  /** True when the gap lies inside one frame's payload. */
  gap(length: number, at: Micros): boolean {
    if (length === 0 || length > this.#remaining) {
      if (this.#remaining > 0 && !this.#skipping) this.#sink.dataGap(this.#remaining, at)
      return false
    }
    this.#remaining -= length
    if (!this.#skipping) this.#sink.dataGap(length, at)
    return true
  }

  end(at: Micros): void {
    if (this.#pending !== undefined || this.#remaining > 0) this.#sink.anomaly("frame-cut", at)
    this.#pending = undefined
  }

  #payload(buffer: Buffer, from: number, at: Micros): number {
    const end = Math.min(buffer.length, from + this.#remaining)
    this.#remaining -= end - from
    if (!this.#skipping) this.#sink.data(buffer.subarray(from, end), at)
    return end
  }

  #frame(buffer: Buffer, from: number, at: Micros): { at: number; stop: boolean } | undefined {
    const type = readVarint(buffer, from)
    const length = type === undefined ? undefined : readVarint(buffer, from + type.size)
    if (type === undefined || length === undefined) return undefined
    const payload = from + type.size + length.size
    if (type.value === DATA || !WHOLE.has(type.value) || length.value > MAX_WHOLE) {
      if (WHOLE.has(type.value)) this.#sink.anomaly("frame-too-long", at)
      this.#skipping = type.value !== DATA
      this.#remaining = length.value
      return { at: payload, stop: false }
    }
    const end = payload + length.value
    if (end > buffer.length) return undefined
    const body = buffer.subarray(payload, end)
    if (type.value === SETTINGS) this.#sink.settings(body)
    return { at: end, stop: type.value === HEADERS && !this.#sink.headers(body, this.#startedAt, at) }
  }
}

const DATA = 0
const HEADERS = 1
const SETTINGS = 4
/** Frames that are read whole. All others are skipped: pushes, GOAWAY, priorities, and the reserved ones that exercise this (§7.2.8). */
const WHOLE = new Set([HEADERS, SETTINGS])
const MAX_WHOLE = 256 * 1024
const NOTHING = new Uint8Array(0)

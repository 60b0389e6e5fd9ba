// Frames of HTTP/2 (RFC 9113 §4.1), one side:
//   Length(24) Type(8) Flags(8) R(1) Stream(31) payload[Length]
// Payload of DATA is handed on as it comes; all other frames are whole.
//
// Where the place in the frames is not known (mid-connection start, gap), the next boundary is searched: a header whose length, flags and stream fit its
// type, and behind it another one, or the end of the bytes. Encrypted or compressed bytes pass that test once in many gigabytes.
import { asBuffer, GrowingBuffer } from "../bytes.ts"
import type { Micros } from "../stream.ts"

export interface Frame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  /** Valid during the call. */
  readonly payload: Buffer
  /** When its first byte came. */
  readonly startedAt: Micros
}

export interface FrameSink {
  frame(frame: Frame, at: Micros): void
  /** A DATA frame begins. */
  dataStart(stream: number, length: number, at: Micros): void
  data(stream: number, bytes: Buffer, at: Micros): void
  dataGap(stream: number, length: number, at: Micros): void
  /** The DATA frame is complete. */
  dataEnd(stream: number, endStream: boolean, at: Micros): void
  /** Frames are missing: whatever depends on all of them is no longer sure. */
  lost(code: string, at: Micros): void
  anomaly(code: string, at: Micros, detail?: string): void
}

export class FrameReader {
  readonly #sink: FrameSink
  #state: "preface" | "header" | "payload" | "pad-length" | "data" | "skip" | "search" | "opaque"
  #pending: GrowingBuffer | undefined
  #startedAt: Micros = 0
  #at: Micros = 0
  #length = 0
  #type = 0
  #flags = 0
  #stream = 0
  #remaining = 0
  #padding = 0
  #known = 0

  constructor(sink: FrameSink, preface: boolean) {
    this.#sink = sink
    this.#state = preface ? "preface" : "header"
  }

  get held(): number {
    return this.#pending?.length ?? 0
  }

  data(bytes: Uint8Array, at: Micros): void {
    this.#at = at
    let buffer = asBuffer(bytes)
    if (this.#pending !== undefined) {
      this.#pending.append(buffer)
      buffer = this.#pending.view()
    } else this.#startedAt = at
    let from = 0
    while (from < buffer.length && this.#state !== "opaque") {
      const next = this.#step(buffer, from)
      if (next < 0) break
      if (next > from) this.#startedAt = at
      from = next
    }
    this.#keep(buffer, from)
  }

  gap(length: number, at: Micros): void {
    this.#at = at
    this.#pending = undefined
    if (this.#state === "data" && length > 0 && length <= this.#remaining) {
      const body = Math.min(length, this.#remaining - this.#padding)
      if (body > 0) this.#sink.dataGap(this.#stream, body, at)
      this.#remaining -= length
      this.#padding = Math.min(this.#padding, this.#remaining)
      if (this.#remaining === 0) this.#endData()
      return
    }
    if (this.#state === "data") this.#sink.dataGap(this.#stream, Math.max(0, this.#remaining - this.#padding), at)
    if (this.#state === "opaque") return
    this.#search("gap-in-frames")
  }

  #keep(buffer: Buffer, from: number): void {
    if (from >= buffer.length || this.#state === "opaque") this.#pending = undefined
    else if (from > 0 || this.#pending === undefined) this.#pending = new GrowingBuffer(buffer.subarray(from))
  }

  /** Where to go on, or -1 when more bytes are needed. */
  #step(buffer: Buffer, from: number): number {
    switch (this.#state) {
      case "preface":
        return this.#preface(buffer, from)
      case "header":
        return this.#header(buffer, from)
      case "payload":
        return this.#payload(buffer, from)
      case "pad-length":
        this.#padding = Math.min(buffer[from] ?? 0, --this.#remaining)
        this.#state = "data"
        if (this.#remaining === 0) this.#endData()
        return from + 1
      case "data":
        return this.#data(buffer, from)
      case "skip": {
        const taken = Math.min(this.#remaining, buffer.length - from)
        this.#remaining -= taken
        if (this.#remaining === 0) this.#state = "header"
        return from + taken
      }
      case "search":
        return this.#searchIn(buffer, from)
      default:
        return buffer.length
    }
  }

  /** The client's first 24 bytes (§3.4). Missing when the capture began later. */
  #preface(buffer: Buffer, from: number): number {
    const seen = Math.min(PREFACE.length, buffer.length - from)
    if (buffer.compare(PREFACE, 0, seen, from, from + seen) !== 0) {
      this.#search("no-preface")
      return from
    }
    if (seen < PREFACE.length) return -1
    this.#state = "header"
    return from + seen
  }

  #header(buffer: Buffer, from: number): number {
    if (buffer.length - from < HEADER) return -1
    this.#length = u24(buffer, from)
    this.#type = buffer[from + 3] ?? 0
    this.#flags = buffer[from + 4] ?? 0
    this.#stream = (u24(buffer, from + 6) | ((buffer[from + 5] ?? 0) << 24)) & 0x7fffffff
    this.#remaining = this.#length
    if (this.#type === DATA) {
      this.#startData()
      return from + HEADER
    }
    if (
      this.#type > LAST_KNOWN &&
      this.#type !== ALTSVC &&
      this.#type !== ORIGIN &&
      this.#type !== PRIORITY_UPDATE &&
      ++this.#known > MAX_UNKNOWN
    ) {
      this.#sink.anomaly("too-many-unknown-frames", this.#at)
      this.#search("frame-boundary-lost")
      return from + HEADER
    }
    if (this.#length > MAX_CONTROL) {
      this.#sink.anomaly("frame-too-long", this.#at, `type ${this.#type}, ${this.#length} bytes`)
      if (this.#type === HEADERS || this.#type === CONTINUATION || this.#type === PUSH_PROMISE)
        this.#sink.lost("header-block-lost", this.#at)
      this.#state = "skip"
      return from + HEADER
    }
    this.#state = "payload"
    if (this.#length === 0) this.#emit(buffer.subarray(0, 0))
    return from + HEADER
  }

  #startData(): void {
    this.#padding = 0
    const padded = (this.#flags & PADDED) !== 0
    this.#sink.dataStart(this.#stream, this.#length, this.#at)
    this.#state = padded && this.#length > 0 ? "pad-length" : "data"
    if (this.#length === 0) this.#endData()
  }

  #payload(buffer: Buffer, from: number): number {
    if (buffer.length - from < this.#length) return -1
    this.#emit(buffer.subarray(from, from + this.#length))
    return from + this.#length
  }

  #emit(payload: Buffer): void {
    this.#state = "header"
    this.#sink.frame({ type: this.#type, flags: this.#flags, stream: this.#stream, payload, startedAt: this.#startedAt }, this.#at)
  }

  #data(buffer: Buffer, from: number): number {
    const end = Math.min(buffer.length, from + this.#remaining)
    const body = Math.min(end - from, this.#remaining - this.#padding)
    if (body > 0) this.#sink.data(this.#stream, buffer.subarray(from, from + body), this.#at)
    this.#remaining -= end - from
    if (this.#remaining === 0) this.#endData()
    return end
  }

  #endData(): void {
    this.#state = "header"
    this.#sink.dataEnd(this.#stream, (this.#flags & END_STREAM) !== 0, this.#at)
  }

  #search(code: string): void {
    this.#state = "search"
    this.#sink.lost(code, this.#at)
  }

  #searchIn(buffer: Buffer, from: number): number {
    for (let at = from; at < buffer.length; at++) {
      const verdict = chains(buffer, at)
      if (verdict === "no") continue
      if (verdict === "more") {
        // Most of a segment was tried: what remains may be the beginning of a header. Bounded: one largest frame.
        if (buffer.length - at <= MAX_SEARCH) return at === from ? -1 : at
        continue
      }
      this.#state = "header"
      return at
    }
    return buffer.length
  }
}

/** Whether frames begin here: at least two, or one that ends with the bytes. */
function chains(buffer: Buffer, from: number): "yes" | "no" | "more" {
  let at = from
  for (let frames = 0; frames < 3; frames++) {
    if (frames >= 1 && at === buffer.length) return "yes"
    if (buffer.length - at < HEADER) return frames >= 2 ? "yes" : "more"
    if (!plausible(buffer, at)) return "no"
    at += HEADER + u24(buffer, at)
    if (at > buffer.length) return frames >= 1 ? "yes" : "more"
  }
  return "yes"
}

/** Length, flags and stream fit the type (§6). */
function plausible(buffer: Buffer, at: number): boolean {
  const length = u24(buffer, at)
  const type = buffer[at + 3] ?? 0
  const flags = buffer[at + 4] ?? 0
  const rule = RULES[type]
  if (rule === undefined || length > MAX_PLAUSIBLE || (flags & ~rule.flags) !== 0) return false
  const stream = buffer.readUInt32BE(at + 5)
  if (stream > 0x7fffffff || (rule.stream === "none" ? stream !== 0 : rule.stream === "one" && stream === 0)) return false
  return rule.length === undefined || (type === SETTINGS ? length % 6 === 0 : length === rule.length)
}

/** What readUIntBE does, without its checks: the caller knows that the bytes are there. */
function u24(buffer: Buffer, at: number): number {
  return ((buffer[at] ?? 0) << 16) | ((buffer[at + 1] ?? 0) << 8) | (buffer[at + 2] ?? 0)
}

interface Rule {
  readonly flags: number
  readonly stream: "none" | "one" | "any"
  readonly length?: number
}
export const DATA = 0
export const HEADERS = 1
export const PRIORITY = 2
export const RST_STREAM = 3
export const SETTINGS = 4
export const PUSH_PROMISE = 5
export const PING = 6
// GOAWAY (7) says nothing that an observer needs.
export const WINDOW_UPDATE = 8
export const CONTINUATION = 9
const LAST_KNOWN = CONTINUATION
const ALTSVC = 10
const ORIGIN = 12
const PRIORITY_UPDATE = 16
export const END_STREAM = 0x1
export const END_HEADERS = 0x4
export const PADDED = 0x8
export const PRIORITY_FLAG = 0x20
const RULES: readonly (Rule | undefined)[] = [
  { flags: 0x09, stream: "one" },
  { flags: 0x2d, stream: "one" },
  { flags: 0, stream: "one", length: 5 },
  { flags: 0, stream: "one", length: 4 },
  { flags: 0x01, stream: "none", length: 0 },
  { flags: 0x0c, stream: "one" },
  { flags: 0x01, stream: "none", length: 8 },
  { flags: 0, stream: "none" },
  { flags: 0, stream: "any", length: 4 },
  { flags: 0x04, stream: "one" },
]
const HEADER = 9
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
// Only DATA may be long without reason. Header blocks above 16 KB go on in CONTINUATION with every common client.
const MAX_CONTROL = 256 * 1024
// While searching: the default of SETTINGS_MAX_FRAME_SIZE, which nearly nobody raises above 16 KB, with room for those who do.
const MAX_PLAUSIBLE = 64 * 1024
const MAX_SEARCH = 32 * 1024
const MAX_UNKNOWN = 1000

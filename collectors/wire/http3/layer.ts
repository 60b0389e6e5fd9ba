// HTTP/3 (RFC 9114) over the streams of a QUIC connection.
//   request stream, both ways: frames = Type(i) Length(i) payload; DATA 0, HEADERS 1, PUSH_PROMISE 5
//   unidirectional stream: Stream Type(i), then control 0 (SETTINGS 4 …), push 1 (Push ID(i), frames), QPACK encoder 2, QPACK decoder 3
//
// A gap inside a DATA frame is a hole in that body. Any other gap ends the reading of that stream's side: QUIC retransmits, so a hole that reaches us will
// not be filled. A gap on the encoder stream: see qpack.ts. Blocks that wait for table entries are held back with all that follows on their stream.

import { copyBytes } from "../bytes.ts"
import type { LayerContext, RouteHint } from "../context.ts"
import { HttpStreams } from "../http2/streams.ts"
import { isBidirectional, type QuicStreamData, type QuicStreamGap, type QuicStreamReset, type StreamsLayer } from "../quic/streams.ts"
import { type Micros, otherSide, type Side } from "../stream.ts"
import { Http3FrameReader } from "./frames.ts"
import { QpackDecoder } from "./qpack.ts"
import { readVarint } from "./varint.ts"

type Kind = "unknown" | "request" | "control" | "push" | "encoder" | "ignored"

interface Half {
  readonly id: number
  readonly side: Side
  kind: Kind
  readonly frames: Http3FrameReader
  /** The beginning of a unidirectional stream, until its type can be read. */
  start: Uint8Array
  /** A header block waits for the table: events of this half since then. */
  waiting: { block: Uint8Array; startedAt: Micros; at: Micros; rest: (QuicStreamData | QuicStreamGap)[]; bytes: number } | undefined
  fin: boolean
  over: boolean
}

export class Http3Layer implements StreamsLayer {
  readonly #context: LayerContext
  readonly #streams: HttpStreams
  readonly #halves = new Map<string, Half>()
  /** By the side that sends the blocks. */
  readonly #qpack: Record<Side, QpackDecoder> = { client: new QpackDecoder(), server: new QpackDecoder() }
  readonly #blocked: Record<Side, Set<Half>> = { client: new Set(), server: new Set() }
  readonly #reported = new Map<string, number>()

  constructor(context: LayerContext, hint: RouteHint) {
    this.#context = context
    const anomaly = (code: string, at: Micros, side?: Side, detail?: string) => this.#anomaly(code, at, side, detail)
    this.#streams = new HttpStreams({ context, hint, layer: "http3", version: "3", anomaly })
    // Streams of QUIC come in any order.
    this.#streams.complete = false
  }

  get held(): number {
    let held = this.#streams.held + this.#qpack.client.held + this.#qpack.server.held
    for (const half of this.#halves.values()) held += half.frames.held + half.start.length + (half.waiting?.bytes ?? 0)
    return held
  }

  onStreamData(data: QuicStreamData): void {
    const half = this.#half(data.streamId, data.side, data.at)
    if (half === undefined || half.over) return
    if (half.waiting !== undefined) {
      this.#wait(half, { ...data, bytes: copyBytes(data.bytes) })
      return
    }
    if (data.bytes.length > 0) this.#read(half, data.bytes, data.at)
    if (!data.fin) return
    if (half.waiting === undefined) this.#fin(half, data.at)
    else this.#wait(half, { ...data, bytes: NOTHING })
  }

  onStreamGap(gap: QuicStreamGap): void {
    const half = this.#half(gap.streamId, gap.side, gap.at)
    if (half === undefined || half.over) return
    if (half.waiting !== undefined) {
      this.#wait(half, gap)
      return
    }
    if (half.kind === "encoder") {
      this.#qpack[gap.side].lose()
      this.#anomaly("qpack-table-lost", gap.at, gap.side)
      this.#unblock(gap.side, gap.at)
    } else if (half.kind === "unknown") half.over = true
    else if (!half.frames.gap(gap.length, gap.at)) {
      this.#anomaly("gap-in-frames", gap.at, gap.side)
      this.#streams.gap(half.id, half.side, 0, gap.at)
      half.over = true
    }
  }

  onStreamReset(reset: QuicStreamReset): void {
    const half = this.#half(reset.streamId, reset.side, reset.at)
    if (half === undefined) return
    half.over = true
    // A client that resets its side gives the request up; a server that does gives the answer up. What is complete stays complete.
    if (isBidirectional(reset.streamId)) this.#streams.reset(reset.streamId, reset.side, reset.at)
    this.#forget(reset.streamId)
  }

  end(at: Micros, how: "fin" | "reset" | "timeout" | "evicted" | "open"): void {
    for (const side of ["client", "server"] as const) {
      this.#qpack[side].lose()
      this.#unblock(side, at)
    }
    this.#streams.finish(at, how === "fin" || how === "reset" ? "truncated" : "open")
    this.#halves.clear()
  }

  #half(id: number, side: Side, at: Micros): Half | undefined {
    const key = `${id} ${side}`
    const found = this.#halves.get(key)
    if (found !== undefined) return found
    if (this.#halves.size >= MAX_HALVES) {
      this.#anomaly("too-many-streams", at, side)
      return undefined
    }
    const frames: Http3FrameReader = new Http3FrameReader({
      headers: (block, startedAt, now) => this.#block(half, block, startedAt, now),
      data: (bytes, now) => this.#streams.data(id, side, bytes, now),
      dataGap: (length, now) => this.#streams.gap(id, side, length, now),
      settings: (payload) => this.#settings(side, payload),
      anomaly: (code, now) => this.#anomaly(code, now, side),
    })
    const kind: Kind = isBidirectional(id) ? (id % 4 === 0 ? "request" : "ignored") : "unknown"
    const half: Half = { id, side, kind, frames, start: NOTHING, waiting: undefined, fin: false, over: false }
    this.#halves.set(key, half)
    return half
  }

  #read(half: Half, bytes: Uint8Array, at: Micros): void {
    switch (half.kind) {
      case "unknown":
        this.#readType(half, bytes, at)
        return
      case "encoder": {
        const error = this.#qpack[half.side].encoderData(bytes)
        if (error !== undefined) this.#anomaly(error, at, half.side)
        this.#unblock(half.side, at)
        return
      }
      case "request":
      case "control": {
        const rest = half.frames.data(bytes, at)
        if (rest.length > 0 && half.waiting !== undefined)
          this.#wait(half, { streamId: half.id, side: half.side, at, offset: 0, bytes: copyBytes(rest), fin: false })
        return
      }
      default:
    }
  }

  #readType(half: Half, bytes: Uint8Array, at: Micros): void {
    half.start = Buffer.concat([half.start, bytes])
    const type = readVarint(half.start, 0)
    if (type === undefined) return
    half.kind = UNIDIRECTIONAL.get(type.value) ?? "ignored"
    const rest = half.start.subarray(type.size)
    half.start = NOTHING
    // Pushed answers need the request that promised them: no client asks for pushes any more, so they are named and left.
    if (half.kind === "push") this.#anomaly("push-stream", at, half.side)
    if (rest.length > 0) this.#read(half, rest, at)
  }

  /** Identifier(i) Value(i) …; only the table's capacity matters to a reader of blocks. */
  #settings(side: Side, payload: Uint8Array): void {
    let at = 0
    while (at < payload.length) {
      const id = readVarint(payload, at)
      const value = id === undefined ? undefined : readVarint(payload, at + id.size)
      if (id === undefined || value === undefined) return
      if (id.value === QPACK_MAX_TABLE_CAPACITY) this.#qpack[otherSide(side)].maxCapacity = value.value
      at += id.size + value.size
    }
  }

  /** False when the block has to wait: the reader stops and gives back what follows. */
  #block(half: Half, block: Uint8Array, startedAt: Micros, at: Micros): boolean {
    const decoded = this.#qpack[half.side].decode(block)
    if (decoded === "blocked") {
      if (this.#blocked[half.side].size >= MAX_BLOCKED) {
        this.#anomaly("too-many-blocked-streams", at, half.side)
        return true
      }
      half.waiting = { block: copyBytes(block), startedAt, at, rest: [], bytes: block.length }
      this.#blocked[half.side].add(half)
      return false
    }
    if (decoded.error !== undefined) this.#anomaly(decoded.error, at, half.side)
    if (decoded.tooLarge) this.#anomaly("qpack-bomb", at, half.side)
    if (decoded.unknown > 0) this.#anomaly("qpack-unknown-entry", at, half.side)
    const partial = decoded.unknown > 0 || decoded.tooLarge || decoded.error !== undefined
    this.#streams.headers(half.id, half.side, { headers: decoded.headers, startedAt, at, endStream: false, partial })
    return true
  }

  #wait(half: Half, event: QuicStreamData | QuicStreamGap): void {
    const { waiting } = half
    if (waiting === undefined) return
    const length = "bytes" in event ? event.bytes.length : 0
    if (waiting.bytes + length > MAX_WAITING || waiting.rest.length > MAX_WAITING_EVENTS) {
      this.#anomaly("blocked-stream-too-long", event.at, half.side)
      this.#blocked[half.side].delete(half)
      half.waiting = undefined
      half.over = true
      return
    }
    waiting.bytes += length
    waiting.rest.push(event)
  }

  /** Entries were inserted, or will never be: blocks that waited are tried again. */
  #unblock(side: Side, at: Micros): void {
    for (const half of [...this.#blocked[side]]) {
      const { waiting } = half
      if (waiting === undefined) continue
      half.waiting = undefined
      this.#blocked[side].delete(half)
      if (!this.#block(half, waiting.block, waiting.startedAt, at)) {
        // Still waiting: #block has made a new entry; what followed stays behind it.
        const again = half.waiting as Half["waiting"]
        if (again !== undefined) half.waiting = { ...waiting, rest: waiting.rest }
        continue
      }
      for (const event of waiting.rest) {
        if ("bytes" in event) this.onStreamData(event)
        else this.onStreamGap(event)
      }
    }
  }

  #fin(half: Half, at: Micros): void {
    if (half.fin) return
    half.fin = true
    if (half.kind !== "request") return
    half.frames.end(at)
    this.#streams.end(half.id, half.side, at)
    const other = this.#halves.get(`${half.id} ${otherSide(half.side)}`)
    half.over = true
    if (other?.over === true) this.#forget(half.id)
  }

  #forget(id: number): void {
    for (const side of ["client", "server"] as const) {
      const half = this.#halves.get(`${id} ${side}`)
      if (half !== undefined) this.#blocked[side].delete(half)
      this.#halves.delete(`${id} ${side}`)
    }
  }

  #anomaly(code: string, at: Micros, side: Side | undefined, detail?: string): void {
    const count = (this.#reported.get(code) ?? 0) + 1
    this.#reported.set(code, count)
    if (count <= MAX_REPORTS) this.#context.emit({ type: "anomaly", at, layer: "http3", code, side, detail })
  }
}

const UNIDIRECTIONAL = new Map<number, Kind>([
  [0, "control"],
  [1, "push"],
  [2, "encoder"],
  [3, "ignored"],
])
const QPACK_MAX_TABLE_CAPACITY = 1
const MAX_HALVES = 8192
// Browsers allow 100 blocked streams (SETTINGS_QPACK_BLOCKED_STREAMS).
const MAX_BLOCKED = 256
const MAX_WAITING = 1024 * 1024
const MAX_WAITING_EVENTS = 2048
const MAX_REPORTS = 16
const NOTHING = new Uint8Array(0)

// HTTP/2 (RFC 9113): prior knowledge, by ALPN, or after an h2c upgrade; stream events in, exchanges out.
//
// After a loss on one side: a hole inside a DATA frame is a hole in that body and nothing else. Any other hole may hide frames: the next frame boundary is
// searched (frames.ts), the dynamic header table is forgotten (hpack.ts: later entries are known again), and streams nobody announced are counted
// without heads. Floods are named, never followed (floods.ts).

import { GrowingBuffer } from "../bytes.ts"
import type { LayerContext, RouteHint } from "../context.ts"
import type { Exchange } from "../http/exchange.ts"
import { type Layer, type Micros, otherSide, type Side, type StreamEvent } from "../stream.ts"
import { FloodWatch } from "./floods.ts"
import * as wire from "./frames.ts"
import { FrameReader } from "./frames.ts"
import { HpackDecoder } from "./hpack.ts"
import { HttpStreams } from "./streams.ts"

interface PendingBlock {
  readonly stream: number
  /** Of PUSH_PROMISE; 0 otherwise. */
  readonly promised: number
  readonly endStream: boolean
  readonly startedAt: Micros
  readonly bytes: GrowingBuffer
  frames: number
}

interface SideState {
  readonly reader: FrameReader
  readonly hpack: HpackDecoder
  block: PendingBlock | undefined
  ended: boolean
}

export class Http2Layer implements Layer {
  readonly #context: LayerContext
  readonly #streams: HttpStreams
  readonly #sides: Record<Side, SideState>
  readonly #floods: FloodWatch
  readonly #reported = new Map<string, number>()

  /** `upgraded`: the HTTP/1.1 exchange that asked for h2c; it is stream 1. */
  constructor(context: LayerContext, hint: RouteHint, upgraded?: Exchange) {
    this.#context = context
    const anomaly = (code: string, at: Micros, side?: Side, detail?: string) => this.#anomaly(code, at, side, detail)
    this.#streams = new HttpStreams({ context, hint, layer: "http2", version: "2", anomaly })
    this.#floods = new FloodWatch((flood, at) => this.#anomaly(flood, at, undefined))
    this.#sides = { client: this.#side("client"), server: this.#side("server") }
    if (upgraded !== undefined) this.#streams.adopt(1, upgraded, upgraded.request?.startedAt ?? 0)
  }

  get held(): number {
    let held = this.#streams.held
    for (const side of [this.#sides.client, this.#sides.server]) held += side.reader.held + (side.block?.bytes.length ?? 0)
    return held
  }

  flush(): void {
    this.#streams.flush()
  }

  handle(event: StreamEvent): void {
    const side = event.side === "client" ? this.#sides.client : this.#sides.server
    if (side.ended) return
    switch (event.type) {
      case "data":
        side.reader.data(event.bytes, event.at)
        return
      case "gap":
        side.reader.gap(event.length, event.at)
        return
      case "end":
        side.ended = true
        if (this.#sides[otherSide(event.side)].ended)
          this.#streams.finish(event.at, event.how === "fin" || event.how === "reset" ? "truncated" : "open")
    }
  }

  #side(side: Side): SideState {
    const reader = new FrameReader(
      {
        frame: (frame, at) => this.#frame(side, frame, at),
        dataStart: (_, length, at) => {
          if (length === 0) this.#floods.count("empty-frame-flood", at)
        },
        data: (stream, bytes, at) => this.#streams.data(stream, side, bytes, at),
        dataGap: (stream, length, at) => this.#streams.gap(stream, side, length, at),
        dataEnd: (stream, endStream, at) => {
          if (endStream) this.#streams.end(stream, side, at)
        },
        lost: (code, at) => this.#lose(side, code, at),
        anomaly: (code, at, detail) => this.#anomaly(code, at, side, detail),
      },
      side === "client",
    )
    return { reader, hpack: new HpackDecoder(), block: undefined, ended: false }
  }

  #frame(side: Side, frame: wire.Frame, at: Micros): void {
    const { block } = this.#sides[side]
    if (block !== undefined && frame.type !== wire.CONTINUATION) {
      // §6.10: nothing may come between the frames of a header block.
      this.#dropBlock(side, "header-block-interrupted", at)
    }
    switch (frame.type) {
      case wire.HEADERS:
        this.#headers(side, frame, at)
        return
      case wire.CONTINUATION:
        this.#continuation(side, frame, at)
        return
      case wire.PUSH_PROMISE:
        this.#pushPromise(side, frame, at)
        return
      case wire.RST_STREAM: {
        const reset = this.#streams.reset(frame.stream, side, at)
        if (side === "client" && reset?.answered === false) this.#floods.count("rapid-reset", at)
        return
      }
      default:
        this.#countControl(frame, at)
    }
  }

  #countControl(frame: wire.Frame, at: Micros): void {
    if (frame.type === wire.SETTINGS) this.#floods.count("settings-flood", at)
    else if (frame.type === wire.PING) this.#floods.count("ping-flood", at)
    else if (frame.type === wire.PRIORITY) this.#floods.count("priority-flood", at)
    else if (frame.type === wire.WINDOW_UPDATE) this.#floods.count("window-update-flood", at)
  }

  /** [Pad Length(8)] [Exclusive+Dependency(32) Weight(8)] fragment padding (§6.2). */
  #headers(side: Side, frame: wire.Frame, at: Micros): void {
    const skip = (frame.flags & wire.PRIORITY_FLAG) !== 0 ? 5 : 0
    const fragment = unpadded(frame, skip)
    if (fragment === undefined) {
      this.#dropBlock(side, "frame-padding", at)
      return
    }
    const endStream = (frame.flags & wire.END_STREAM) !== 0
    this.#startBlock(side, frame, { stream: frame.stream, promised: 0, endStream, fragment, at })
  }

  /** [Pad Length(8)] R(1) Promised(31) fragment padding (§6.6). */
  #pushPromise(side: Side, frame: wire.Frame, at: Micros): void {
    const fragment = unpadded(frame, 4)
    if (fragment === undefined || side !== "server") {
      this.#dropBlock(side, "frame-padding", at)
      return
    }
    const from = (frame.flags & wire.PADDED) !== 0 ? 1 : 0
    const promised = frame.payload.readUInt32BE(from) & 0x7fffffff
    this.#startBlock(side, frame, { stream: frame.stream, promised, endStream: false, fragment, at })
  }

  #startBlock(
    side: Side,
    frame: wire.Frame,
    head: { stream: number; promised: number; endStream: boolean; fragment: Buffer; at: Micros },
  ): void {
    const { stream, promised, endStream, fragment, at } = head
    const { startedAt } = frame
    if ((frame.flags & wire.END_HEADERS) !== 0) {
      this.#decode(side, { stream, promised, endStream, startedAt }, fragment, at)
      return
    }
    this.#sides[side].block = { stream, promised, endStream, startedAt, bytes: new GrowingBuffer(fragment), frames: 0 }
  }

  #continuation(side: Side, frame: wire.Frame, at: Micros): void {
    const state = this.#sides[side]
    const { block } = state
    if (block === undefined || block.stream !== frame.stream) {
      // The end of a block whose beginning was not seen, or was given up.
      this.#dropBlock(side, "continuation-alone", at)
      return
    }
    block.frames++
    if (block.frames > MAX_CONTINUATIONS || block.bytes.length + frame.payload.length > MAX_BLOCK) {
      this.#dropBlock(side, "continuation-flood", at)
      return
    }
    block.bytes.append(frame.payload)
    if ((frame.flags & wire.END_HEADERS) === 0) return
    state.block = undefined
    this.#decode(side, block, block.bytes.view(), at)
  }

  #decode(side: Side, head: { stream: number; promised: number; endStream: boolean; startedAt: Micros }, bytes: Buffer, at: Micros): void {
    const { hpack } = this.#sides[side]
    const block = hpack.decode(bytes)
    if (block.error !== undefined) {
      this.#anomaly(block.error, at, side)
      hpack.lose()
    }
    if (block.tooLarge) this.#anomaly("hpack-bomb", at, side)
    if (block.unknown > 0) this.#anomaly("hpack-unknown-entry", at, side)
    const { startedAt, endStream } = head
    const partial = block.unknown > 0 || block.tooLarge || block.error !== undefined
    const heads = { headers: block.headers, startedAt, at, endStream, partial }
    if (head.promised > 0) this.#streams.promise(head.promised, heads)
    else this.#streams.headers(head.stream, side, heads)
  }

  #dropBlock(side: Side, code: string, at: Micros): void {
    const state = this.#sides[side]
    state.block = undefined
    // The block may have changed the table.
    state.hpack.lose()
    this.#streams.lose(side)
    this.#anomaly(code, at, side)
  }

  #lose(side: Side, code: string, at: Micros): void {
    const state = this.#sides[side]
    state.block = undefined
    state.hpack.lose()
    this.#streams.lose(side)
    this.#anomaly(code, at, side)
  }

  /** Each code a bounded number of times a connection. */
  #anomaly(code: string, at: Micros, side: Side | undefined, detail?: string): void {
    const count = (this.#reported.get(code) ?? 0) + 1
    this.#reported.set(code, count)
    if (count <= MAX_REPORTS) this.#context.emit({ type: "anomaly", at, layer: "http2", code, side, detail })
  }
}

/** The fragment without padding and the `skip` bytes before it; undefined when the padding is longer than the frame. */
function unpadded(frame: wire.Frame, skip: number): Buffer | undefined {
  const padded = (frame.flags & wire.PADDED) !== 0
  const from = (padded ? 1 : 0) + skip
  const end = frame.payload.length - (padded ? (frame.payload[0] ?? 0) : 0)
  return from <= end ? frame.payload.subarray(from, end) : undefined
}

// "CONTINUATION flood" (CVE-2024-27316 and others): blocks without end. 256 KB is the largest list kept; honest blocks have at most a few frames.
const MAX_CONTINUATIONS = 64
const MAX_BLOCK = 256 * 1024
const MAX_REPORTS = 16

// WebSocket (RFC 6455) with permessage-deflate (RFC 7692), both sides: stream events in, messages out. Fragments are joined; control frames are messages too.
//
// After a gap inside a payload the message has a hole; after any other gap the side is searched (frames.ts), and a message whose beginning was lost is
// "gapped". Compressed messages after a loss: see deflate.ts.
import { BodyCollector, DEFAULT_BODY_LIMIT } from "../body/collector.ts"
import type { LayerContext } from "../context.ts"
import type { Completeness, HeaderList, WebSocketFact } from "../facts.ts"
import { firstValue, joinedValue } from "../http/fields.ts"
import type { Layer, Micros, Side, StreamEvent } from "../stream.ts"
import { MessageInflater } from "./deflate.ts"
import { BINARY, CLOSE, type FrameHead, PING, TEXT, WebSocketFrameReader } from "./frames.ts"

export interface WebSocketOptions {
  readonly stream: number
  readonly authority: string
  readonly path: string
  readonly requestHeaders: HeaderList
  /** Empty when the answer was not seen. */
  readonly responseHeaders: HeaderList
}

interface Message {
  readonly opcode: WebSocketFact["opcode"]
  readonly collector: BodyCollector
  readonly compressed: boolean
  completeness: Completeness
}

interface SideState {
  readonly reader: WebSocketFrameReader
  readonly inflater: MessageInflater
  /** The data message under way, and the control frame inside it. */
  message: Message | undefined
  control: Message | undefined
  /** Where payload goes: the message, the control frame, or nowhere. */
  current: Message | undefined
  final: boolean
  lost: boolean
  index: number
}

export class WebSocketLayer implements Layer {
  readonly #context: LayerContext
  readonly #options: WebSocketOptions
  readonly #subprotocol: string
  /** Undefined when the answer was not seen: then a set RSV1 bit is taken for compression. */
  readonly #deflate: boolean | undefined
  readonly #sides: Record<Side, SideState>

  constructor(context: LayerContext, options: WebSocketOptions) {
    this.#context = context
    this.#options = options
    const { requestHeaders, responseHeaders } = options
    const answered = responseHeaders.length > 0
    const extensions = joinedValue(answered ? responseHeaders : requestHeaders, "sec-websocket-extensions").toLowerCase()
    this.#deflate = answered ? extensions.includes("permessage-deflate") : undefined
    const protocols = firstValue(answered ? responseHeaders : requestHeaders, "sec-websocket-protocol")
    this.#subprotocol = protocols.split(",")[0]?.trim() ?? ""
    const takeover = (side: Side) => !(answered && extensions.includes(`${side}_no_context_takeover`))
    this.#sides = { client: this.#side("client", takeover("client")), server: this.#side("server", takeover("server")) }
  }

  get held(): number {
    let held = 0
    for (const side of [this.#sides.client, this.#sides.server])
      held += side.reader.held + side.inflater.held + (side.message?.collector.held ?? 0) + (side.control?.collector.held ?? 0)
    return held
  }

  handle(event: StreamEvent): void {
    const state = this.#sides[event.side]
    switch (event.type) {
      case "data":
        state.reader.data(event.bytes, event.at)
        return
      case "gap":
        state.reader.gap(event.length, event.at)
        return
      case "end":
        if (state.message !== undefined)
          this.#emit(event.side, state.message, event.at, event.how === "fin" || event.how === "reset" ? "truncated" : "open")
        state.message = undefined
        state.inflater.forget()
    }
  }

  #side(side: Side, takeover: boolean): SideState {
    const reader = new WebSocketFrameReader(side, {
      start: (head, at) => this.#start(side, head, at),
      payload: (bytes, at) => this.#payload(side, bytes, at),
      payloadGap: (length, at) => this.#gap(side, length, at),
      end: (at) => this.#end(side, at),
      lost: (at) => this.#lost(side, at),
      anomaly: (code, at, detail) => this.#anomaly(side, code, at, detail),
    })
    const inflater = new MessageInflater(takeover)
    return { reader, inflater, message: undefined, control: undefined, current: undefined, final: false, lost: false, index: 0 }
  }

  #start(side: Side, head: FrameHead, at: Micros): void {
    const state = this.#sides[side]
    state.final = head.final
    if (head.opcode >= CLOSE) {
      if (!head.final || head.length > 125) this.#anomaly(side, "control-frame-invalid", at)
      const opcode = head.opcode === CLOSE ? "close" : head.opcode === PING ? "ping" : "pong"
      state.control = this.#open(side, opcode, false)
      state.current = state.control
      return
    }
    if (head.opcode === TEXT || head.opcode === BINARY) this.#startMessage(side, head, at)
    else if (state.message === undefined) this.#startLate(side, at)
    state.current = state.message
  }

  #startMessage(side: Side, head: FrameHead, at: Micros): void {
    const state = this.#sides[side]
    if (state.message !== undefined) {
      this.#anomaly(side, "message-interrupted", at)
      this.#emit(side, state.message, at, "truncated")
    }
    const compressed = (head.rsv & 4) !== 0 && this.#deflate !== false
    if ((head.rsv & 3) !== 0 || (head.rsv !== 0 && !compressed)) this.#anomaly(side, "reserved-bits", at)
    state.message = this.#open(side, head.opcode === TEXT ? "text" : "binary", compressed)
    const { collector } = state.message
    if (compressed) state.inflater.start((bytes) => collector.push(bytes, at))
    state.lost = false
  }

  /** A continuation of a message that was not seen to begin. */
  #startLate(side: Side, at: Micros): void {
    const state = this.#sides[side]
    if (!state.lost) this.#anomaly(side, "continuation-alone", at)
    state.message = this.#open(side, "binary", false)
    state.message.completeness = "gapped"
    // It may be compressed, and would then have moved the window.
    if (this.#deflate !== false) state.inflater.forget()
  }

  #open(side: Side, opcode: Message["opcode"], compressed: boolean): Message {
    const limit = this.#context.limits?.bodyBytes ?? DEFAULT_BODY_LIMIT
    const collector = new BodyCollector({ codings: [], limit, anomaly: (code, at, detail) => this.#anomaly(side, code, at, detail) })
    return { opcode, collector, compressed, completeness: "full" }
  }

  #payload(side: Side, bytes: Uint8Array, at: Micros): void {
    const { current, inflater } = this.#sides[side]
    if (current?.compressed === true) inflater.write(bytes)
    else current?.collector.push(bytes, at)
  }

  #gap(side: Side, length: number, at: Micros): void {
    const { current, inflater } = this.#sides[side]
    if (current === undefined) return
    current.completeness = "gapped"
    if (!current.compressed) {
      current.collector.gap(length, at)
      return
    }
    // What follows in this message cannot be read: the window begins anew with the next.
    inflater.finish()
    inflater.forget()
    this.#sides[side].current = undefined
  }

  #end(side: Side, at: Micros): void {
    const state = this.#sides[side]
    if (state.control !== undefined) {
      this.#emit(side, state.control, at, "full")
      state.control = undefined
      state.current = state.message
      return
    }
    if (!state.final || state.message === undefined) return
    const { message } = state
    state.message = undefined
    if (message.compressed && message.completeness !== "gapped") {
      const failure = state.inflater.finish()
      if (failure !== undefined) {
        this.#anomaly(side, failure, at)
        message.completeness = "truncated"
      }
    }
    this.#emit(side, message, at, "full")
  }

  #lost(side: Side, at: Micros): void {
    const state = this.#sides[side]
    this.#anomaly(side, "frame-boundary-lost", at)
    if (state.message !== undefined) this.#emit(side, state.message, at, "gapped")
    state.message = undefined
    state.control = undefined
    state.current = undefined
    state.lost = true
    state.inflater.forget()
  }

  #emit(side: Side, message: Message, at: Micros, how: Completeness): void {
    const state = this.#sides[side]
    const body = message.collector.finish(message.completeness === "full" ? how : message.completeness, at)
    const { stream, authority, path, requestHeaders } = this.#options
    this.#context.emit({
      type: "websocket",
      side,
      at,
      opcode: message.opcode,
      payload: body.bytes,
      length: body.length,
      sha256: body.sha256,
      completeness: body.completeness,
      index: state.index++,
      stream,
      authority,
      path,
      subprotocol: this.#subprotocol,
      requestHeaders,
    })
  }

  #anomaly(side: Side, code: string, at: Micros, detail?: string): void {
    this.#context.emit({ type: "anomaly", at, layer: "websocket", code, side, detail })
  }
}

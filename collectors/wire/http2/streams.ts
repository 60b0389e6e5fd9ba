// The open streams of one HTTP/2 connection: header blocks and data become exchanges. HTTP/3 has the same messages in other frames and uses this too.
//
// A stream whose head was not seen (mid-connection start, lost frames) still counts its data, with no headers. An exchange is emitted when both sides
// have ended, at a reset, or at the end as far as it came.
import type { LayerContext, RouteHint } from "../context.ts"
import type { Completeness, HeaderList } from "../facts.ts"
import { Exchange, type ExchangeOptions, type Message } from "../http/exchange.ts"
import { TUNNEL_STRIDE, tunnelContext } from "../http/tunnel.ts"
import type { Layer, Micros, Side } from "../stream.ts"
import { WebSocketLayer } from "../websocket/layer.ts"
import { headSummary } from "./pseudo.ts"

export interface HeadBlock {
  readonly headers: HeaderList
  readonly startedAt: Micros
  readonly at: Micros
  readonly endStream: boolean
  /** Fields are missing from it; the coding of the body may be among them. */
  readonly partial: boolean
}

export interface StreamsOptions {
  readonly context: LayerContext
  readonly hint: RouteHint
  readonly layer: "http2" | "http3"
  readonly version: ExchangeOptions["version"]
  anomaly(code: string, at: Micros, side?: Side, detail?: string): void
}

interface Stream {
  readonly id: number
  readonly exchange: Exchange
  readonly ended: Record<Side, boolean>
  /** Bytes of DATA by side, against a promised content-length. */
  readonly received: Record<Side, number>
  readonly promised: Record<Side, number | undefined>
  /** Frames of this side were lost while it was open: its data is whole only when a promised length says so. */
  readonly doubt: Record<Side, boolean>
  tunnel: Layer | undefined
  readonly tunnelOffset: Record<Side, number>
}

export class HttpStreams {
  readonly #options: StreamsOptions
  readonly #streams = new Map<number, Stream>()
  /** Ids that were closed lately: frames that were on their way are no new streams. */
  readonly #closed = new Set<number>()
  #highest = -1
  /** False after a mid-connection start or a loss: streams nobody announced may exist. */
  complete = true

  constructor(options: StreamsOptions) {
    this.#options = options
  }

  get held(): number {
    let held = 0
    for (const stream of this.#streams.values()) held += stream.exchange.held + (stream.tunnel?.held ?? 0)
    return held
  }

  flush(): void {
    for (const stream of this.#streams.values()) stream.tunnel?.flush?.()
  }

  headers(id: number, side: Side, block: HeadBlock): void {
    const stream = this.#find(id, side, true, block.at)
    if (stream === undefined) return
    const message = side === "client" ? stream.exchange.request : stream.exchange.response
    if (side === "client" && message === undefined) this.#requestHead(stream, block)
    else if (side === "server" && message === undefined) this.#responseHead(stream, block)
    else this.#trailers(message, block)
    if (block.partial) this.#doubt(stream, side)
    if (block.endStream) this.end(id, side, block.at)
  }

  data(id: number, side: Side, bytes: Buffer, at: Micros): void {
    const stream = this.#find(id, side, false, at)
    if (stream === undefined) return
    if (stream.tunnel !== undefined) {
      const offset = stream.tunnelOffset[side]
      stream.tunnelOffset[side] += bytes.length
      stream.tunnel.handle({ type: "data", side, at, offset, bytes })
      return
    }
    if (side === "client") stream.received.client += bytes.length
    else stream.received.server += bytes.length
    this.#message(stream, side, at).data(bytes, at)
  }

  gap(id: number, side: Side, length: number, at: Micros): void {
    const stream = this.#find(id, side, false, at)
    if (stream === undefined) return
    if (stream.tunnel !== undefined) {
      const offset = stream.tunnelOffset[side]
      stream.tunnelOffset[side] += length
      stream.tunnel.handle({ type: "gap", side, at, offset, length })
      return
    }
    stream.received[side] += length
    this.#message(stream, side, at).gap(length, at)
  }

  /** END_STREAM, or FIN. */
  end(id: number, side: Side, at: Micros): void {
    const stream = this.#streams.get(id)
    if (stream === undefined || stream.ended[side]) return
    stream.ended[side] = true
    this.#settleDoubt(stream, side, at)
    const promised = stream.promised[side]
    // After a loss the difference is what was lost.
    const counted = !stream.doubt[side] && stream.received[side] > 0
    if (promised !== undefined && counted && promised !== stream.received[side])
      this.#options.anomaly("content-length-differs", at, side, `${promised} promised, ${stream.received[side]} sent`)
    if (stream.tunnel !== undefined) stream.tunnel.handle({ type: "end", side, at, offset: stream.tunnelOffset[side], how: "fin" })
    const message = side === "client" ? stream.exchange.request : stream.exchange.response
    message?.finish("full", at)
    const requestOver = stream.ended.client || stream.doubt.client
    if (requestOver && stream.ended.server) this.#close(stream, at, "full")
  }

  #doubt(stream: Stream, side: Side): void {
    stream.doubt[side] = true
    stream.promised[side] = undefined
  }

  #settleDoubt(stream: Stream, side: Side, at: Micros): void {
    if (!stream.doubt[side] || stream.promised[side] === stream.received[side]) return
    const message = side === "client" ? stream.exchange.request : stream.exchange.response
    message?.gap(0, at)
  }

  reset(id: number, side: Side, at: Micros): { readonly answered: boolean } | undefined {
    const stream = this.#streams.get(id)
    if (stream === undefined) return undefined
    const answered = stream.exchange.response !== undefined
    // Clients reset a stream once they have the promised length, before its end is marked.
    for (const one of ["client", "server"] as const)
      if (stream.promised[one] !== undefined && stream.promised[one] === stream.received[one]) this.end(id, one, at)
    if (!this.#streams.has(id)) return { answered }
    for (const one of ["client", "server"] as const)
      stream.tunnel?.handle({ type: "end", side: one, at, offset: stream.tunnelOffset[one], how: one === side ? "reset" : "open" })
    this.#close(stream, at, "truncated")
    return { answered }
  }

  /** A server announces a request it answers unasked. */
  promise(id: number, block: HeadBlock): void {
    const stream = this.#find(id, "client", true, block.at)
    if (stream === undefined || stream.exchange.request !== undefined) return
    this.#requestHead(stream, block)
    this.end(id, "client", block.at)
  }

  /** The request that asked for an upgrade to HTTP/2 is its stream 1 (RFC 7540 §3.2). */
  adopt(id: number, request: Exchange, at: Micros): void {
    const stream = this.#find(id, "client", true, at)
    if (stream === undefined) return
    const { exchange } = stream
    exchange.method = request.method
    exchange.authority = request.authority
    exchange.path = request.path
    exchange.request = request.request
    stream.ended.client = true
  }

  /** Frames of a side are missing: heads, data and ends of any stream may be among them. */
  lose(side: Side): void {
    this.complete = false
    for (const stream of this.#streams.values()) if (!stream.ended[side]) stream.doubt[side] = true
  }

  finish(at: Micros, how: Completeness): void {
    for (const stream of [...this.#streams.values()]) {
      for (const side of ["client", "server"] as const)
        if (!stream.ended[side])
          stream.tunnel?.handle({ type: "end", side, at, offset: stream.tunnelOffset[side], how: how === "open" ? "open" : "fin" })
      this.#close(stream, at, how)
    }
  }

  #requestHead(stream: Stream, block: HeadBlock): void {
    const { exchange } = stream
    const { hint } = this.#options
    const head = headSummary(block.headers, (code) => this.#options.anomaly(code, block.at, "client"))
    exchange.method = head.method
    exchange.path = head.path
    exchange.authority = head.authority || (hint.host ?? "")
    if (head.scheme === "http" || head.scheme === "https") exchange.scheme = head.scheme
    stream.promised.client = head.contentLength
    exchange.startRequest({ headers: head.headers, startedAt: block.startedAt, headAt: block.at, expected: head.contentLength })
    if (exchange.response !== undefined) this.#openTunnel(stream, block.at, head.protocol)
    else if (head.method === "CONNECT") this.#asked.set(stream.id, head.protocol)
  }

  readonly #asked = new Map<number, string>()

  #responseHead(stream: Stream, block: HeadBlock): void {
    const { exchange } = stream
    const head = headSummary(block.headers, (code) => this.#options.anomaly(code, block.at, "server"))
    // Interim answers; 101 does not exist in these versions.
    if (head.status >= 100 && head.status < 200 && !block.endStream) return
    exchange.status = head.status
    stream.promised.server = exchange.method === "HEAD" ? undefined : head.contentLength
    exchange.startResponse({ headers: head.headers, startedAt: block.startedAt, headAt: block.at, expected: head.contentLength })
    const protocol = this.#asked.get(stream.id)
    this.#asked.delete(stream.id)
    if (protocol !== undefined && head.status >= 200 && head.status < 300) this.#openTunnel(stream, block.at, protocol)
  }

  /** CONNECT (RFC 9113 §8.5) and extended CONNECT (RFC 8441): data on this stream is no longer HTTP. */
  #openTunnel(stream: Stream, at: Micros, protocol: string): void {
    const { exchange, id } = stream
    if (exchange.method !== "CONNECT") return
    exchange.emit(at, "full")
    const { context, hint } = this.#options
    if (protocol === "websocket") {
      context.named("websocket")
      stream.tunnel = new WebSocketLayer(context, {
        stream: id,
        authority: exchange.authority,
        path: exchange.path,
        requestHeaders: exchange.request?.headers ?? [],
        responseHeaders: exchange.response?.headers ?? [],
      })
      return
    }
    const inner = tunnelContext(context, TUNNEL_STRIDE * (1 + (id % MAX_NUMBERED)))
    const [host = "", port = ""] = exchange.authority.split(/:(?=\d+$)/)
    stream.tunnel = inner.route({ inside: "connect", host, serverPort: Number(port) || hint.serverPort }, inner)
  }

  #trailers(message: Message | undefined, block: HeadBlock): void {
    for (const [name, value] of block.headers) if (!name.startsWith(":")) message?.trailer(name, value)
  }

  #message(stream: Stream, side: Side, at: Micros): Message {
    const { exchange } = stream
    const found = side === "client" ? exchange.request : exchange.response
    if (found !== undefined) return found
    this.#doubt(stream, side)
    const head = { headers: [], startedAt: at, headAt: at }
    return side === "client" ? exchange.startRequest(head) : exchange.startResponse(head)
  }

  #find(id: number, side: Side, head: boolean, at: Micros): Stream | undefined {
    const found = this.#streams.get(id)
    if (found !== undefined) return (side === "client" ? found.ended.client : found.ended.server) ? undefined : found
    if (this.#closed.has(id)) return undefined
    // On a connection seen from its start a stream begins with a head, and ids only rise.
    if (this.complete && (!head || (side === "server" && id <= this.#highest && id % 2 === 1))) {
      this.#options.anomaly("data-without-stream", at, side)
      return undefined
    }
    return this.#create(id, at)
  }

  #create(id: number, at: Micros): Stream {
    if (this.#streams.size >= MAX_STREAMS) {
      const oldest = this.#streams.values().next().value
      this.#options.anomaly("too-many-streams", at)
      if (oldest !== undefined) this.#close(oldest, at, "truncated")
    }
    const { context, layer, version, hint } = this.#options
    const scheme = hint.inside === "tls" || hint.inside === "quic" ? "https" : "http"
    const stream: Stream = {
      id,
      exchange: new Exchange({ context, layer, version, scheme, stream: id }),
      ended: { client: false, server: false },
      received: { client: 0, server: 0 },
      promised: { client: undefined, server: undefined },
      doubt: { client: false, server: false },
      tunnel: undefined,
      tunnelOffset: { client: 0, server: 0 },
    }
    this.#streams.set(id, stream)
    this.#highest = Math.max(this.#highest, id)
    return stream
  }

  #close(stream: Stream, at: Micros, how: Completeness): void {
    this.#streams.delete(stream.id)
    this.#asked.delete(stream.id)
    this.#closed.add(stream.id)
    if (this.#closed.size > MAX_CLOSED) for (const oldest of [...this.#closed].slice(0, MAX_CLOSED / 2)) this.#closed.delete(oldest)
    for (const side of ["client", "server"] as const) if (!stream.ended[side]) this.#settleDoubt(stream, side, at)
    stream.exchange.emit(at, how)
  }
}

// Servers allow 100 to 250 streams at once; a client that opens more than this without ends is out to use up memory.
const MAX_STREAMS = 2048
const MAX_CLOSED = 1024
// Tunnels of one connection whose insides stay apart in their numbers.
const MAX_NUMBERED = 2 ** 20

// HTTP/0.9, 1.0 and 1.1 (RFC 9112): stream events of both sides in, exchanges out.
//
// Laws: an exchange is emitted once, when both messages are complete, or at the end as far as it came ("open"). What breaks the grammar in a way that
// two readers may read differently is an anomaly. After a gap: see reader.ts for one side, pairing.ts for what it does to pairs.
// CONNECT and upgrades turn the connection into a tunnel: from there on a child layer gets the events, with offsets from 0.
import type { LayerContext, RouteHint } from "../context.ts"
import type { Completeness } from "../facts.ts"
import type { Exchange } from "../http/exchange.ts"
import { firstValue, hasToken, joinedValue } from "../http/fields.ts"
import { tunnelContext } from "../http/tunnel.ts"
import { type DataEvent, type EndEvent, type GapEvent, type Layer, type Micros, otherSide, type Side, type StreamEvent } from "../stream.ts"
import { decideFraming, type Framing, type FramingAnomaly } from "./framing.ts"
import { type Fields, parseRequestHead, parseResponseHead } from "./head.ts"
import { Pairing } from "./pairing.ts"
import { MessageReader } from "./reader.ts"
import { readTarget } from "./target.ts"
import { openUpgrade } from "./upgrade.ts"

export class Http1Layer implements Layer {
  readonly #context: LayerContext
  readonly #hint: RouteHint
  readonly #pairing: Pairing
  readonly #readers: Record<Side, MessageReader>
  #tunnel: Layer | undefined
  /** The exchange that asks for a tunnel or an upgrade, until it is answered. */
  #asked: Exchange | undefined
  readonly #tunnelBase: Record<Side, number> = { client: -1, server: -1 }
  readonly #ended: Record<Side, boolean> = { client: false, server: false }

  constructor(context: LayerContext, hint: RouteHint) {
    this.#context = context
    this.#hint = hint
    this.#pairing = new Pairing({
      context,
      scheme: hint.inside === "tls" ? "https" : "http",
      anomaly: (code, side, at) => this.#anomaly(side, code, at),
    })
    this.#readers = { client: this.#clientReader(), server: this.#serverReader() }
  }

  get held(): number {
    return this.#pairing.held + this.#readers.client.held + this.#readers.server.held + (this.#tunnel?.held ?? 0)
  }

  flush(): void {
    this.#tunnel?.flush?.()
  }

  handle(event: StreamEvent): void {
    switch (event.type) {
      case "data":
        if (event.side === "client") this.#readers.client.data(event)
        else this.#readers.server.data(event)
        return
      case "gap":
        this.#readers[event.side].gap(event)
        return
      case "end":
        this.#end(event)
    }
  }

  #end(event: EndEvent): void {
    const { side, at } = event
    if (this.#ended[side]) return
    this.#ended[side] = true
    if (event.how === "fin" || event.how === "reset") this.#readers[side].end(at, event.how === "fin")
    else this.#readers[side].giveUp(at)
    if (this.#tunnel !== undefined && this.#readers[side].inTunnel) this.#tunnel.handle({ ...event, offset: this.#tunnelOffset(event) })
    if (!this.#ended[otherSide(side)]) return
    if (this.#readers.client.holding) this.#openUnanswered(at)
    this.#pairing.flush(at)
  }

  #clientReader(): MessageReader {
    const anomaly = (code: string, at: Micros, detail?: string) => this.#anomaly("client", code, at, detail)
    const reader: MessageReader = new MessageReader("client", {
      head: (text, startedAt, at) => this.#requestHead(text, startedAt, at, reader),
      data: (bytes, at) => this.#pairing.request?.request?.data(bytes, at),
      bodyGap: (length, at) => this.#pairing.request?.request?.gap(length, at),
      trailer: (name, value) => this.#pairing.request?.request?.trailer(name, value),
      cutHead: (text, how, at) => this.#cutRequest(text, how, at),
      simpleAnswer: () => false,
      mayLackBody: () => false,
      finished: (how, at) => {
        this.#pairing.request?.request?.finish(how, at)
        this.#pairing.finishedRequest(at)
      },
      lost: () => this.#pairing.lose(),
      tunnel: (event) => this.#toTunnel(event),
      anomaly,
    })
    return reader
  }

  #serverReader(): MessageReader {
    return new MessageReader("server", {
      head: (text, startedAt, at) => this.#responseHead(text, startedAt, at),
      data: (bytes, at) => this.#pairing.response?.response?.data(bytes, at),
      bodyGap: (length, at) => this.#pairing.response?.response?.gap(length, at),
      trailer: (name, value) => this.#pairing.response?.response?.trailer(name, value),
      cutHead: (text, how, at) => this.#cutResponse(text, how, at),
      simpleAnswer: (at) => this.#simpleAnswer(at),
      mayLackBody: () => this.#pairing.response?.request === undefined,
      finished: (how, at) => {
        this.#pairing.response?.response?.finish(how, at)
        this.#pairing.finishedResponse(at)
      },
      lost: () => this.#pairing.lose(),
      tunnel: (event) => this.#toTunnel(event),
      anomaly: (code, at, detail) => this.#anomaly("server", code, at, detail),
    })
  }

  #requestHead(text: string, startedAt: Micros, at: Micros, reader: MessageReader): { framing: Framing; end: number } | undefined {
    const head = parseRequestHead(text)
    if (head === undefined) return undefined
    const { method, fields, version } = head
    const exchange = this.#pairing.startRequest(startedAt, at)
    exchange.version = version
    exchange.method = method
    this.#nameTarget(exchange, head.target, fields)
    this.#report("client", fields, at)
    const framing = decideFraming({ headers: fields.headers, version, method: "", anomaly: this.#framingAnomaly("client", at) })
    exchange.startRequest({ headers: fields.headers, startedAt, headAt: at, ...bodyHints(framing) })
    if (method === "CONNECT" || isUpgrade(fields)) {
      reader.after = "hold"
      this.#asked = exchange
    }
    return { framing, end: fields.end }
  }

  /** The first line and some fields of a message tell what it was, though not where its body begins (a capture cut to the snap length). */
  #cutRequest(text: string, how: Completeness, at: Micros): void {
    const head = parseRequestHead(text)
    if (head === undefined) return
    const exchange = this.#pairing.startRequest(at, at)
    exchange.version = head.version
    exchange.method = head.method
    this.#nameTarget(exchange, head.target, head.fields)
    exchange.startRequest({ headers: head.fields.headers, startedAt: at, headAt: at }).finish(how, at)
    this.#pairing.finishedRequest(at)
  }
  #cutResponse(text: string, how: Completeness, at: Micros): void {
    const head = parseResponseHead(text)
    if (head === undefined || head.status < 200) return
    const exchange = this.#pairing.startResponse(at, at)
    exchange.status = head.status
    if (exchange.request === undefined) exchange.version = head.version
    exchange.startResponse({ headers: head.fields.headers, startedAt: at, headAt: at }).finish(how, at)
    this.#pairing.finishedResponse(at)
  }

  #nameTarget(exchange: Exchange, target: string, fields: Fields): void {
    const { authority, path, scheme } = readTarget(exchange.method, target)
    exchange.authority = authority || firstValue(fields.headers, "host") || (this.#hint.host ?? "")
    exchange.path = path
    if (scheme !== undefined) exchange.scheme = scheme
  }

  #responseHead(text: string, startedAt: Micros, at: Micros): { framing: Framing; end: number } | undefined {
    const head = parseResponseHead(text)
    if (head === undefined) return undefined
    const { status, fields, version } = head
    this.#report("server", fields, at)
    // Interim answers (RFC 9110 §15.2) come before the one that counts.
    if (status < 200 && status !== 101) return { framing: { kind: "none" }, end: fields.end }
    const exchange = this.#pairing.startResponse(startedAt, at)
    exchange.status = status
    if (exchange.request === undefined) exchange.version = version
    const { method } = exchange
    const framing = decideFraming({ headers: fields.headers, version, status, method, anomaly: this.#framingAnomaly("server", at) })
    exchange.startResponse({ headers: fields.headers, startedAt, headAt: at, ...bodyHints(framing) })
    if (framing.kind === "tunnel") this.#openTunnel(exchange, at)
    else if (this.#asked === exchange) {
      this.#asked = undefined
      this.#readers.client.release("messages")
    }
    return { framing, end: fields.end }
  }

  /** HTTP/0.9 answers with the document alone. */
  #simpleAnswer(at: Micros): boolean {
    if (this.#pairing.awaited?.version !== "0.9") return false
    this.#pairing.startResponse(at, at).startResponse({ headers: [], startedAt: at, headAt: at })
    return true
  }

  /** Both messages end with their heads: what follows belongs to the tunnel. */
  #openTunnel(exchange: Exchange, at: Micros): void {
    exchange.response?.finish("full", at)
    this.#pairing.finishedResponse(at)
    const inner = tunnelContext(this.#context)
    this.#tunnel =
      exchange.method === "CONNECT"
        ? inner.route({ inside: "connect", ...hostAndPort(exchange.authority, this.#hint.serverPort) }, inner)
        : openUpgrade(exchange, this.#context, inner, this.#hint)
    this.#readers.client.release("tunnel")
  }

  /** Only the client's side was captured: what it sent after the request tells that its upgrade was granted. */
  #openUnanswered(at: Micros): void {
    const exchange = this.#pairing.awaited
    if (exchange === undefined) return
    this.#openTunnel(exchange, at)
    this.#tunnel?.handle({ type: "end", side: "client", at, offset: 0, how: "open" })
  }

  #toTunnel(event: DataEvent | GapEvent): void {
    this.#tunnel?.handle({ ...event, offset: this.#tunnelOffset(event) })
  }

  #tunnelOffset(event: StreamEvent): number {
    if (this.#tunnelBase[event.side] < 0) this.#tunnelBase[event.side] = event.offset
    return event.offset - this.#tunnelBase[event.side]
  }

  #report(side: Side, fields: Fields, at: Micros): void {
    for (const oddity of fields.oddities) this.#anomaly(side, oddity, at)
    if (side === "client" && countOf(fields, "host") > 1) this.#anomaly(side, "host-repeated", at)
  }

  #framingAnomaly(side: Side, at: Micros): (code: FramingAnomaly, detail?: string) => void {
    return (code, detail) => this.#anomaly(side, code, at, detail)
  }

  #anomaly(side: Side, code: string, at: Micros, detail?: string): void {
    this.#context.emit({ type: "anomaly", at, layer: "http1", code, side, detail })
  }
}

function bodyHints(framing: Framing): { transferCodings?: readonly string[]; expected?: number } {
  if (framing.kind === "length") return { expected: framing.length }
  if ((framing.kind === "chunked" || framing.kind === "close") && framing.codings.length > 0) return { transferCodings: framing.codings }
  return {}
}

function isUpgrade(fields: Fields): boolean {
  return firstValue(fields.headers, "upgrade") !== "" && hasToken(joinedValue(fields.headers, "connection"), "upgrade")
}

function countOf(fields: Fields, name: string): number {
  let count = 0
  for (const header of fields.headers) if (header[0] === name) count++
  return count
}

function hostAndPort(authority: string, otherwise: number): { host: string; serverPort: number } {
  const colon = authority.lastIndexOf(":")
  const port = Number(authority.slice(colon + 1))
  if (colon < 0 || !(port > 0 && port < 65_536)) return { host: authority, serverPort: otherwise }
  return { host: authority.slice(0, colon), serverPort: port }
}

// Finds out what a stream speaks, then steps out of the way.
//
// While it looks, it holds what came (copied, bounded) and asks the register of protocols with the opening of each side. The first protocol that says
// yes gets everything that was held, in order, gaps included, and from then on every event directly.
// A stream whose beginning is missing (mid-stream start, lost first packet) is searched: each segment is tried as a beginning, and nothing is held.
// When the opening fits only with client and server exchanged, the direction had been guessed wrongly: the flow is told, and the held events turn round.
// A stream that nothing wants is opaque: counted by the flow, not kept.
import { copyBytes } from "./bytes.ts"
import type { LayerContext, RouteHint } from "./context.ts"
import { type StreamProtocol, streamProtocols } from "./protocols.ts"
import { type Opening, startsWith } from "./recognise.ts"
import { type DataEvent, type Layer, otherSide, type Side, type StreamEvent } from "./stream.ts"

export interface RouterOptions {
  readonly protocols?: readonly StreamProtocol[]
  /** Given when the direction is a guess: called once, before anything was emitted, when the guess was wrong. */
  readonly reverse?: () => void
  /** The direction is known, but a server may play the client all the same (split handshake): then only the layer sees the sides exchanged. */
  readonly mayTurn?: boolean
}

export class Router implements Layer {
  readonly #context: LayerContext
  readonly #hint: RouteHint
  readonly #protocols: readonly StreamProtocol[]
  #reverse: (() => void) | undefined
  #mayTurn: boolean
  #exchanged = false
  #state: "looking" | "searching" | "found" | "opaque" = "looking"
  #layer: Layer | undefined
  #found = ""
  #events: StreamEvent[] = NO_EVENTS
  #clientPrefix: Uint8Array = EMPTY
  #serverPrefix: Uint8Array = EMPTY
  #heldBytes = 0
  #ended = 0
  /** False while a stream is opaque and only its client has spoken. */
  #serverSpoke = true

  constructor(context: LayerContext, hint: RouteHint, options: RouterOptions = {}) {
    this.#context = context
    this.#hint = hint
    this.#protocols = options.protocols ?? streamProtocols
    this.#reverse = options.reverse
    this.#mayTurn = options.reverse !== undefined || options.mayTurn === true
  }

  get held(): number {
    return this.#heldBytes + (this.#layer?.held ?? 0)
  }
  get opaque(): boolean {
    return this.#state === "opaque"
  }
  /** False: nothing above wants bytes of this side, and whoever makes events may stop making them. */
  wants(side: Side): boolean {
    return this.#state !== "opaque" || (side === "server" && !this.#serverSpoke)
  }

  flush(): void {
    this.#layer?.flush?.()
  }

  handle(event: StreamEvent): void {
    switch (this.#state) {
      case "found":
        if (this.#found === "tls" && event.type === "data" && event.side === "server" && event.offset === 0) {
          if (this.#answeredInClear(event)) return
        }
        this.#layer?.handle(this.#exchanged ? { ...event, side: otherSide(event.side) } : event)
        return
      case "looking":
        this.#look(event)
        return
      case "searching":
        this.#search(event)
        return
      case "opaque":
        if (!this.#serverSpoke) this.#listen(event)
        return
    }
  }

  #look(event: StreamEvent): void {
    if (event.type === "gap" && this.#prefix(event.side).length === 0) {
      this.#state = "searching"
      // What the other side has said so far is tried as a beginning too.
      const earlier = this.#takeHeld()
      for (const one of earlier) this.handle(one)
      this.handle(event)
      return
    }
    if (event.type === "data" && this.#events.length === 0 && this.#decideAtOnce(event)) return
    this.#hold(event)
    if (event.type === "end") this.#ended += 1
    const final = event.type === "gap" || this.#ended >= 2 || (event.type === "end" && event.how !== "fin") || this.#heldBytes > MAX_HELD
    if (event.type === "data" || final) this.#decide(final)
  }

  /** Most openings are decided by their first segment, which need not be copied then. */
  #decideAtOnce(event: DataEvent): boolean {
    const opening: Opening = { client: EMPTY, server: EMPTY, hint: this.#hint, final: false, [event.side]: event.bytes }
    const protocol = this.#choose(opening)
    if (protocol === "wait") return false
    if (protocol !== undefined) {
      this.#become(protocol, [event])
      return true
    }
    if (this.#mayTurn && this.#choose({ ...opening, client: opening.server, server: opening.client }) !== undefined) return false
    this.#serverSpoke = event.side === "server"
    this.#state = "opaque"
    return true
  }

  #decide(final: boolean): void {
    const opening: Opening = { client: this.#clientPrefix, server: this.#serverPrefix, hint: this.#hint, final }
    const protocol = this.#choose(opening)
    if (protocol === "wait") return
    if (protocol !== undefined) {
      this.#become(protocol, this.#takeHeld())
      return
    }
    const turned = this.#mayTurn ? this.#choose({ ...opening, client: opening.server, server: opening.client }) : undefined
    if (turned === "wait") return
    if (turned !== undefined) {
      this.#turnRound(turned, this.#takeHeld())
      return
    }
    this.#serverSpoke = opening.server.length > 0
    this.#forget()
    this.#state = "opaque"
  }

  /** Nobody knows what the client said, but the first words of the server may tell. */
  #listen(event: StreamEvent): void {
    if (event.side === "client") return
    this.#serverSpoke = true
    if (event.type === "data") this.#answeredInClear(event)
  }

  #choose(opening: Opening): StreamProtocol | "wait" | undefined {
    const { alpn } = this.#hint
    if (alpn !== undefined) {
      const named = this.#protocols.find((protocol) => protocol.alpn?.includes(alpn))
      if (named !== undefined) return named
    }
    for (const protocol of this.#protocols) {
      const answer = protocol.recognise(opening)
      if (answer === "yes") return protocol
      if (answer === "more" && !opening.final) return "wait"
    }
    return undefined
  }

  #become(protocol: StreamProtocol, events: readonly StreamEvent[]): void {
    this.#state = "found"
    this.#found = protocol.name
    this.#forget()
    this.#reverse = undefined
    this.#mayTurn = false
    this.#context.named(protocol.name)
    this.#layer = protocol.create(this.#context, this.#hint)
    for (const event of events) this.#layer.handle(event)
  }

  #turnRound(protocol: StreamProtocol, events: readonly StreamEvent[]): void {
    const turned = events.map((event) => ({ ...event, side: otherSide(event.side) }))
    if (this.#reverse === undefined) {
      const at = events[0]?.at ?? 0
      this.#context.emit({ type: "anomaly", at, layer: "tcp", code: "roles-exchanged", side: "server", detail: undefined })
      this.#exchanged = true
    } else this.#reverse()
    this.#become(protocol, turned)
  }

  /** Mid-stream: each segment is tried as a beginning. The layer is told of the gap on the side whose beginning is still missing. */
  #search(event: StreamEvent): void {
    if (event.type === "end" && ++this.#ended >= 2) this.#state = "opaque"
    if (event.type !== "data") return
    const opening: Opening = { client: EMPTY, server: EMPTY, hint: this.#hint, final: true }
    const protocol = this.#choose({ ...opening, [event.side]: event.bytes })
    const lost = (side: Side): StreamEvent => ({ type: "gap", side, at: event.at, offset: 0, length: 0 })
    if (protocol !== undefined && protocol !== "wait") {
      this.#become(protocol, [lost(otherSide(event.side)), event])
      return
    }
    if (!this.#mayTurn) return
    const turned = this.#choose({ ...opening, [otherSide(event.side)]: event.bytes })
    if (turned !== undefined && turned !== "wait") this.#turnRound(turned, [lost(otherSide(event.side)), event])
  }

  /** A plain HTTP server answers whatever it was sent, a TLS hello too, in clear text: the answer deserves its own layer. */
  #answeredInClear(event: DataEvent): boolean {
    if (!startsWith(event.bytes, "HTTP/1.")) return false
    const http1 = this.#protocols.find((protocol) => protocol.name === "http1")
    if (http1 === undefined) return false
    // What the hello said is told all the same.
    this.#layer?.handle({ type: "end", side: "server", at: event.at, offset: 0, how: "reset" })
    this.#become(http1, [{ type: "gap", side: "client", at: event.at, offset: 0, length: 0 }, event])
    return true
  }

  #prefix(side: Side): Uint8Array {
    return side === "client" ? this.#clientPrefix : this.#serverPrefix
  }
  #hold(event: StreamEvent): void {
    if (this.#events === NO_EVENTS) this.#events = []
    if (event.type !== "data") {
      this.#events.push(event)
      return
    }
    const bytes = copyBytes(event.bytes)
    this.#events.push({ ...event, bytes })
    this.#heldBytes += bytes.length
    const before = this.#prefix(event.side)
    if (before.length >= MAX_OPENING) return
    const prefix = before.length === 0 ? bytes : Buffer.concat([before, bytes])
    if (event.side === "client") this.#clientPrefix = prefix
    else this.#serverPrefix = prefix
  }

  #takeHeld(): StreamEvent[] {
    const events = this.#events
    this.#forget()
    return events
  }
  #forget(): void {
    this.#events = NO_EVENTS
    this.#clientPrefix = this.#serverPrefix = EMPTY
    this.#heldBytes = 0
  }
}

const EMPTY = new Uint8Array(0)
// Never added to: most streams are decided by their first segment and hold nothing.
const NO_EVENTS: StreamEvent[] = []
// A request line of 8 KB and the header after it, in both directions; whatever is undecided after that is nothing we know.
const MAX_HELD = 64 * 1024
// Recognisers look no further than this into a side.
const MAX_OPENING = 16 * 1024

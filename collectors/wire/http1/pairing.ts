// Which response answers which request: by order (RFC 9112 §9.3.2), as long as nothing is missing.
//
// A capture may lack one side, begin in the middle, or lose messages. What then holds:
//   - a response with no request before it waits for one that started earlier in packet time (packets of two directions may be captured out of order);
//     when a later request or response shows that none will come, it is a one-sided exchange;
//   - after a loss on the server's side the next response answers the latest request: without pipelining, which is rare, that is the only one open;
//   - after a loss on the client's side a new request closes what was open before it.
// An exchange is emitted when both its messages are complete, and always exactly once.
import type { LayerContext } from "../context.ts"
import { Exchange, type ExchangeOptions } from "../http/exchange.ts"
import type { Micros, Side } from "../stream.ts"

export interface PairingOptions {
  readonly context: LayerContext
  readonly scheme: ExchangeOptions["scheme"]
  anomaly(code: string, side: Side, at: Micros): void
}

export class Pairing {
  readonly #options: PairingOptions
  /** Exchanges whose request was seen and whose response is not complete, oldest first; and an orphan response at the very front. */
  #open: Exchange[] = []
  #orphan: Exchange | undefined
  #next = 0
  #lost: Record<Side, boolean> = { client: false, server: false }
  request: Exchange | undefined
  response: Exchange | undefined

  constructor(options: PairingOptions) {
    this.#options = options
  }

  get held(): number {
    let held = this.#orphan?.held ?? 0
    for (const exchange of this.#open) held += exchange.held
    return held
  }
  /** The request the next response will answer. */
  get awaited(): Exchange | undefined {
    return this.#open.find((exchange) => exchange.response === undefined)
  }

  startRequest(startedAt: Micros, at: Micros): Exchange {
    this.#closeBeforeRequest(at)
    const orphan = this.#orphan
    this.#orphan = undefined
    const early = orphan !== undefined && startedAt <= (orphan.response?.startedAt ?? 0)
    if (orphan !== undefined && !early) this.#emit(orphan, at)
    const exchange = early && orphan !== undefined ? orphan : this.#create()
    this.#open.push(exchange)
    this.request = exchange
    if (this.#open.length > MAX_OPEN) this.#overflow(at)
    return exchange
  }

  startResponse(at: Micros): Exchange {
    if (this.#lost.server) this.#closeBeforeResponse(at)
    let exchange = this.awaited
    if (exchange === undefined) {
      if (this.#orphan !== undefined) this.#emit(this.#orphan, at)
      exchange = this.#create()
      this.#orphan = exchange
    }
    this.response = exchange
    return exchange
  }

  finishedRequest(at: Micros): void {
    const exchange = this.request
    this.request = undefined
    if (exchange?.response?.done === true) this.#emit(exchange, at)
  }

  finishedResponse(at: Micros): void {
    const exchange = this.response
    this.response = undefined
    if (exchange?.request?.done === true) this.#emit(exchange, at)
  }

  lose(side: Side): void {
    this.#lost[side] = true
  }

  /** Emits everything as far as it came. */
  flush(at: Micros): void {
    if (this.#orphan !== undefined) this.#emit(this.#orphan, at)
    for (const exchange of [...this.#open]) this.#emit(exchange, at)
    this.request = undefined
    this.response = undefined
  }

  #closeBeforeRequest(at: Micros): void {
    if (!this.#lost.client) return
    this.#lost.client = false
    for (const exchange of [...this.#open]) if (exchange !== this.response) this.#emit(exchange, at)
  }

  #closeBeforeResponse(at: Micros): void {
    this.#lost.server = false
    const waiting = this.#open.filter((exchange) => exchange.response === undefined)
    if (waiting.length > 1) this.#options.anomaly("pairing-uncertain", "server", at)
    for (const exchange of waiting.slice(0, -1)) this.#emit(exchange, at)
  }

  #overflow(at: Micros): void {
    const oldest = this.#open[0]
    this.#options.anomaly("too-many-open-requests", "client", at)
    if (oldest !== undefined) this.#emit(oldest, at)
  }

  #create(): Exchange {
    const { context, scheme } = this.#options
    return new Exchange({ context, layer: "http1", version: "1.1", scheme, stream: this.#next++ })
  }

  #emit(exchange: Exchange, at: Micros): void {
    if (exchange === this.#orphan) this.#orphan = undefined
    const index = this.#open.indexOf(exchange)
    if (index >= 0) this.#open.splice(index, 1)
    exchange.emit(at)
  }
}

// nginx closes after 1,000 requests on a connection, Zeek counts 100 unanswered ones as an attack. Each holds its request body.
const MAX_OPEN = 256

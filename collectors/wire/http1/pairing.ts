// Which response answers which request: by order (RFC 9112 §9.3.2), as long as nothing is missing.
//
// A capture may lack one side, begin in the middle, or lose messages; and bytes behind a hole are delivered late, so that one side may run ahead of the
// other. Packet times are right all the same. So:
//   - a response with no request before it waits for one that started earlier; when none comes it is a one-sided exchange;
//   - once anything was lost, a response answers the latest request that started before it, and the ones before that one stay unanswered. That is right
//     for everybody who does not pipeline, which is nearly everybody; where several were waiting it is said ("pairing-uncertain").
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
  /** Exchanges whose request was seen and whose response is not complete, oldest first. */
  readonly #open: Exchange[] = []
  /** Responses whose request was not seen, oldest first. */
  readonly #orphans: Exchange[] = []
  #next = 0
  #lossy = false
  #uncertain = false
  #clientSeen = false
  /** Start of the latest response that was given up as an orphan. */
  #orphanedUntil: Micros = -1
  request: Exchange | undefined
  response: Exchange | undefined

  constructor(options: PairingOptions) {
    this.#options = options
  }

  get held(): number {
    let held = 0
    for (const exchange of this.#orphans) held += exchange.held
    for (const exchange of this.#open) held += exchange.held
    return held
  }
  /** The request the next response will answer. */
  get awaited(): Exchange | undefined {
    return this.#open.find((exchange) => exchange.response === undefined)
  }

  startRequest(startedAt: Micros, at: Micros): Exchange {
    this.#clientSeen = true
    let orphan = this.#orphans[0]
    while (orphan !== undefined && orphan !== this.response && startOf(orphan) < startedAt) {
      this.#emit(orphan, at)
      orphan = this.#orphans[0]
    }
    // A request from before an orphan that is gone: that may have been its answer.
    if (startedAt <= this.#orphanedUntil) this.#lossy = true
    const answered = orphan !== undefined && startOf(orphan) >= startedAt && startedAt > this.#orphanedUntil ? orphan : undefined
    if (answered !== undefined) this.#orphans.shift()
    const exchange = answered ?? this.#create()
    this.#open.push(exchange)
    this.request = exchange
    if (this.#open.length > MAX_OPEN) this.#overflow(at)
    return exchange
  }

  startResponse(startedAt: Micros, at: Micros): Exchange {
    const exchange = (this.#lossy ? this.#latestBefore(startedAt, at) : this.awaited) ?? this.#createOrphan(at)
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

  /** Messages of a side may be missing. */
  lose(): void {
    this.#lossy = true
  }

  /** Emits everything as far as it came. */
  flush(at: Micros): void {
    for (const exchange of [...this.#orphans, ...this.#open]) this.#emit(exchange, at)
    this.request = undefined
    this.response = undefined
  }

  #latestBefore(startedAt: Micros, at: Micros): Exchange | undefined {
    const index = this.#open.findLastIndex((exchange) => (exchange.request?.startedAt ?? 0) <= startedAt)
    const found = this.#open[index]
    if (found === undefined || found.response !== undefined) return undefined
    const unanswered = this.#open.slice(0, index).filter((exchange) => exchange.response === undefined)
    if (unanswered.length > 0 && !this.#uncertain) {
      this.#uncertain = true
      this.#options.anomaly("pairing-uncertain", "server", at)
    }
    for (const exchange of unanswered) if (exchange !== this.request) this.#emit(exchange, at)
    return found
  }

  /** Where only the server's side is captured nothing is worth waiting for. */
  #createOrphan(at: Micros): Exchange {
    const most = this.#clientSeen ? MAX_ORPHANS : 1
    while (this.#orphans.length >= most) {
      const oldest = this.#orphans[0]
      if (oldest === undefined) break
      this.#emit(oldest, at)
    }
    const exchange = this.#create()
    this.#orphans.push(exchange)
    return exchange
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
    if (exchange.request === undefined) this.#orphanedUntil = Math.max(this.#orphanedUntil, startOf(exchange))
    for (const list of [this.#orphans, this.#open]) {
      const index = list.indexOf(exchange)
      if (index >= 0) list.splice(index, 1)
    }
    exchange.emit(at)
  }
}

function startOf(exchange: Exchange): Micros {
  return exchange.response?.startedAt ?? 0
}

// nginx closes after 1,000 requests on a connection, Zeek counts 100 unanswered ones as an attack. Each holds its request body.
const MAX_OPEN = 256
// TCP waits at most 64 packets for a hole: that many answers may run ahead of their requests.
const MAX_ORPHANS = 64

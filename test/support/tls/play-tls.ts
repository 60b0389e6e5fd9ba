// Plays stream events through a TlsLayer and collects what comes out of it.
import { KeyStore } from "../../../collectors/keys/key-store.ts"
import type { LayerContext, RouteHint } from "../../../collectors/wire/context.ts"
import type { AnomalyFact, FlowShape, TlsFact, WireFact } from "../../../collectors/wire/facts.ts"
import type { Layer, Side, StreamEvent } from "../../../collectors/wire/stream.ts"
import { TlsLayer } from "../../../collectors/wire/tls/tls-layer.ts"

export interface Played {
  readonly facts: WireFact[]
  readonly tls: TlsFact | undefined
  readonly anomalies: AnomalyFact[]
  /** Plaintext, gaps left out. */
  readonly plain: Readonly<Record<Side, Buffer>>
  readonly inner: readonly StreamEvent[]
  readonly hint: RouteHint | undefined
  readonly shape: FlowShape | undefined
}

export class TlsPlayer {
  readonly keys: KeyStore
  readonly layer: TlsLayer
  readonly #facts: WireFact[] = []
  readonly #inner: StreamEvent[] = []
  #hint: RouteHint | undefined
  #shape: FlowShape | undefined
  lingering = false

  constructor({ keyLog = "", linger = false, keys = new KeyStore() }: { keyLog?: string; linger?: boolean; keys?: KeyStore } = {}) {
    this.keys = keys
    this.addKeys(keyLog)
    const collector: Layer = {
      handle: (event) => {
        this.#inner.push(event.type === "data" ? { ...event, bytes: new Uint8Array(event.bytes) } : event)
      },
    }
    const context: LayerContext = {
      emit: (fact) => this.#facts.push(fact),
      keys: this.keys,
      route: (hint) => {
        this.#hint = hint
        return collector
      },
      named: () => undefined,
      shape: (shape) => {
        this.#shape = shape
      },
    }
    if (linger) context.linger = () => (this.lingering = true)
    this.layer = new TlsLayer(context, { inside: "tcp", serverPort: 443 })
  }

  addKeys(text: string): this {
    this.keys.addText(Buffer.from(text, "latin1"))
    return this
  }
  play(events: readonly StreamEvent[], { flushEvery = 4 } = {}): this {
    for (const [index, event] of events.entries()) {
      this.layer.handle(event)
      if (index % flushEvery === flushEvery - 1) this.layer.flush()
    }
    this.layer.flush()
    return this
  }

  get result(): Played {
    const of = (side: Side) =>
      Buffer.concat(this.#inner.flatMap((event) => (event.type === "data" && event.side === side ? [event.bytes] : [])))
    return {
      facts: this.#facts,
      tls: this.#facts.find((fact) => fact.type === "tls"),
      anomalies: this.#facts.filter((fact) => fact.type === "anomaly"),
      plain: { client: of("client"), server: of("server") },
      inner: this.#inner,
      hint: this.#hint,
      shape: this.#shape,
    }
  }
}

export function playTls(events: readonly StreamEvent[], keyLog: string): Played {
  return new TlsPlayer({ keyLog }).play(events).result
}

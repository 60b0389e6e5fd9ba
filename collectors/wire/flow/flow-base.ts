// What connections and datagram flows have in common: they are the context of their layers, they count, and they tell what they find.
import type { KeyLookup, LayerContext, Lingering, RouteHint } from "../context.ts"
import type { WireFact } from "../facts.ts"
import { streamsProtocols } from "../protocols.ts"
import type { StreamsLayer } from "../quic/streams.ts"
import { Router } from "../router.ts"
import type { Layer, Micros, Side } from "../stream.ts"
import { DEFAULT_PATIENCE } from "../tls/waiting-records.ts"
import type { Endpoint } from "./address.ts"
import type { FlowShape, FlowSummary, FlowView, Transport, WireSink } from "./flow.ts"
import type { FlowTable } from "./flow-table.ts"

/** One for all flows of a wire. */
export interface FlowServices {
  readonly table: FlowTable
  readonly sink: WireSink
  readonly keys: KeyLookup
  /** The flow has work to finish at the end of the batch. */
  touched(flow: FlowBase): void
}

export abstract class FlowBase implements FlowView, LayerContext {
  readonly id: number
  readonly vni: number
  readonly start: Micros
  abstract readonly transport: Transport
  abstract readonly epoch: number
  protected readonly services: FlowServices
  /** Which endpoint of the table's key is the client. */
  abstract readonly clientIndex: 0 | 1
  layers: readonly string[] = NO_LAYERS
  /** In `touched` since the last flush. */
  dirty = false
  /** Bytes the layers held at the last look. */
  heldBefore = 0
  last: Micros
  /** Packets that came cut to the mirror's or the capture's size limit. */
  cutPackets = 0
  /** Which VNI each endpoint's packets came with first; -1 before. Overlays may use one for each direction; a second one in a direction is a copy. */
  firstVni = -1
  secondVni = -1
  /** Numbers in the table of the same flow seen with another VNI. */
  aliases: number[] | undefined
  /** Number in the table of address pairs without VNI, -1 when it has none. */
  tuple = -1
  #low: Endpoint | undefined
  #high: Endpoint | undefined
  #anomalies: Map<string, number> | undefined
  #lingering: Lingering[] | undefined
  #shape: FlowShape | undefined

  constructor(services: FlowServices, { id, vni, at }: { id: number; vni: number; at: Micros }) {
    this.services = services
    this.id = id
    this.vni = vni
    this.start = at
    this.last = at
  }

  get keys(): KeyLookup {
    return this.services.keys
  }
  get client(): Endpoint {
    return this.clientIndex === 0 ? this.low : this.high
  }
  get server(): Endpoint {
    return this.clientIndex === 0 ? this.high : this.low
  }
  get low(): Endpoint {
    this.#low ??= this.services.table.endpoint(this.id, 0)
    return this.#low
  }
  get high(): Endpoint {
    this.#high ??= this.services.table.endpoint(this.id, 1)
    return this.#high
  }

  emit(fact: WireFact): void {
    if (fact.type === "anomaly" && this.#isRepeated(`${fact.layer} ${fact.code}`)) return
    this.services.sink.fact(this, fact)
  }
  route(hint: RouteHint, within: LayerContext = this): Layer {
    return new Router(within, hint)
  }
  routeStreams(hint: RouteHint): StreamsLayer | undefined {
    const { alpn } = hint
    const protocol = streamsProtocols.find((one) => alpn !== undefined && one.alpn.includes(alpn))
    if (protocol === undefined) return undefined
    this.named(protocol.name)
    return protocol.create(this, hint)
  }
  linger(layer: Lingering): void {
    this.#lingering ??= []
    this.#lingering.push(layer)
  }
  /** Its connection is over, but what it held may still be read. */
  waitsForKeys(now: Micros): boolean {
    return this.#lingering !== undefined && now - this.last < (this.keys.patience ?? DEFAULT_PATIENCE).micros && this.held > 0
  }
  shape(shape: FlowShape): void {
    this.#shape ??= shape
  }
  named(layer: string): void {
    if (!this.layers.includes(layer)) this.layers = [...this.layers, layer]
  }

  oddity(layer: string, code: string, { at, side, detail }: { at: Micros; side?: Side | undefined; detail?: string }): void {
    this.emit({ type: "anomaly", at, layer, code, side, detail })
  }

  vniFrom(direction: 0 | 1): number {
    return direction === 0 ? this.firstVni : this.secondVni
  }
  setVni(direction: 0 | 1, vni: number): void {
    if (direction === 0) this.firstVni = vni
    else this.secondVni = vni
  }

  /** Packets and payload bytes that an endpoint of the table's key sent. */
  abstract packetsFrom(index: 0 | 1): number
  abstract bytesFrom(index: 0 | 1): number
  /** Bytes that the layers hold. */
  abstract readonly held: number
  /** Work put off to the end of the batch. Returns the bytes that the layers hold. */
  abstract flush(): number
  /** Gives up the layers and what they hold. */
  abstract abandon(at: Micros): void
  abstract close(how: "timeout" | "evicted" | "open", at: Micros): void

  /** The flow is about to be forgotten: keys that have not come will not be waited for. */
  protected abandonLingering(at: Micros): void {
    const layers = this.#lingering ?? []
    this.#lingering = undefined
    for (const layer of layers) layer.abandon(at)
  }

  protected summary(close: FlowSummary["close"], more: Partial<FlowSummary> = {}): FlowSummary {
    const [client, server] = this.clientIndex === 0 ? ([0, 1] as const) : ([1, 0] as const)
    return {
      layers: this.layers,
      packets: { client: this.packetsFrom(client), server: this.packetsFrom(server) },
      bytes: { client: this.bytesFrom(client), server: this.bytesFrom(server) },
      gapBytes: NONE,
      retransmittedBytes: NONE,
      cutPackets: this.cutPackets,
      start: this.start,
      end: this.last,
      close,
      handshakeSeen: false,
      ...more,
      shape: this.#shape ?? more.shape,
    }
  }

  #isRepeated(name: string): boolean {
    this.#anomalies ??= new Map()
    const count = (this.#anomalies.get(name) ?? 0) + 1
    if (this.#anomalies.size >= MAX_ANOMALY_KINDS && count === 1) return true
    this.#anomalies.set(name, count)
    return count > MAX_REPEATED
  }
}

const NONE = { client: 0, server: 0 }
// Shared: an array for each flow would be a tenth of what a silent one costs.
const NO_LAYERS: readonly string[] = []
// A hostile flow can repeat its oddity with every packet: a few tell the story, the rest only costs storage.
const MAX_REPEATED = 4
const MAX_ANOMALY_KINDS = 64

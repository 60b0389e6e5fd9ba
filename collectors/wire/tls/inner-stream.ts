// The plaintext of both sides as the byte stream of the layer inside, which is made at the first byte, when the ALPN is known as well as it will be.
// Early data is held until it is known whether the server took it: what it rejected was never read by anyone.
import { copyBytes } from "../bytes.ts"
import type { LayerContext, RouteHint } from "../context.ts"
import type { EndEvent, Layer, Micros, Side } from "../stream.ts"
import type { Handshake } from "./handshake.ts"
import type { OpenedRecord } from "./side.ts"
import type { TlsSide } from "./tls-side-state.ts"

interface InnerData {
  readonly plain: Uint8Array
  readonly at: Micros
  /** Sent as early data. */
  readonly early: boolean
  readonly handshake: Handshake
}

export class InnerStream {
  readonly #context: LayerContext
  readonly #hint: () => RouteHint
  readonly #offsets: Record<Side, number> = { client: 0, server: 0 }
  #layer: Layer | undefined
  #early: { readonly plain: Uint8Array; readonly at: Micros }[] = []
  #earlyBytes = 0

  constructor(context: LayerContext, hint: () => RouteHint) {
    this.#context = context
    this.#hint = hint
  }

  get held(): number {
    return this.#earlyBytes + (this.#layer?.held ?? 0)
  }

  data(side: TlsSide, { plain, at, early, handshake }: InnerData): void {
    if (early && handshake.earlyData !== "accepted") {
      if (handshake.earlyData === "rejected" || this.#earlyBytes + plain.length > MAX_EARLY) return
      this.#early.push({ plain: copyBytes(plain), at })
      this.#earlyBytes += plain.length
      return
    }
    this.deliver(side.name, plain, at)
  }

  /** What is certain to be no early data. */
  deliver(side: Side, bytes: Uint8Array, at: Micros): void {
    if (bytes.length === 0) return
    this.#layer ??= this.#context.route(this.#hint())
    const offsets = this.#offsets
    const offset = side === "client" ? offsets.client : offsets.server
    this.#layer.handle({ type: "data", side, at, offset, bytes })
    if (side === "client") offsets.client += bytes.length
    else offsets.server += bytes.length
  }

  settleEarlyData(side: TlsSide, handshake: Handshake, at: Micros): void {
    if (this.#early.length === 0 || handshake.earlyData === "offered") return
    const early = this.#early
    this.#early = []
    this.#earlyBytes = 0
    if (handshake.earlyData !== "accepted") return
    for (const { plain } of early) this.deliver(side.name, plain, at)
  }

  /** Called before each record that was read: what was lost before it becomes a gap. */
  gapBefore(side: TlsSide, { missing, exact }: OpenedRecord, at: Micros): void {
    const lostBytes = side.lostBytes
    side.lostBytes = 0
    if (lostBytes === 0 && missing === 0) return
    if (missing === 0 && exact) return
    side.lostRecords += Math.max(1, missing)
    side.missed += Math.max(1, missing)
    const overhead = side.protection?.overhead
    const length = exact && lostBytes !== undefined && overhead !== undefined ? lostBytes - missing * overhead : 0
    this.#gap(side.name, Math.max(0, length), at)
  }

  /** Nothing more can be read of this side. */
  breakOff(side: TlsSide, at: Micros): void {
    if (this.#offsets[side.name] > 0 || this.#layer !== undefined) this.#gap(side.name, 0, at)
  }

  end(side: TlsSide, event: EndEvent): void {
    if (this.#layer === undefined) return
    if (side.lostBytes !== 0) this.#gap(side.name, 0, event.at)
    this.#layer.handle({ ...event, offset: this.#offsets[side.name] })
  }

  flush(): void {
    this.#layer?.flush?.()
  }

  #gap(side: Side, length: number, at: Micros): void {
    this.#layer ??= this.#context.route(this.#hint())
    this.#layer.handle({ type: "gap", side, at, offset: this.#offsets[side], length })
    this.#offsets[side] += length
  }
}

// Servers take 16 KB of early data unless told otherwise (max_early_data_size of OpenSSL); some take more.
const MAX_EARLY = 131_072

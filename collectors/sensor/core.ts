// One sensor worker: packets in, envelopes out. Everything between is synchronous and pure; files, sockets and queues are the caller's.
import type { TrustedIssuer } from "../../services/contracts/activity/principal.ts"
import type { ActivityData, Envelope, FlowRef } from "../../services/contracts/envelope.ts"
import { createExtractor, type Emit, type Extractor, type OnFile } from "../extract/extractor.ts"
import { activityId } from "../extract/ids.ts"
import { placeFlow, type WorkloadLookup } from "../extract/workload.ts"
import type { KeyStore } from "../keys/key-store.ts"
import type { KeyLookup } from "../wire/context.ts"
import type { AnomalyFact, WireFact } from "../wire/facts.ts"
import type { FlowSummary, FlowView, WireSink } from "../wire/flow/flow.ts"
import type { PacketBatch } from "../wire/packet-batch.ts"
import type { Micros } from "../wire/stream.ts"
import { Wire, type WireLimits } from "../wire/wire.ts"
import { FlowRefs } from "./flow-refs.ts"
import { SensorTally } from "./summary.ts"

export interface SensorCoreOptions {
  /** Name of the sensor: part of every id. */
  readonly sensor: string
  readonly keys: KeyStore
  /** Asked in place of `keys`, by whoever wants to know which are used. */
  readonly lookup?: KeyLookup
  readonly emit: Emit
  readonly workload?: WorkloadLookup
  readonly limits?: Partial<WireLimits>
  readonly seed?: number
  /** Given the bytes of every file that a `file` envelope names. */
  readonly onFile?: OnFile
  readonly issuers?: readonly TrustedIssuer[]
}

export class SensorCore implements WireSink {
  readonly wire: Wire
  readonly tally = new SensorTally()
  readonly #options: SensorCoreOptions
  readonly #extractor: Extractor
  readonly #refs = new FlowRefs()
  readonly #workload: WorkloadLookup
  #facts: { readonly at: Micros; readonly fact: WireFact; readonly ref: FlowRef }[] = []
  #lastAt: Micros = 0

  constructor(options: SensorCoreOptions) {
    this.#options = options
    this.#workload = options.workload ?? (() => undefined)
    this.#extractor = createExtractor({
      sensor: options.sensor,
      workload: this.#workload,
      ...(options.onFile === undefined ? {} : { onFile: options.onFile }),
      ...(options.issuers === undefined ? {} : { issuers: options.issuers }),
    })
    this.wire = new Wire({
      sink: this,
      keys: options.lookup ?? options.keys,
      ...(options.seed === undefined ? {} : { seed: options.seed }),
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    })
  }

  read(batch: PacketBatch): void {
    for (const secrets of batch.secrets) this.#options.keys.addText(secrets)
    if (batch.count > 0) this.#lastAt = batch.at[batch.count - 1] ?? this.#lastAt
    this.wire.read(batch)
    this.#name()
  }

  /** Time passes without packets. */
  advance(now: Micros): void {
    this.#options.keys.advance(now)
    this.wire.advance(now)
    this.#name()
  }

  /** End of the traffic: everything that was held back goes out. */
  end(): void {
    this.wire.end()
    this.#name()
    this.#extractor.end(this.#lastAt, this.#emit)
  }

  fact(flow: FlowView, fact: WireFact): void {
    this.tally.fact(fact)
    this.#facts.push({ at: seenAt(fact), fact, ref: this.#refs.learn(flow, fact) })
  }

  /**
   * Records are decrypted in bulk at the end of a batch, flow by flow, so facts of different flows come out of order. What is named rests on what was
   * seen before on other connections (sessions, conversations, agents): so the facts of a batch are put into the order of time first.
   */
  #name(): void {
    const facts = this.#facts
    if (facts.length === 0) return
    this.#facts = []
    facts.sort((a, b) => a.at - b.at)
    for (const { fact, ref } of facts) this.#extractor.handle(fact, ref, this.#emit)
  }

  closed(flow: FlowView, summary: FlowSummary): void {
    this.tally.closed(summary)
    const ref = this.#refs.of(flow)
    const placed = placeFlow(ref, this.#workload)
    this.#emit({
      v: 1,
      kind: "flow",
      id: activityId({ sensor: this.#options.sensor, flow: ref.id, kind: "flow", position: "" }),
      at: summary.start,
      sensor: this.#options.sensor,
      vantage: "mirror",
      flow: ref,
      agent: this.#extractor.agentOf(ref, summary.end),
      direction: placed.direction,
      data: flowRow(flow, { ref, summary, suspected: this.#extractor.suspectedModel(ref, summary) }),
    })
  }

  problem(code: string, detail: string, at: Micros): void {
    const fact: AnomalyFact = {
      type: "anomaly",
      at,
      layer: code.split("-")[0] ?? "packet",
      code,
      side: undefined,
      detail: detail || undefined,
    }
    this.#extractor.handle(fact, NO_FLOW, this.#emit)
  }

  readonly #emit = (envelope: Envelope): void => {
    this.tally.activity(envelope.kind)
    this.#options.emit(envelope)
  }
}

/** When a fact was complete. */
function seenAt(fact: WireFact): Micros {
  return fact.type === "exchange" ? Math.max(fact.request?.endedAt ?? 0, fact.response?.endedAt ?? 0) : fact.at
}

interface FlowParts {
  readonly ref: FlowRef
  readonly summary: FlowSummary
  readonly suspected: ActivityData<"flow">["suspectedModel"]
}

function flowRow(flow: FlowView, { ref, summary, suspected }: FlowParts): ActivityData<"flow"> {
  const { layers, packets, bytes, gapBytes, retransmittedBytes, cutPackets, start, end, close, handshakeSeen, shape } = summary
  return {
    vni: ref.vni,
    client: ref.client,
    server: ref.server,
    transport: flow.transport,
    layers: [...layers],
    packets,
    bytes,
    gapBytes,
    retransmittedBytes,
    ...(cutPackets > 0 && { cutPackets }),
    start,
    end,
    close,
    handshakeSeen,
    ...(suspected !== undefined && { suspectedModel: suspected }),
    ...(shape === undefined
      ? {}
      : {
          shape: { clientSizes: [...shape.clientSizes], serverSizes: [...shape.serverSizes], serverGapMicros: [...shape.serverGapMicros] },
        }),
  }
}

/** What is wrong with the capture, or with a packet that has no flow, is told under this name. */
const NO_FLOW: FlowRef = {
  id: "capture",
  vni: 0,
  client: { ip: "0.0.0.0", port: 0 },
  server: { ip: "0.0.0.0", port: 0 },
  transport: "pipe",
}

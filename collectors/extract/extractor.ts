// Facts become named activity. One extractor serves one sensor worker: all flows of a workload pass through it in packet order.
//
// Laws: synchronous and pure; time comes in with the facts; state is bounded by the named limits of the parts. What no parser understands still
// goes on as its http, websocket, tls or dns row, so that no traffic is lost for want of a name.
import type { AgentRef, Envelope, FlowRef, Vantage } from "../../services/contracts/envelope.ts"
import type { AnomalyFact, HttpExchange, WebSocketFact, WireFact } from "../wire/facts.ts"
import type { Micros } from "../wire/stream.ts"
import { activityId } from "./ids.ts"
import { modelCall } from "./llm/call.ts"
import { Conversations } from "./llm/conversation.ts"
import { recogniseModelCall } from "./llm/recognise.ts"
import { dnsRow, httpRow, tlsRow, websocketRow } from "./rows.ts"
import { ExchangeView } from "./view.ts"
import { type Placed, placeFlow, type WorkloadLookup } from "./workload.ts"

export interface ExtractorOptions {
  readonly sensor: string
  readonly vantage?: Vantage
  /** What mirroring knows of a private address. */
  readonly workload?: WorkloadLookup
}

export type Emit = (envelope: Envelope) => void

export interface Extractor {
  handle(fact: WireFact, flow: FlowRef, emit: Emit): void
  /** No more facts: what was held back goes out. */
  end(at: Micros, emit: Emit): void
}

export function createExtractor(options: ExtractorOptions): Extractor {
  const { sensor, vantage = "mirror", workload = () => undefined } = options
  const conversations = new Conversations()
  const envelopeFor = (flow: FlowRef, at: Micros, kind: string, position: string) => {
    const placed = placeFlow(flow, workload)
    const id = activityId({ sensor, flow: flow.id, kind, position })
    return { placed, base: { v: 1 as const, id, at, sensor, vantage, flow, agent: workloadAgent(placed), direction: placed.direction } }
  }

  return {
    handle(fact, flow, emit) {
      switch (fact.type) {
        case "exchange": {
          const view = new ExchangeView(fact, flow)
          const call = recogniseModelCall(view)
          const { base, placed } = envelopeFor(flow, startOf(fact), "http", exchangePosition(fact))
          if (call === undefined) {
            emit({ ...base, kind: "http", data: httpRow(fact, { withText: true }) })
            return
          }
          const id = activityId({ sensor, flow: flow.id, kind: "llm", position: exchangePosition(fact) })
          emit({ ...base, kind: "http", data: { ...httpRow(fact, { withText: false }), named: [{ kind: "llm", id }] } })
          const data = modelCall(view, call, conversations, { scope: placed.workload.id, activity: id })
          emit({ ...base, id, kind: "llm", data })
          return
        }
        case "websocket": {
          const { base, placed } = envelopeFor(flow, fact.at, "websocket", messagePosition(fact))
          emit({ ...base, kind: "websocket", data: websocketRow(fact, placed) })
          return
        }
        case "tls":
          emit({ ...envelopeFor(flow, fact.at, "tls", String(fact.at)).base, kind: "tls", data: tlsRow(fact) })
          return
        case "dns":
          emit({ ...envelopeFor(flow, fact.at, "dns", String(fact.index)).base, kind: "dns", data: dnsRow(fact) })
          return
        case "anomaly":
          emit({ ...envelopeFor(flow, fact.at, "anomaly", anomalyPosition(fact)).base, kind: "anomaly", data: anomalyRow(fact) })
          return
        case "sse":
          return
      }
    },
    end() {},
  }
}

/** The name when nothing says more: the machine itself. */
function workloadAgent({ workload }: Placed): AgentRef {
  return { id: `workload:${workload.id}`, name: "unknown", confidence: 0, signals: [], conflicts: [], workload }
}

function startOf(exchange: HttpExchange): Micros {
  return exchange.request?.startedAt ?? exchange.response?.startedAt ?? 0
}

/** The time keeps apart what tunnels inside one flow number alike. */
function exchangePosition(exchange: HttpExchange): string {
  return `${exchange.stream}@${startOf(exchange)}`
}

function messagePosition({ stream, side, index }: WebSocketFact): string {
  return `${stream}.${side}.${index}`
}

function anomalyPosition({ layer, code, side, at, detail }: AnomalyFact): string {
  return [layer, code, side ?? "", at, detail ?? ""].join(" ")
}

function anomalyRow({ layer, code, detail, side }: AnomalyFact) {
  return { layer, code, ...(detail !== undefined && { detail }), ...(side !== undefined && { side }) }
}

// Facts become named activity. One extractor serves one sensor worker: all flows of a workload pass through it in packet order.
//
// Laws: synchronous and pure; time comes in with the facts; state is bounded by the named limits of the parts. What no parser understands still
// goes on as its http, websocket, tls or dns row, so that no traffic is lost for want of a name.

import type { TrustedIssuer } from "../../services/contracts/activity/principal.ts"
import { hostOf } from "../../services/contracts/catalogue/match.ts"
import type { AgentRef, FlowRef, Vantage } from "../../services/contracts/envelope.ts"
import type { AnomalyFact, WebSocketFact, WireFact } from "../wire/facts.ts"
import type { Micros } from "../wire/stream.ts"
import { ExchangeNamer, exchangePosition, type OnFile, startOf } from "./exchanges.ts"
import { Agents } from "./identity/agents.ts"
import { TokenVerifier } from "./identity/verify.ts"
import { Conversations } from "./llm/conversation.ts"
import { EncryptedStreams, type SeenFlow, type SuspectedModel } from "./llm/encrypted.ts"
import { ModelSockets, type SocketCall } from "./llm/sockets.ts"
import { InsideLlm } from "./mcp/inside-llm.ts"
import { McpNamer } from "./mcp/namer.ts"
import { type Emit, emitRow, type Origin } from "./origin.ts"
import { dnsRow, httpRow, tlsRow, websocketRow } from "./rows.ts"
import { placeFlow, type WorkloadLookup } from "./workload.ts"

export type { Emit, OnFile }

export interface ExtractorOptions {
  readonly sensor: string
  readonly vantage?: Vantage
  /** What mirroring knows of a private address. */
  readonly workload?: WorkloadLookup
  /** Given the bytes of every file that a `file` row names. */
  readonly onFile?: OnFile
  /** Issuers of tokens whose keys the operator gave: their tokens can be verified. */
  readonly issuers?: readonly TrustedIssuer[]
}

export interface Extractor {
  handle(fact: WireFact, flow: FlowRef, emit: Emit): void
  /** Who is behind a flow, as far as is known now. */
  agentOf(flow: FlowRef, at: Micros): AgentRef
  /** Whether a connection that nobody could read looks like one to a model. Asked once, when it has ended. */
  suspectedModel(flow: FlowRef, seen: SeenFlow): SuspectedModel | undefined
  /** No more facts: what was held back goes out. */
  end(at: Micros, emit: Emit): void
}

export function createExtractor(options: ExtractorOptions): Extractor {
  const { sensor, vantage = "mirror", workload = () => undefined, onFile = () => {}, issuers = [] } = options
  const conversations = new Conversations()
  const mcp = new McpNamer()
  const inside = new InsideLlm()
  const agents = new Agents()
  const streams = new EncryptedStreams()
  const exchanges = new ExchangeNamer({ agents, conversations, mcp, inside, onFile, verifier: new TokenVerifier(issuers) })
  const sockets = new ModelSockets(conversations, (call) => exchanges.tellCall(agentOfCall(agents, call)))
  const originFor = (flow: FlowRef, at: Micros, emit: Emit): Origin => {
    const placed = placeFlow(flow, workload)
    return { sensor, vantage, flow, placed, agent: agents.of({ flow, placed, at }), emit }
  }

  const name = (fact: WireFact, flow: FlowRef, emit: Emit): void => {
    const origin = originFor(flow, timeOf(fact), emit)
    switch (fact.type) {
      case "exchange":
        exchanges.handle(fact, flow, origin)
        return
      case "websocket":
        if (fact.index === 0 && origin.placed.side === "client") {
          agents.observe({ flow, placed: origin.placed, at: fact.at }, { headers: fact.requestHeaders, host: hostOf(fact.authority) })
        }
        nameFrame(fact, origin)
        return
      case "tls":
        agents.hello(flow, fact.ja4)
        emitRow(origin, { kind: "tls", at: fact.at, position: String(fact.at), data: tlsRow(fact) })
        return
      case "dns":
        emitRow(origin, { kind: "dns", at: fact.at, position: String(fact.index), data: dnsRow(fact) })
        return
      case "anomaly":
        emitRow(origin, { kind: "anomaly", at: fact.at, position: anomalyPosition(fact), data: anomalyRow(fact) })
        return
      case "sse":
        mcp.event(fact, origin)
        return
    }
  }

  const nameFrame = (fact: WebSocketFact, origin: Origin): void => {
    const position = messagePosition(fact)
    const withText = mcp.frame(fact, origin) || !sockets.frame(fact, origin)
    emitRow(origin, { kind: "websocket", at: fact.at, position, data: websocketRow(fact, origin.placed, { withText }) })
    exchanges.frameFiles(fact, origin, position)
  }

  return {
    handle(fact, flow, emit) {
      try {
        name(fact, flow, emit)
      } catch (error) {
        // Nesting deeper than the stack, or a mistake of ours: the fact still goes on, and the failure is counted, not thrown.
        passOn(fact, originFor(flow, timeOf(fact), emit), error)
      }
    },
    agentOf: (flow, at) => agents.of({ flow, placed: placeFlow(flow, workload), at }),
    suspectedModel: (flow, seen) =>
      streams.judge(seen, {
        conversation: `${placeFlow(flow, workload).workload.id}|${flow.host ?? flow.server.ip}`,
        runtime: agents.runtimeOf(flow),
      }),
    end(at, emit) {
      sockets.end(emit, at)
      mcp.end(emit)
      inside.end(emit)
    },
  }
}

function timeOf(fact: WireFact): Micros {
  return fact.type === "exchange" ? startOf(fact) : fact.at
}

function passOn(fact: WireFact, origin: Origin, error: unknown): void {
  const at = timeOf(fact)
  if (fact.type === "exchange")
    emitRow(origin, { kind: "http", at, position: exchangePosition(fact), data: httpRow(fact, { withText: true }) })
  const detail = error instanceof Error ? error.message.slice(0, MAX_DETAIL) : "unknown"
  const position = `failed ${fact.type} ${at} ${fact.type === "exchange" ? exchangePosition(fact) : ""}`
  emitRow(origin, { kind: "anomaly", at, position, data: { layer: "extract", code: "extract-failed", detail } })
}

/** Over a socket the prompt and the tools come in frames, the product's headers in the upgrade. */
function agentOfCall(agents: Agents, call: SocketCall): SocketCall {
  const { origin, data, at, headers, prompts } = call
  const evidence = { headers, host: data.host, prompts, tools: data.toolsProvided }
  const agent = agents.observe({ flow: origin.flow, placed: origin.placed, at }, evidence, data.conversationId)
  return { ...call, origin: { ...origin, agent } }
}

export function messagePosition({ stream, side, index }: WebSocketFact): string {
  return `${stream}.${side}.${index}`
}

function anomalyPosition({ layer, code, side, at, detail }: AnomalyFact): string {
  return [layer, code, side ?? "", at, detail ?? ""].join(" ")
}

function anomalyRow({ layer, code, detail, side }: AnomalyFact) {
  return { layer, code, ...(detail !== undefined && { detail }), ...(side !== undefined && { side }) }
}

const MAX_DETAIL = 200

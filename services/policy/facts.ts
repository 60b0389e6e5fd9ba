// What a policy rule may ask of an activity, in one flat shape, whatever the vantage it was seen from.
import type { Envelope, Vantage } from "../contracts/envelope.ts"
import type { Subject } from "../contracts/inspection.ts"
import type { Direction, Micros } from "../contracts/primitives.ts"

export interface PolicyFacts {
  readonly at: Micros
  readonly vantage: Vantage
  readonly kind: string
  readonly agent: string
  readonly workload: string
  readonly egressIp?: string
  readonly host: string
  readonly ip: string
  readonly port: number
  readonly destinationClass: string
  /** What speaks on the wire: "llm", "mcp", "a2a", "http", … and the vendor where known. */
  readonly application: string
  readonly provider?: string
  readonly models: readonly string[]
  readonly tools: readonly string[]
  readonly mcpServer?: string
  /** HTTP, JSON-RPC or model operation. */
  readonly method: string
  readonly direction: Direction
  readonly country?: string
  readonly emailDomain?: string
  /** Only from a verified token or a trusted header. */
  readonly userEmail?: string
}

export function factsOf(envelope: Envelope, subject: Subject): PolicyFacts {
  const { destination } = subject
  const { agent, flow } = envelope
  return {
    at: envelope.at,
    vantage: envelope.vantage,
    kind: envelope.kind,
    agent: agent.name,
    workload: agent.workload.id,
    ...(agent.workload.egressIp === undefined ? {} : { egressIp: agent.workload.egressIp }),
    host: destination?.host ?? flow.host ?? flow.server.ip,
    ip: flow.server.ip,
    port: flow.server.port,
    destinationClass: destination?.class ?? "unknown",
    application: envelope.kind,
    ...(destination?.provider === undefined ? {} : { provider: destination.provider }),
    direction: subject.direction,
    ...kindFacts(envelope),
  }
}

function kindFacts(envelope: Envelope): Pick<PolicyFacts, "models" | "tools" | "method" | "mcpServer"> {
  switch (envelope.kind) {
    case "llm": {
      const { requestModel, responseModel, toolCalls, operation } = envelope.data
      const models = [requestModel, responseModel].flatMap((model) => (model === undefined ? [] : [model]))
      return { models: [...new Set(models)], tools: [...new Set(toolCalls.map(({ name }) => name))], method: operation }
    }
    case "mcp": {
      const { toolName, method, host, server } = envelope.data
      return { models: [], tools: toolName === undefined ? [] : [toolName], method, mcpServer: host || (server?.name ?? "") }
    }
    case "http":
    case "a2a":
      return { models: [], tools: [], method: envelope.data.method }
    case "dns":
      return { models: [], tools: [], method: envelope.data.type }
    default:
      return { models: [], tools: [], method: "" }
  }
}

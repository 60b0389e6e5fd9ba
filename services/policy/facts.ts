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
  /** Of a request that reaches an agent: what a trusted proxy may have said, before the policy chooses whom it trusts. */
  readonly caller?: { readonly ip: string; readonly headers: Readonly<Record<string, string>> }
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
    ...verifiedUser(envelope),
    ...(subject.direction === "inbound" && envelope.kind === "http"
      ? { caller: { ip: flow.client.ip, headers: callerHeaders(envelope.data.request.headers) } }
      : {}),
  }
}

/** Only a token that a configured key has verified says who somebody is. */
function verifiedUser(envelope: Envelope): Pick<PolicyFacts, "userEmail" | "emailDomain"> {
  const principals = envelope.kind === "http" ? (envelope.data.principals ?? []) : []
  const email = principals.find(({ status, email }) => status === "verified" && email !== undefined)?.email
  return email === undefined ? {} : { userEmail: email, emailDomain: email.slice(email.lastIndexOf("@") + 1) }
}

/** Short ones only, repetitions dropped: the policy picks at most two of them. A header sent twice was forged once. */
function callerHeaders(headers: readonly (readonly [string, string])[]): Record<string, string> {
  const seen = new Map<string, string | undefined>()
  for (const [name, value] of headers.slice(0, MAX_HEADERS)) seen.set(name, seen.has(name) ? undefined : value)
  return Object.fromEntries(
    [...seen].filter((entry): entry is [string, string] => IDENTITY.test(entry[0]) && entry[1] !== undefined && entry[1].length <= 320),
  )
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

// Never credentials: facts travel with findings' decisions and may be logged.
const IDENTITY = /country|geo|email|user|principal|identity/
const MAX_HEADERS = 200

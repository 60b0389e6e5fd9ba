// Activity as it may leave the house: who, where, how much, which model and tool. Without the grant of content there is no query string, no prompt, no
// argument, no body, and a path segment that looks like a token is masked; so a queue on disk never holds more than its destination may have.

import type { Message } from "../contracts/activity/genai.ts"
import type { Envelope } from "../contracts/envelope.ts"

export interface ActivityNote {
  readonly id: string
  /** Microseconds since the epoch. */
  readonly at: number
  readonly kind: "flow" | "tls" | "dns" | "http" | "llm" | "mcp" | "file" | "skill"
  readonly flow: Pick<Envelope["flow"], "client" | "server" | "transport"> & { readonly id: string; readonly host: string }
  readonly agent: { readonly id: string; readonly name: string; readonly version?: string; readonly ip: string; readonly egressIp: string }
  readonly direction: "outbound" | "inbound"
  readonly http?: {
    readonly version: string
    readonly scheme: string
    readonly method: string
    readonly authority: string
    readonly path: string
    readonly query?: string
    readonly status: number
    readonly requestBytes: number
    readonly responseBytes: number
    readonly responseType?: string
    readonly userAgent?: string
  }
  readonly ai?: {
    readonly operation: string
    readonly provider: string
    readonly requestModel?: string
    readonly responseModel?: string
    readonly responseId?: string
    readonly conversationId?: string
    readonly inputTokens?: number
    readonly outputTokens?: number
    readonly finishReasons: readonly string[]
    readonly toolNames: readonly string[]
    readonly system?: readonly string[]
    readonly input?: readonly Message[]
    readonly output?: readonly Message[]
  }
  readonly mcp?: {
    readonly method: string
    readonly server: string
    readonly tool?: string
    readonly session?: string
    readonly protocol?: string
    readonly isError: boolean
    readonly arguments?: string
    readonly result?: string
  }
  readonly file?: {
    readonly name: string
    readonly bytes: number
    readonly sha256: string
    readonly mediaType: string
    readonly inbound: boolean
    readonly skill: boolean
  }
  readonly traffic?: {
    readonly bytesOut: number
    readonly bytesIn: number
    readonly packetsOut: number
    readonly packetsIn: number
    readonly missed: number
    readonly start: number
    readonly end: number
    readonly close: string
    readonly layers: readonly string[]
  }
  readonly tls?: {
    readonly sni?: string
    readonly version?: string
    readonly cipher?: string
    readonly ja3?: string
    readonly ja4?: string
    readonly alpn?: string
    readonly decryption: string
  }
  readonly dns?: { readonly name: string; readonly type: string; readonly rcode: string }
}

/** Undefined: a kind that is told by its findings, or already by another activity of the same exchange. */
export function activityNote(envelope: Envelope, { content }: { readonly content: boolean }): ActivityNote | undefined {
  const detail = detailOf(envelope, content)
  if (detail === undefined) return undefined
  const { id, at, flow, agent, direction } = envelope
  return {
    id,
    at,
    flow: { id: flow.id, client: flow.client, server: flow.server, transport: flow.transport, host: maskedName(flow.host ?? "") },
    agent: {
      id: agent.id,
      name: maskedName(agent.name),
      ...(agent.version !== undefined && { version: maskedName(agent.version) }),
      ip: agent.workload.ip,
      egressIp: agent.workload.egressIp ?? "",
    },
    direction: direction ?? (flow.server.ip === agent.workload.ip ? "inbound" : "outbound"),
    ...detail,
  }
}

type Detail = Pick<ActivityNote, "kind"> & Partial<ActivityNote>

function detailOf(envelope: Envelope, content: boolean): Detail | undefined {
  switch (envelope.kind) {
    case "flow":
      return { kind: "flow", traffic: trafficOf(envelope.data) }
    case "tls":
      return { kind: "tls", tls: tlsOf(envelope.data) }
    case "dns":
      return { kind: "dns", dns: { name: maskedName(envelope.data.name), type: envelope.data.type, rcode: envelope.data.rcode ?? "" } }
    case "http":
      return { kind: "http", http: httpOf(envelope.data, content) }
    case "llm":
      return { kind: "llm", ai: aiOf(envelope.data, content) }
    case "mcp":
      return { kind: "mcp", mcp: mcpOf(envelope.data, content) }
    case "file": {
      const { name, bytes, sha256, mediaType, direction } = envelope.data
      return {
        kind: "file",
        file: { name: maskedName(name), bytes, sha256, mediaType: maskedName(mediaType), inbound: direction === "inbound", skill: false },
      }
    }
    case "skill": {
      const { name, hash, files, how } = envelope.data
      const bytes = files.reduce((total, file) => total + file.bytes, 0)
      return {
        kind: "skill",
        file: {
          name: maskedName(name),
          bytes,
          sha256: hash,
          mediaType: "application/x-agent-skill",
          inbound: how !== "uploaded",
          skill: true,
        },
      }
    }
    default:
      return undefined
  }
}

type Data<K extends Envelope["kind"]> = Extract<Envelope, { kind: K }>["data"]

function trafficOf({ bytes, packets, gapBytes, start, end, close, layers }: Data<"flow">): NonNullable<ActivityNote["traffic"]> {
  return {
    bytesOut: bytes.client,
    bytesIn: bytes.server,
    packetsOut: packets.client,
    packetsIn: packets.server,
    missed: gapBytes.client + gapBytes.server,
    start,
    end,
    close,
    layers,
  }
}

function tlsOf({ sni, version, cipher, ja3, ja4, alpnChosen, decryption }: Data<"tls">): NonNullable<ActivityNote["tls"]> {
  return {
    decryption,
    ...(sni !== undefined && { sni: maskedName(sni) }),
    ...(version !== undefined && { version }),
    ...(cipher !== undefined && { cipher }),
    ...(ja3 !== undefined && { ja3 }),
    ...(ja4 !== undefined && { ja4 }),
    ...(alpnChosen !== undefined && { alpn: maskedName(alpnChosen) }),
  }
}

function httpOf(data: Data<"http">, content: boolean): NonNullable<ActivityNote["http"]> {
  const [path = "", ...query] = data.path.split("?")
  const userAgent = data.request.headers.find(([name]) => name === "user-agent")?.[1]
  return {
    version: data.version,
    scheme: data.scheme,
    method: maskedName(data.method).slice(0, 40),
    authority: maskedName(data.authority),
    path: content ? clipped(path) : maskedPath(clipped(path)),
    status: data.status,
    requestBytes: data.request.bytes,
    responseBytes: data.response.bytes,
    ...(content && query.length > 0 && { query: clipped(query.join("?")) }),
    ...(data.response.contentType !== undefined && { responseType: maskedName(data.response.contentType) }),
    ...(userAgent !== undefined && { userAgent: content ? clipped(userAgent) : maskedWords(clipped(userAgent)) }),
  }
}

function aiOf(data: Data<"llm">, content: boolean): NonNullable<ActivityNote["ai"]> {
  const { usage } = data
  return {
    operation: maskedName(data.operation),
    provider: maskedName(data.provider),
    finishReasons: data.finishReasons.slice(0, MAX_TOOLS).map(maskedName),
    toolNames: [...new Set(data.toolCalls.map(({ name }) => maskedName(name)))].slice(0, MAX_TOOLS),
    ...(data.requestModel !== undefined && { requestModel: maskedName(data.requestModel) }),
    ...(data.responseModel !== undefined && { responseModel: maskedName(data.responseModel) }),
    ...(data.responseId !== undefined && { responseId: clipped(data.responseId) }),
    conversationId: clipped(data.conversationId),
    ...(usage.inputTokens !== undefined && { inputTokens: usage.inputTokens }),
    ...(usage.outputTokens !== undefined && { outputTokens: usage.outputTokens }),
    ...(content && { system: data.systemInstructions, input: data.inputMessages, output: data.outputMessages }),
  }
}

function mcpOf(data: Data<"mcp">, content: boolean): NonNullable<ActivityNote["mcp"]> {
  return {
    method: maskedName(data.method),
    server: maskedName(data.server?.name ?? data.host),
    isError: data.isError === true || data.error !== undefined,
    ...(data.toolName !== undefined && { tool: maskedName(data.toolName) }),
    ...(data.protocolVersion !== undefined && { protocol: maskedName(data.protocolVersion) }),
    ...(content && data.sessionId !== undefined && { session: clipped(data.sessionId) }),
    ...(content && data.arguments !== undefined && { arguments: data.arguments }),
    ...(content && data.result !== undefined && { result: data.result }),
  }
}

/** Tokens travel in paths too (bots, capability links, presigned files): a long segment of letters and digits keeps its first four characters. */
export function maskedPath(path: string): string {
  return path.split("/").map(maskedWords).join("/")
}

/** Secrets are smuggled in names too (of hosts, files, tools, models): a run of letters and digits as long as keys are keeps its first four characters. */
export function maskedName(name: string): string {
  return clipped(name).replaceAll(/[A-Za-z0-9]{20,}/g, (word) =>
    /\d/.test(word) && /[A-Za-z]/.test(word) ? `${word.slice(0, 4)}****` : word,
  )
}

function maskedWords(text: string): string {
  return text.replaceAll(/[A-Za-z0-9_+=~%-]{16,}/g, (word) => (/\d/.test(word) && /[A-Za-z]/.test(word) ? `${word.slice(0, 4)}****` : word))
}

function clipped(text: string): string {
  return text.length <= MAX_TEXT ? text : text.slice(0, MAX_TEXT)
}

const MAX_TEXT = 2_000
const MAX_TOOLS = 50

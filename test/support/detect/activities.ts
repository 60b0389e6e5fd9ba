// Activities as a sensor would send them, written short.
import type { Envelope } from "../../../services/contracts/envelope.ts"

let sequence = 0

interface Head {
  readonly at?: number
  readonly host?: string
  readonly ip?: string
  readonly direction?: "outbound" | "inbound"
}

/** One activity; ids and times rise by themselves. */
export function activity(
  kind: Envelope["kind"],
  data: object,
  { at, host = "unknown.bad-host.net", ip = "203.0.113.9", direction = "outbound" }: Head = {},
): Envelope {
  const number = ++sequence
  const workload = { id: "0/10.0.0.5", vni: 0, ip: "10.0.0.5" }
  return {
    v: 1,
    kind,
    id: `activity-${number}`,
    at: at ?? 1_700_000_000_000_000 + number * 1_000_000,
    sensor: "test",
    vantage: "mirror",
    direction,
    flow: { id: `flow-${number}`, vni: 0, client: { ip: "10.0.0.5", port: 40_000 }, server: { ip, port: 443 }, transport: "tcp", host },
    agent: { id: "agent-1", name: "claude-code", confidence: 0.9, signals: [], conflicts: [], workload },
    data,
  } as unknown as Envelope
}

export function http(
  method: string,
  path: string,
  { body, headers = [], answer, ...head }: Head & { body?: string; headers?: [string, string][]; answer?: string } = {},
): Envelope {
  const side = (text: string | undefined, list: [string, string][]) => ({
    headers: list,
    bytes: text?.length ?? 0,
    sha256: "0".repeat(64),
    completeness: "full",
    ...(text === undefined ? {} : { text }),
  })
  return activity(
    "http",
    {
      version: "1.1",
      scheme: "https",
      method,
      authority: head.host ?? "unknown.bad-host.net",
      path,
      status: 200,
      request: side(body, headers),
      response: side(answer, []),
      completeness: "full",
      stream: 0,
    },
    head,
  )
}

export function dns(name: string, addresses: readonly string[], head: Head = {}): Envelope {
  const answers = addresses.map((value) => ({ name, type: value.includes(":") ? "AAAA" : "A", ttl: 1, value }))
  return activity("dns", { name, type: "A", rcode: "NOERROR", answers, over: "udp" }, { host: "", ip: "9.9.9.9", ...head })
}

export function toolsList(tools: readonly { name: string; description: string; inputSchema?: string }[], head: Head = {}): Envelope {
  return mcp(
    "tools/list",
    {
      tools: tools.map((tool) => ({ type: "function", inputSchema: "{}", ...tool, hash: JSON.stringify(tool) })),
      inventory: { hash: JSON.stringify(tools), items: tools.length },
    },
    head,
  )
}

export function toolCall(toolName: string, args: object, result = "ok", head: Head = {}): Envelope {
  return mcp("tools/call", { toolName, arguments: JSON.stringify(args), result }, head)
}

function mcp(method: string, data: object, head: Head): Envelope {
  const host = head.host ?? "mcp.vendor.io"
  return activity(
    "mcp",
    {
      transport: "streamable-http",
      certainty: "certain",
      reasons: [],
      host,
      path: "/mcp",
      sender: "client",
      direction: "outbound",
      method,
      notification: false,
      tools: [],
      resources: [],
      prompts: [],
      mismatch: [],
      completeness: "full",
      ...data,
    },
    { ...head, host },
  )
}

export function llm(data: object, head: Head = {}): Envelope {
  return activity(
    "llm",
    {
      family: "openai.chat",
      operation: "chat",
      provider: "openai",
      recognition: { by: "catalogue", score: 1, reasons: [] },
      host: "api.openai.com",
      path: "/v1/chat/completions",
      status: 200,
      conversationId: "c",
      stream: false,
      finishReasons: [],
      usage: {},
      systemInstructions: [],
      inputMessages: [],
      outputMessages: [],
      history: { messages: 0, bytes: 0, prefixHash: "" },
      tools: [],
      toolsProvided: [],
      toolCalls: [],
      toolResults: [],
      mcpServers: [],
      skillsAvailable: [],
      skillsUsed: [],
      parameters: {},
      requestBytes: 1,
      responseBytes: 1,
      completeness: "full",
      unknownFields: 0,
      ...data,
    },
    { host: "api.openai.com", ...head },
  )
}

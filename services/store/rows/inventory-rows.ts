// What an activity adds to the inventories. Each row may be folded with any other of its key, in any order, any number of times.
import type { ToolDefinition } from "../../contracts/activity/genai.ts"
import type { ActivityData, Envelope } from "../../contracts/envelope.ts"
import type { Row } from "../../contracts/store.ts"
import { hostOf, withoutQuery } from "./common.ts"
import { mcpServerKey } from "./mcp-columns.ts"
import type { TableRow } from "./table-row.ts"

export function inventoryRows(envelope: Envelope): TableRow[] {
  const { at } = envelope
  const seen = { first_seen: at, last_seen: at }
  const rows: TableRow[] = [
    { table: "agent", row: { ...seen, ...agentRow(envelope) } },
    { table: "workload", row: { ...seen, ...workloadRow(envelope) } },
  ]
  const used = (thing: string, name: string) => {
    rows.push({ table: "agent_use", row: { ...seen, thing, name, gen_ai_agent_id: envelope.agent.id } })
  }
  const add = (table: string, row: Row) => {
    rows.push({ table, row: { ...seen, ...row } })
  }
  const destination = destinationRow(envelope)
  if (destination !== undefined) {
    add("destination", destination)
    used("destination", `${destination["server_address"]}:${destination["server_port"]}`)
  }
  switch (envelope.kind) {
    case "llm":
      addLlm(envelope, add, used)
      break
    case "mcp":
      addMcp(envelope.data, at, add, used)
      break
    case "a2a":
      used("peer", envelope.data.card?.name ?? envelope.data.host)
      break
    case "skill":
      add("skill", skillRow(envelope.data))
      used("skill", envelope.data.name)
      break
  }
  return rows
}

type Add = (table: string, row: Row) => void
type Used = (thing: string, name: string) => void

function agentRow({ at, agent, vantage }: Envelope): Row {
  return {
    gen_ai_agent_id: agent.id,
    latest: [
      at,
      agent.name,
      agent.version ?? "",
      agent.confidence,
      JSON.stringify(agent.signals),
      JSON.stringify(agent.conflicts),
      JSON.stringify(agent.workload),
    ],
    versions: some(agent.version),
    workloads: some(agent.workload.id),
    egress_ips: some(agent.workload.egressIp),
    vantages: [vantage],
  }
}

function workloadRow({ at, agent }: Envelope): Row {
  const { id, vni, ip, egressIp, account, vpc, networkInterface, instance } = agent.workload
  return {
    workload_id: id,
    latest: [at, vni, ip, egressIp ?? "", account ?? "", vpc ?? "", networkInterface ?? "", instance ?? ""],
    agents: [agent.id],
  }
}

/** Where the agent went. A connection that others opened to it has no destination of its. */
function destinationRow(envelope: Envelope): Row | undefined {
  const { kind, flow, direction } = envelope
  if (kind === "dns" || kind === "anomaly" || kind === "file" || kind === "skill") return undefined
  if (direction === "inbound" && kind !== "mcp" && kind !== "websocket") return undefined
  const named = kind === "llm" || kind === "mcp" || kind === "a2a" ? envelope.data.host : kind === "http" ? envelope.data.authority : ""
  return {
    server_address: hostOf(named) || hostOf(flow.host) || flow.server.ip,
    server_port: flow.server.port,
    kinds: [kind],
    providers: kind === "llm" ? some(envelope.data.provider) : [],
    transports: [flow.transport],
    server_ips: [flow.server.ip],
  }
}

function addLlm({ data, agent }: Envelope<"llm">, add: Add, used: Used): void {
  const model = data.requestModel ?? data.responseModel
  if (model !== undefined) {
    add("model", {
      gen_ai_provider_name: data.provider,
      gen_ai_request_model: model,
      response_models: some(data.responseModel),
      operations: some(data.operation),
      hosts: some(data.host),
      families: some(data.family),
    })
    used("model", `${data.provider}/${model}`)
  }
  // A tool that comes from no server belongs to the agent: two agents' tools of one name are two tools.
  const serverOf = (server: string | undefined) => server ?? `agent:${agent.name}`
  for (const tool of data.tools) add("tool", toolRow(serverOf(tool.server), tool, "llm"))
  for (const { name, server } of data.toolCalls) used("tool", `${serverOf(server)}#${name}`)
  for (const { name } of data.mcpServers) used("mcp_server", name)
  for (const name of data.skillsUsed) used("skill", name)
}

function addMcp(data: ActivityData<"mcp">, at: number, add: Add, used: Used): void {
  const server = mcpServerKey(data)
  add("mcp_server", {
    server,
    // Only a message that names the server may say what its name is: an empty one would win by being newer.
    latest: data.server === undefined ? [0, "", "", ""] : [at, data.server.name, data.server.version ?? "", ""],
    names: some(data.server?.name),
    versions: some(data.server?.version),
    transports: [data.transport],
    protocol_versions: some(data.protocolVersion),
    hosts: some(data.host),
    certain: data.certainty === "certain" ? 1 : 0,
  })
  used("mcp_server", server)
  for (const tool of data.tools) add("tool", toolRow(server, tool, "mcp"))
  if (data.toolName !== undefined) used("tool", `${server}#${data.toolName}`)
}

function toolRow(server: string, tool: ToolDefinition, seenIn: string): Row {
  return {
    server,
    name: tool.name,
    hash: tool.hash,
    type: tool.type,
    title: tool.title ?? "",
    description: tool.description ?? "",
    input_schema: tool.inputSchema ?? "",
    output_schema: tool.outputSchema ?? "",
    annotations: tool.annotations ?? "",
    seen_in: [seenIn],
  }
}

function skillRow(data: ActivityData<"skill">): Row {
  return {
    name: data.name,
    source: withoutQuery(data.source),
    hash: data.hash,
    version: data.version ?? "",
    description: data.description ?? "",
    host: data.host,
    ref: data.ref ?? "",
    files: JSON.stringify(data.files),
    front_matter: JSON.stringify(data.frontMatter),
    allowed_tools: data.allowedTools,
    references: data.references.map(withoutQuery),
    problems: data.problems,
    routes: [data.route],
    how: [data.how],
    activated: data.activated ? 1 : 0,
  }
}

function some(value: string | undefined): string[] {
  return value === undefined || value === "" ? [] : [value]
}

// MCP that never crosses our wire: hosted by the model's vendor, or spoken over stdio on the agent's machine. What is visible is what the model's
// transcript says: which server's tool was called with what, and what came back, in the same answer or in the next request.
import type { ToolDefinition } from "../../../services/contracts/activity/genai.ts"
import type { ActivityData } from "../../../services/contracts/envelope.ts"
import type { Micros } from "../../wire/stream.ts"
import { stableId } from "../ids.ts"
import { canonicalHash } from "../json/canonical.ts"
import { parseJson } from "../json/parse.ts"
import { asText, isObject, maybe, str } from "../json/read.ts"
import { Lru } from "../lru.ts"
import { emitRow, type Origin } from "../origin.ts"
import type { McpData } from "./identity.ts"
import { Waiting } from "./waiting.ts"

type LlmData = ActivityData<"llm">

export interface SeenCall {
  readonly data: LlmData
  readonly origin: Origin
  readonly at: Micros
  readonly position: string
}

interface Pending extends Omit<SeenCall, "data"> {
  readonly row: McpData
}

export class InsideLlm {
  readonly #calls = new Waiting<Pending>(MAX_WAITING)
  /** Hashes of inventories that were reported: the definitions come again with every request. */
  readonly #inventories = new Lru<string>(MAX_INVENTORIES)

  read(seen: SeenCall): void {
    const { data, origin } = seen
    this.#lists(seen)
    const results = resultsOf(data)
    data.toolCalls.forEach((call, index) => {
      const target = targetOf(call)
      if (target === undefined) return
      const pending: Pending = {
        origin,
        at: seen.at,
        position: `${seen.position}/call${index}`,
        row: {
          ...rowOf(data),
          method: "tools/call",
          toolName: target.tool,
          arguments: target.arguments,
          server: { name: target.server },
          ...maybe("requestId", call.id),
        },
      }
      const result = results.find(({ id }) => id !== undefined && id === call.id)
      if (result !== undefined) this.#emit(pending, seen, result)
      else this.#wait(stableId(origin.placed.workload.id, call.id ?? byName(data, call.name)), pending)
    })
    for (const result of results) {
      const keys = [...(result.id === undefined ? [] : [result.id]), ...(result.name === undefined ? [] : [byName(data, result.name)])]
      const pending = this.#take(keys.map((key) => stableId(origin.placed.workload.id, key)))
      if (pending !== undefined) this.#emit(pending, seen, result)
    }
  }

  #take(keys: readonly string[]): Pending | undefined {
    for (const key of keys) {
      const pending = this.#calls.take(key)
      if (pending !== undefined) return pending
    }
    return undefined
  }

  #lists({ data, origin, at, position }: SeenCall): void {
    const byServer = new Map<string, ToolDefinition[]>()
    for (const tool of data.tools) {
      if (tool.server === undefined || (tool.type === "mcp" && tool.name === tool.server && tool.inputSchema === undefined)) continue
      const tools = byServer.get(tool.server) ?? []
      byServer.set(tool.server, tools)
      tools.push({ ...tool, name: plainName(tool.name, tool.server) })
    }
    for (const [server, tools] of byServer) {
      const hash = canonicalHash(tools.map((tool) => tool.hash).sort())
      const key = stableId(origin.placed.workload.id, data.host, server)
      if (this.#inventories.get(key) === hash) continue
      this.#inventories.set(key, hash)
      const row: McpData = {
        ...rowOf(data),
        method: "tools/list",
        server: { name: server },
        tools,
        inventory: { hash, items: tools.length },
      }
      emitRow(origin, { kind: "mcp", at, position: `${position}/list/${server}`, data: row })
    }
  }

  #wait(key: string, pending: Pending): void {
    const dropped = this.#calls.add(key, pending)
    if (dropped !== undefined) this.#emit(dropped, { origin: pending.origin }, undefined)
  }

  #emit({ origin, at, position, row }: Pending, now: { readonly origin: Origin; readonly at?: Micros }, result: Result | undefined): void {
    const answered =
      result === undefined ? { completeness: "open" as const } : { result: result.content, ...maybe("isError", result.isError) }
    const duration = result === undefined || now.at === undefined ? {} : { durationMicros: Math.max(0, now.at - at) }
    emitRow({ ...origin, emit: now.origin.emit }, { kind: "mcp", at, position, data: { ...row, ...answered, ...duration } })
  }

  end(emit: Origin["emit"]): void {
    for (const pending of this.#calls.drain()) this.#emit(pending, { origin: { ...pending.origin, emit } }, undefined)
  }
}

interface Result {
  readonly id: string | undefined
  readonly name: string | undefined
  readonly content: string
  readonly isError: boolean | undefined
}

function resultsOf(data: LlmData): Result[] {
  return data.toolResults.map(({ id, name, content, isError }) => ({ id, name, content, isError }))
}

/** Gemini's calls have no ids: the next result of that name in the conversation is theirs. */
function byName(data: LlmData, name: string): string {
  return JSON.stringify([data.conversationId, name])
}

function rowOf(data: LlmData): McpData {
  return {
    transport: "inside-llm",
    certainty: "certain",
    reasons: [`seen inside ${data.family}`],
    host: data.host,
    path: data.path,
    sender: "client",
    direction: "outbound",
    method: "",
    notification: false,
    tools: [],
    resources: [],
    prompts: [],
    mismatch: [],
    ...maybe("sessionId", data.sessionId),
    completeness: data.completeness,
  }
}

/** The server by its column (or the name), or by Cline's one tool for all servers. */
function targetOf(
  call: LlmData["toolCalls"][number],
): { readonly server: string; readonly tool: string; readonly arguments: string } | undefined {
  if (call.server !== undefined) return { server: call.server, tool: plainName(call.name, call.server), arguments: call.arguments }
  if (call.name !== "use_mcp_tool" && call.name !== "access_mcp_resource") return undefined
  const args = parseJson(call.arguments)?.value
  if (!isObject(args)) return undefined
  const server = str(args, "server_name")
  if (server === undefined) return undefined
  return { server, tool: str(args, "tool_name") ?? str(args, "uri") ?? call.name, arguments: asText(args["arguments"]) }
}

function plainName(name: string, server: string): string {
  for (const prefix of [`mcp__${server}__`, `mcp_${server}_`]) if (name.startsWith(prefix)) return name.slice(prefix.length)
  return name
}

const MAX_WAITING = 5_000
const MAX_INVENTORIES = 10_000

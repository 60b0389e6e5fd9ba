// What is remembered between messages of one MCP session, and the lists that are put together over their pages.
import { canonicalHash } from "../json/canonical.ts"
import { isObject, type JsonObject, list, obj, objects, str } from "../json/read.ts"
import { Lru } from "../lru.ts"
import { identity, type McpData } from "./identity.ts"
import type { RpcMessage } from "./message.ts"
import { mirroredHeaders } from "./mismatch.ts"

export class McpSession {
  protocolVersion: string | undefined
  client: McpData["client"]
  server: McpData["server"]
  readonly #lists = new Map<string, { readonly hashes: string[]; cursor: string | undefined }>()
  #mirrored = new Map<string, ReadonlyMap<string, readonly string[]>>()

  /** Reads who talks and in which revision out of a request and its response. */
  learn(request: RpcMessage, response: RpcMessage | undefined): void {
    const result = isObject(response?.result) ? response.result : undefined
    const meta = obj(request.params, "_meta")
    this.protocolVersion = str(result, "protocolVersion") ?? str(meta, "io.modelcontextprotocol/protocolVersion") ?? this.protocolVersion
    this.client = identity(obj(request.params, "clientInfo")) ?? identity(obj(meta, "io.modelcontextprotocol/clientInfo")) ?? this.client
    this.server =
      identity(obj(result, "serverInfo")) ?? identity(obj(obj(result, "_meta"), "io.modelcontextprotocol/serverInfo")) ?? this.server
  }

  /** The whole inventory, at the last page of a list that was seen from its first. */
  page(request: RpcMessage, response: RpcMessage | undefined): McpData["inventory"] {
    const method = request.method ?? ""
    const key = LISTS[method]
    const result = isObject(response?.result) ? response.result : undefined
    if (key === undefined || result === undefined) return undefined
    const cursor = str(request.params, "cursor")
    const before = this.#lists.get(method)
    if (cursor !== undefined && (before === undefined || before.cursor !== cursor)) return undefined
    const state = cursor === undefined || before === undefined ? { hashes: [], cursor: undefined } : before
    if (method === "tools/list") this.#learnMirrored(objects(result, "tools"), cursor === undefined)
    for (const item of list(result, key)) if (state.hashes.length < MAX_ITEMS) state.hashes.push(canonicalHash(item))
    this.#lists.set(method, { hashes: state.hashes, cursor: str(result, "nextCursor") })
    // Servers order their lists as they like: the hash is of the set.
    return str(result, "nextCursor") === undefined
      ? { hash: canonicalHash([...state.hashes].sort()), items: state.hashes.length }
      : undefined
  }

  #learnMirrored(tools: readonly JsonObject[], first: boolean): void {
    if (first) this.#mirrored = new Map()
    for (const tool of tools) {
      const found = mirroredHeaders(obj(tool, "inputSchema"))
      if (found.size > 0 && this.#mirrored.size < MAX_ITEMS) this.#mirrored.set(str(tool, "name") ?? "", found)
    }
  }

  mirrored(tool: string | undefined): ReadonlyMap<string, readonly string[]> {
    return this.#mirrored.get(tool ?? "") ?? NONE
  }
}

export class McpSessions {
  readonly #sessions = new Lru<McpSession>(MAX_SESSIONS)

  /** By the session id where there is one, else by workload and endpoint: the stateless revision has no sessions. */
  find(keys: readonly string[]): McpSession | undefined {
    for (const key of keys) {
      const session = this.#sessions.get(key)
      if (session !== undefined) return session
    }
    return undefined
  }

  open(keys: readonly string[]): McpSession {
    const session = this.find(keys) ?? new McpSession()
    for (const key of keys) this.#sessions.set(key, session)
    return session
  }
}

const LISTS: Readonly<Record<string, string>> = {
  "tools/list": "tools",
  "resources/list": "resources",
  "resources/templates/list": "resourceTemplates",
  "prompts/list": "prompts",
}
const NONE: ReadonlyMap<string, readonly string[]> = new Map()
const MAX_SESSIONS = 10_000
// The largest public servers list some thousand tools; a list without end must not fill our memory.
const MAX_ITEMS = 10_000

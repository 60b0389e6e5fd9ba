// Is it MCP. Certain: something that only MCP says. Probable: what MCP also does. Other protocols on JSON-RPC (LSP, ACP, A2A, chains, home
// automation) share its envelope and even its method names, so those alone prove nothing.
import type { HeaderList } from "../../wire/facts.ts"
import { isObject, type JsonObject, list, obj, objects, str } from "../json/read.ts"
import { header } from "../text.ts"
import type { RpcMessage } from "./message.ts"

export interface McpVerdict {
  readonly certainty: "certain" | "probable"
  readonly reasons: readonly string[]
}

export interface McpEvidence {
  readonly messages: readonly RpcMessage[]
  readonly requestHeaders: HeaderList
  readonly responseHeaders: HeaderList
  readonly path: string
  readonly subprotocol?: string
  /** This session or endpoint spoke MCP before. */
  readonly known: boolean
}

export function mcpVerdict(evidence: McpEvidence): McpVerdict | undefined {
  const { messages } = evidence
  if (messages.length === 0 || messages.some(isForeign)) return undefined
  const certain = [...certainHeaders(evidence), ...messages.filter((one) => !isOtherList(one, messages)).flatMap(certainMessage)]
  if (certain.length > 0) return { certainty: "certain", reasons: [...new Set(certain)] }
  if (evidence.known) return { certainty: "certain", reasons: ["session spoke MCP before"] }
  const probable = probableReasons(evidence)
  return probable.length > 0 ? { certainty: "probable", reasons: probable } : undefined
}

function certainHeaders({ requestHeaders, responseHeaders, subprotocol }: McpEvidence): string[] {
  const version = header(requestHeaders, "mcp-protocol-version") ?? header(responseHeaders, "mcp-protocol-version")
  return [
    ...(version !== undefined && DATE.test(version)
      ? [header(requestHeaders, "mcp-method") === undefined ? "MCP-Protocol-Version header" : "Mcp-Method header"]
      : []),
    ...(subprotocol === "mcp" ? ["WebSocket subprotocol mcp"] : []),
  ]
}

function certainMessage(message: RpcMessage): string[] {
  const { method, params } = message
  const result = isObject(message.result) ? message.result : undefined
  if (hasMcpMeta(params) || hasMcpMeta(result)) return ["io.modelcontextprotocol/ key in _meta"]
  if (method === "initialize")
    return DATE.test(str(params, "protocolVersion") ?? "") && str(obj(params, "clientInfo"), "name") !== undefined
      ? ["initialize with dated version"]
      : []
  if (method !== undefined) return isOwnMethod(method, params) ? [`method ${method}`] : []
  if (result === undefined) return []
  if (DATE.test(str(result, "protocolVersion") ?? "") && result["serverInfo"] !== undefined && result["capabilities"] !== undefined)
    return ["initialize result"]
  if (Array.isArray(result["supportedVersions"]) && result["capabilities"] !== undefined) return ["server/discover result"]
  const tools = objects(result, "tools")
  return tools.length > 0 &&
    tools.length === list(result, "tools").length &&
    tools.every((tool) => str(tool, "name") !== undefined && obj(tool, "inputSchema") !== undefined)
    ? ["tools with inputSchema"]
    : []
}

function hasMcpMeta(value: JsonObject | undefined): boolean {
  const meta = obj(value, "_meta")
  return meta !== undefined && Object.keys(meta).some((key) => key.startsWith("io.modelcontextprotocol/"))
}

function isOwnMethod(method: string, params: JsonObject): boolean {
  if (method === "tools/call") return str(params, "name") !== undefined
  if (method === "resources/read") return str(params, "uri") !== undefined
  return OWN_METHODS.has(method)
}

/** Others have methods of these names too; their answers are no lists of that name. */
function isOtherList({ method, id }: RpcMessage, messages: readonly RpcMessage[]): boolean {
  const name = method === undefined ? undefined : LISTS[method]
  if (name === undefined) return false
  const answer = messages.find((one) => one.method === undefined && one.id === id && one.result !== undefined)
  return answer !== undefined && !(isObject(answer.result) && Array.isArray(answer.result[name]))
}

/** Messages that belong to a protocol of somebody else. */
function isForeign({ method, params, body }: RpcMessage): boolean {
  if (body["auth"] !== undefined && method?.includes(".") === true) return true
  if (method === undefined) return false
  if (
    /^(?:textDocument|workspace|window|session|fs|terminal|message|agent)\/|^\$\/|^(?:eth|net|web3|debug|engine)_|^[a-z0-9]+\.[a-z]/i.test(
      method,
    )
  )
    return true
  if (/^(?:Send|Get|List|Cancel|Subscribe|Create|Delete)[A-Z]/.test(method)) return true
  if (method === "initialize") return typeof params["protocolVersion"] === "number" || "processId" in params || "rootUri" in params
  // A2A names the task `id`, MCP `taskId`.
  return method.startsWith("tasks/") && params["taskId"] === undefined && params["id"] !== undefined
}

function probableReasons({ messages, requestHeaders, responseHeaders, path }: McpEvidence): string[] {
  const accept = header(requestHeaders, "accept") ?? ""
  const reasons = [
    ...(header(requestHeaders, "mcp-session-id") !== undefined || header(responseHeaders, "mcp-session-id") !== undefined
      ? ["Mcp-Session-Id header"]
      : []),
    ...(accept.includes("application/json") && accept.includes("text/event-stream") ? ["accepts JSON and event streams"] : []),
    ...(/\/(?:mcp|sse|messages?)\/?$/.test(path) ? ["path of MCP"] : []),
  ]
  const shared = messages.some(({ method }) => method !== undefined && SHARED_METHODS.has(method))
  const session = reasons.includes("Mcp-Session-Id header")
  // Two of them, or one with a method that MCP has too.
  return session || reasons.length >= 2 || (reasons.length === 1 && shared)
    ? [...reasons, ...(shared ? ["method that MCP has too"] : [])]
    : []
}

// Drafts are called DRAFT-2026-v1 until they have a date.
export const DATE = /^(?:\d{4}-\d{2}-\d{2}|DRAFT-[\w.-]{1,24})$/
const LISTS: Readonly<Record<string, string>> = {
  "tools/list": "tools",
  "prompts/list": "prompts",
  "resources/list": "resources",
  "resources/templates/list": "resourceTemplates",
}
const OWN_METHODS = new Set([
  "tools/list",
  "prompts/list",
  "prompts/get",
  "resources/list",
  "resources/templates/list",
  "resources/subscribe",
  "resources/unsubscribe",
  "sampling/createMessage",
  "server/discover",
  "subscriptions/listen",
  "completion/complete",
  "logging/setLevel",
  "roots/list",
  "notifications/initialized",
  "notifications/tools/list_changed",
  "notifications/prompts/list_changed",
  "notifications/resources/list_changed",
  "notifications/resources/updated",
  "notifications/roots/list_changed",
  "notifications/subscriptions/acknowledged",
  "notifications/elicitation/complete",
])
const SHARED_METHODS = new Set([
  "initialize",
  "ping",
  "tools/call",
  "elicitation/create",
  "tasks/get",
  "tasks/list",
  "tasks/cancel",
  "tasks/result",
  "tasks/update",
  "notifications/cancelled",
  "notifications/progress",
  "notifications/message",
  "notifications/tasks/status",
  "notifications/tasks",
])

// A request with its response, or a notification, as one row.
import type { Completeness, Direction } from "../../../services/contracts/primitives.ts"
import type { HeaderList } from "../../wire/facts.ts"
import type { Micros } from "../../wire/stream.ts"
import { sha256Hex } from "../ids.ts"
import { canonicalJson } from "../json/canonical.ts"
import { asText, bool, isObject, type Json, type JsonObject, maybe, obj, objects, str, without } from "../json/read.ts"
import { cut, mcpTool, resultText } from "../llm/parts.ts"
import { identity, type McpData } from "./identity.ts"
import type { RpcMessage } from "./message.ts"
import { mismatches } from "./mismatch.ts"
import type { McpVerdict } from "./recognise.ts"
import type { McpSession } from "./sessions.ts"

export interface McpContext {
  readonly transport: McpData["transport"]
  readonly verdict: McpVerdict
  readonly host: string
  readonly path: string
  readonly sender: "client" | "server"
  readonly direction: Direction
  readonly headers: HeaderList
  readonly session: McpSession
  readonly sessionId: string | undefined
  readonly completeness: Completeness
}

export interface McpPair {
  readonly request: RpcMessage
  readonly response: RpcMessage | undefined
  readonly askedAt: Micros
  readonly answeredAt: Micros | undefined
}

export function mcpRow({ request, response, askedAt, answeredAt }: McpPair, context: McpContext): McpData {
  const { params, method = "" } = request
  const result = isObject(response?.result) ? response.result : undefined
  const { session } = context
  const meta = obj(params, "_meta")
  const version = str(params, "protocolVersion") ?? str(meta, `${META}protocolVersion`)
  const name = str(params, "name")
  const state = str(result, "requestState") ?? str(params, "requestState")
  return {
    transport: context.transport,
    certainty: context.verdict.certainty,
    reasons: [...context.verdict.reasons],
    host: context.host,
    path: context.path,
    sender: context.sender,
    direction: context.direction,
    method,
    ...maybe("requestId", request.id),
    notification: request.id === undefined,
    ...maybe("sessionId", context.sessionId),
    ...maybe("protocolVersion", str(result, "protocolVersion") ?? version ?? session.protocolVersion),
    ...maybe("client", identity(obj(params, "clientInfo")) ?? identity(obj(meta, `${META}clientInfo`)) ?? session.client),
    ...maybe("server", identity(obj(result, "serverInfo")) ?? identity(obj(obj(result, "_meta"), `${META}serverInfo`)) ?? session.server),
    ...maybe("instructions", str(result, "instructions")),
    ...(method === "tools/call" && maybe("toolName", name)),
    ...(method.startsWith("prompts/") && maybe("promptName", name)),
    ...(method.startsWith("resources/") && maybe("resourceUri", str(params, "uri"))),
    ...(method === "notifications/resources/updated" && maybe("resourceUri", str(params, "uri"))),
    ...maybe("arguments", argumentsOf(method, params)),
    ...resultFields(method, response),
    ...(response?.error !== undefined && { error: { code: response.error.code, message: cut(response.error.message, MAX_MESSAGE) } }),
    tools: method === "tools/list" ? objects(result, "tools").map((one) => mcpTool(one)) : [],
    resources:
      method === "resources/list" || method === "resources/templates/list"
        ? [...objects(result, "resources"), ...objects(result, "resourceTemplates")].map(resource)
        : [],
    prompts:
      method === "prompts/list"
        ? objects(result, "prompts").map((one) => ({ name: str(one, "name") ?? "", ...maybe("description", str(one, "description")) }))
        : [],
    // Headers speak of what the client asks; what the server asks comes in an answer to it.
    mismatch: context.sender === "client" ? mismatches(request, context.headers, session.mirrored(name)) : [],
    ...maybe("requestState", state === undefined ? undefined : sha256Hex(state).slice(0, STATE_HEX)),
    ...maybe("durationMicros", answeredAt === undefined ? undefined : Math.max(0, answeredAt - askedAt)),
    ...maybe("traceparent", str(meta, "traceparent")),
    completeness: context.completeness,
    ...rawOf(method, params, response),
  }
}

function resource(value: JsonObject): McpData["resources"][number] {
  return {
    uri: str(value, "uri") ?? str(value, "uriTemplate") ?? "",
    ...maybe("name", str(value, "name")),
    ...maybe("description", str(value, "description")),
    ...maybe("mimeType", str(value, "mimeType")),
  }
}

/** What is asked, in words a detector can read. Calls and prompts have arguments; sampling and elicitation are all argument. */
function argumentsOf(method: string, params: JsonObject): string | undefined {
  if (method === "tools/call" || method === "prompts/get")
    return params["arguments"] === undefined ? undefined : asText(params["arguments"])
  if (method === "initialize" || method === "resources/read" || method.endsWith("/list")) return undefined
  const rest = without(params, NOT_ARGUMENTS)
  return rest === undefined ? undefined : JSON.stringify(rest)
}

function resultFields(method: string, response: RpcMessage | undefined): Partial<Pick<McpData, "result" | "structuredResult" | "isError">> {
  const value = response?.result
  if (value === undefined || value === null) return {}
  if (!isObject(value)) return { result: asText(value) }
  if (method === "initialize" || method === "server/discover" || LISTS.has(method)) return {}
  const structured = value["structuredContent"]
  const text = contentText(method, value)
  // The specification has servers repeat structured content as text for old clients.
  const repeated = structured !== undefined && text !== undefined && sameJson(text, structured)
  return {
    ...maybe("result", repeated ? undefined : text),
    ...maybe("structuredResult", structured === undefined ? undefined : asText(structured)),
    ...maybe("isError", bool(value, "isError")),
  }
}

function contentText(method: string, result: JsonObject): string | undefined {
  if (Array.isArray(result["content"])) return resultText(result["content"].map(readable))
  if (Array.isArray(result["contents"]))
    return resultText(
      objects(result, "contents").map((one) => ({ text: str(one, "text") ?? `${str(one, "uri") ?? ""} ${str(one, "mimeType") ?? ""}` })),
    )
  if (method === "prompts/get")
    return objects(result, "messages")
      .map((one) => resultText([readable(one["content"] ?? null)]))
      .join("\n")
  // Whether the user agreed is half of an elicitation's answer.
  if (result["action"] !== undefined) return JSON.stringify(without(result, NOT_RESULT) ?? {})
  if (isObject(result["content"])) return resultText([readable(result["content"])])
  const rest = without(result, NOT_RESULT)
  return rest === undefined ? undefined : JSON.stringify(rest)
}

/** Blobs by what they are, never inline; embedded resources by their text. */
function readable(block: Json): Json {
  if (!isObject(block)) return block
  const type = str(block, "type")
  const inner = obj(block, "resource")
  if (type === "resource" && inner !== undefined) return { text: str(inner, "text") ?? `[resource ${str(inner, "uri") ?? ""}]` }
  if (type === "resource_link")
    return { text: `[link ${str(block, "uri") ?? ""}] ${str(block, "description") ?? str(block, "name") ?? ""}` }
  if (type === "image" || type === "audio") {
    const data = Buffer.from(str(block, "data") ?? "", "base64")
    return { text: `[${type} ${str(block, "mimeType") ?? ""} ${data.length} bytes sha256:${sha256Hex(data)}]` }
  }
  return block
}

function sameJson(text: string, value: Json): boolean {
  try {
    return canonicalJson(JSON.parse(text) as Json) === canonicalJson(value)
  } catch {
    return false
  }
}

/** What has no column: kept, within a limit. */
function rawOf(method: string, params: JsonObject, response: RpcMessage | undefined): { raw?: string } {
  const result = isObject(response?.result) ? without(response.result, KNOWN_RESULT) : undefined
  const known =
    method === "tools/call" ||
    method === "prompts/get" ||
    method === "resources/read" ||
    method.endsWith("/list") ||
    method === "initialize"
  const rest = known ? without(params, KNOWN_PARAMS) : undefined
  const data = response?.error?.data
  if (result === undefined && rest === undefined && data === undefined) return {}
  return { raw: cut(JSON.stringify({ ...maybe("params", rest), ...maybe("result", result), ...maybe("errorData", data) }), MAX_RAW) }
}

// Their results have columns of their own.
const LISTS = new Set(["tools/list", "resources/list", "resources/templates/list", "prompts/list"])
const META = "io.modelcontextprotocol/"
const NOT_ARGUMENTS = new Set(["_meta"])
const NOT_RESULT = new Set(["_meta", "isError", "structuredContent", "resultType", "requestState"])
const KNOWN_PARAMS = new Set(["_meta", "name", "arguments", "uri", "cursor", "protocolVersion", "clientInfo", "requestState"])
const KNOWN_RESULT = new Set([
  "_meta",
  "content",
  "contents",
  "structuredContent",
  "isError",
  "tools",
  "resources",
  "resourceTemplates",
  "prompts",
  "nextCursor",
  "protocolVersion",
  "serverInfo",
  "instructions",
  "messages",
  "description",
  "resultType",
  "requestState",
  "role",
  "action",
])
const MAX_MESSAGE = 4_096
const MAX_RAW = 64 * 1024
const STATE_HEX = 32

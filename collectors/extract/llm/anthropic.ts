// F4: Anthropic messages, wherever it is spoken: the API itself, Bedrock invoke, Vertex rawPredict, compatible servers.
import type { Message, Part, ToolDefinition } from "../../../services/contracts/activity/genai.ts"
import { asText, bool, count, isObject, type Json, type JsonObject, list, maybe, obj, objects, str, without } from "../json/read.ts"
import { blob, joined, message, serverOfToolName, text, tool, toolCall, toolResult, unknownPart } from "./parts.ts"
import { errorOf, parametersOf, restOf } from "./settings.ts"
import type { LlmRequest, LlmResponse, PathFacts, Usage } from "./types.ts"

export function anthropicRequest(body: JsonObject, facts: PathFacts): LlmRequest {
  const prompt = str(body, "prompt")
  return {
    ...maybe("model", str(body, "model") ?? facts.model),
    stream: bool(body, "stream") ?? false,
    system: systemBlocks(body["system"]),
    messages: [...objects(body, "messages").flatMap(anthropicMessages), ...(prompt === undefined ? [] : [message("user", [text(prompt)])])],
    tools: objects(body, "tools").map(anthropicTool),
    mcpServers: objects(body, "mcp_servers").map((server) => ({ name: str(server, "name") ?? "", ...maybe("url", str(server, "url")) })),
    parameters: parametersOf(body),
    ...(objects(body, "mcp_servers").length > 0 && { kept: { mcp_servers: objects(body, "mcp_servers") } }),
    ...maybe("rest", restOf(body, REQUEST_KEYS)),
  }
}

function systemBlocks(system: Json | undefined): string[] {
  if (typeof system === "string") return system === "" ? [] : [system]
  return list({ system }, "system").map((block) => (isObject(block) ? (str(block, "text") ?? JSON.stringify(block)) : asText(block)))
}

/** One message may hold tool results and words of the user: results become a message of the tool, so that who said what stays plain. */
function anthropicMessages(value: JsonObject): Message[] {
  const role = ROLES[str(value, "role") ?? ""] ?? "unknown"
  const content = value["content"]
  if (typeof content === "string") return [message(role, [text(content)])]
  const blocks = objects(value, "content")
  if (role !== "user") return [message(role, joined(anthropicParts(blocks)))]
  const results = blocks.filter((block) => str(block, "type") === "tool_result")
  const words = blocks.filter((block) => str(block, "type") !== "tool_result")
  return [
    ...(results.length === 0 ? [] : [message("tool", anthropicParts(results))]),
    ...(words.length === 0 && results.length > 0 ? [] : [message("user", joined(anthropicParts(words)))]),
  ]
}

export function anthropicParts(blocks: readonly JsonObject[]): Part[] {
  // A result names only the call's id; the call names the server.
  const servers = new Map(
    blocks.flatMap((block) => (str(block, "server_name") === undefined ? [] : [[str(block, "id"), str(block, "server_name")] as const])),
  )
  return blocks.flatMap((block) => blockParts(block, servers.get(str(block, "tool_use_id"))))
}

function blockParts(block: JsonObject, server: string | undefined): Part[] {
  const type = str(block, "type") ?? ""
  switch (type) {
    case "text":
      return [text(asText(block["text"]))]
    case "thinking":
      return [{ type: "reasoning", text: asText(block["thinking"]) }]
    case "redacted_thinking":
    case "container_upload":
    case "fallback":
      return type === "container_upload" ? [blob({ uri: str(block, "file_id") })] : []
    case "compaction":
      return [text(asText(block["content"]))]
    case "image":
    case "document":
      return [sourceBlob(block)]
    case "search_result":
      return [
        text(
          [str(block, "title"), str(block, "source"), ...objects(block, "content").map((one) => str(one, "text"))]
            .filter((one) => one !== undefined)
            .join("\n"),
        ),
      ]
    default:
      return toolParts(type, block, server)
  }
}

/** tool_use, server_tool_use, mcp_tool_use, whatever_tool_use; tool_result and every whatever_tool_result. */
function toolParts(type: string, block: JsonObject, server: string | undefined): Part[] {
  if (type.endsWith("tool_use")) {
    const name = str(block, "name") ?? ""
    return [toolCall({ id: str(block, "id"), name, args: block["input"], server: str(block, "server_name") ?? serverOfToolName(name) })]
  }
  if (!type.endsWith("tool_result")) return [unknownPart(block)]
  const content = block["content"]
  const failed = bool(block, "is_error") ?? (isObject(content) && (str(content, "type") ?? "").endsWith("_error") ? true : undefined)
  const blobs = Array.isArray(content) ? content.filter(isObject).filter((one) => one["source"] !== undefined) : []
  return [toolResult({ id: str(block, "tool_use_id"), content, isError: failed, server }), ...blobs.map(sourceBlob)]
}

function sourceBlob(block: JsonObject): Part {
  const source = obj(block, "source")
  const name = str(block, "title")
  if (str(source, "type") === "text") return text(asText(source?.["data"]))
  return blob({ data: str(source, "data"), mediaType: str(source, "media_type"), name, uri: str(source, "url") ?? str(source, "file_id") })
}

export function anthropicTool(value: JsonObject): ToolDefinition {
  // Server tools have a dated type (bash_20250124) and no schema.
  const type = str(value, "type")
  const name = str(value, "name") ?? str(value, "mcp_server_name") ?? type ?? ""
  return tool({
    name,
    description: str(value, "description"),
    input: value["input_schema"],
    type: type === undefined || type === "custom" ? "function" : type,
    server: str(value, "mcp_server_name") ?? serverOfToolName(name),
  })
}

export function anthropicResponse(body: JsonObject): LlmResponse {
  const blocks = objects(body, "content")
  const completion = str(body, "completion")
  const reason = str(body, "stop_reason")
  const parts = completion === undefined ? joined(anthropicParts(blocks)) : [text(completion)]
  return {
    ...maybe("id", str(body, "id")),
    ...maybe("model", str(body, "model")),
    messages: parts.length === 0 ? [] : [message("assistant", parts)],
    finishReasons: reason === undefined ? [] : [reason],
    // What was only counted has its count at the top.
    usage: anthropicUsage(obj(body, "usage") ?? body),
    ...maybe(
      "error",
      str(body, "type") === "error" || body["error"] !== undefined || body["detail"] !== undefined ? errorOf(body) : undefined,
    ),
    ...maybe("rest", without(body, RESPONSE_KEYS)),
    finished: true,
  }
}

/** The three input counters add up to what went in. */
export function anthropicUsage(usage: JsonObject | undefined): Usage {
  const fresh = count(usage, "input_tokens")
  const read = count(usage, "cache_read_input_tokens")
  const written = count(usage, "cache_creation_input_tokens")
  const input = fresh === undefined && read === undefined && written === undefined ? undefined : (fresh ?? 0) + (read ?? 0) + (written ?? 0)
  const output = count(usage, "output_tokens")
  const thinking = count(obj(usage, "output_tokens_details"), "thinking_tokens")
  return {
    ...maybe("inputTokens", input),
    ...maybe("outputTokens", output),
    ...maybe("cachedInputTokens", read),
    ...maybe("cacheCreationInputTokens", written),
    ...maybe("reasoningTokens", thinking),
    ...maybe("totalTokens", input === undefined || output === undefined ? undefined : input + output),
  }
}

/** Session that Claude Code writes into metadata.user_id: JSON in new versions, underscores in old ones. */
export function anthropicSession(body: JsonObject): string | undefined {
  const user = str(obj(body, "metadata"), "user_id")
  if (user === undefined || user.length > MAX_USER_ID) return undefined
  const old = /_session_([0-9a-f-]{36})$/.exec(user)?.[1]
  if (old !== undefined || !user.startsWith("{")) return old
  try {
    const parsed: unknown = JSON.parse(user)
    return isObject(parsed) ? str(parsed, "session_id") : undefined
  } catch {
    return undefined
  }
}

const ROLES: Readonly<Record<string, Message["role"]>> = { user: "user", assistant: "assistant", system: "system" }
const MAX_USER_ID = 2_048
const REQUEST_KEYS = new Set([
  "model",
  "max_tokens",
  "max_tokens_to_sample",
  "prompt",
  "system",
  "messages",
  "tools",
  "tool_choice",
  "stream",
  "thinking",
  "metadata",
  "mcp_servers",
  "container",
  "context_management",
  "output_config",
  "output_format",
  "service_tier",
  "speed",
  "betas",
  "anthropic_version",
  "anthropic_beta",
  "temperature",
  "top_p",
  "top_k",
  "stop_sequences",
  "inference_geo",
  "cache_control",
  "diagnostics",
])
const RESPONSE_KEYS = new Set([
  "id",
  "type",
  "role",
  "model",
  "content",
  "completion",
  "stop_reason",
  "stop_sequence",
  "stop",
  "usage",
  "container",
  "context_management",
  "error",
  "request_id",
  "log_id",
  "input_tokens",
  "stop_details",
])

// F5: Gemini generateContent on the Gemini API, Vertex and Code Assist (which wraps request and response), and the frames of Live.
// Google reads both spellings of every field (protobuf JSON), so we do too.
import type { Message, Part, ToolDefinition } from "../../../services/contracts/activity/genai.ts"
import { asText, count, first, isObject, type Json, type JsonObject, list, maybe, obj, objects, str, without } from "../json/read.ts"
import { blob, joined, message, serverOfToolName, text, tool, toolCall, toolResult, unknownPart } from "./parts.ts"
import { errorOf, parametersOf, restOf } from "./settings.ts"
import type { LlmRequest, LlmResponse, PathFacts, Usage } from "./types.ts"

export function geminiRequest(outer: JsonObject, facts: PathFacts): LlmRequest {
  const body = obj(outer, "request") ?? obj(outer, "generateContentRequest") ?? outer
  const system = first(body, "systemInstruction", "system_instruction")
  const contents = objects(body, "contents")
  const instances = objects(body, "instances")
  return {
    ...maybe("model", facts.model ?? str(outer, "model") ?? str(body, "model")),
    stream: facts.operation.startsWith("stream"),
    system: systemTexts(system),
    messages: [
      ...(contents.length === 0 ? singleContent(body) : contents.map(geminiMessage)),
      ...batched(outer),
      ...instances.map((one) => message("user", [unknownPart(one)])),
    ],
    tools: objects(body, "tools").flatMap(geminiTools),
    mcpServers: objects(body, "tools").flatMap(geminiServers),
    ...maybe("conversation", str(body, "session_id") ?? str(body, "sessionId")),
    parameters: { ...parametersOf(outer), ...parametersOf(body) },
    ...maybe("rest", restOf(body, REQUEST_KEYS)),
  }
}

/** Many requests in one: batchEmbedContents has them at the top, batchGenerateContent deep inside. */
function batched(body: JsonObject): Message[] {
  const inside = obj(obj(obj(body, "batch"), "input_config") ?? obj(obj(body, "batch"), "inputConfig"), "requests")
  const requests = [...objects(body, "requests"), ...objects(inside, "requests")].slice(0, MAX_BATCHED)
  return requests.flatMap((one) => {
    const inner = obj(one, "request") ?? one
    const contents = objects(inner, "contents")
    return contents.length === 0 ? singleContent(inner) : contents.map(geminiMessage)
  })
}

function singleContent(body: JsonObject): Message[] {
  const content = obj(body, "content") ?? obj(body, "contents")
  if (content !== undefined) return [geminiMessage(content)]
  const contents = body["contents"]
  return typeof contents === "string" ? [message("user", [text(contents)])] : []
}

export function systemTexts(system: Json | undefined): string[] {
  if (typeof system === "string") return [system]
  if (!isObject(system)) return []
  return objects(system, "parts").map((part) => str(part, "text") ?? JSON.stringify(part))
}

export function geminiMessage(content: JsonObject): Message {
  const parts = joined(geminiParts(list(content, "parts").length > 0 ? objects(content, "parts") : partOf(content["parts"])))
  const role = ROLES[str(content, "role") ?? "user"] ?? "unknown"
  return message(role === "user" && parts.length > 0 && parts.every((part) => part.type === "tool_call_response") ? "tool" : role, parts)
}

function partOf(value: Json | undefined): JsonObject[] {
  if (typeof value === "string") return [{ text: value }]
  return isObject(value) ? [value] : []
}

export function geminiParts(parts: readonly JsonObject[]): Part[] {
  return parts.flatMap(geminiPart)
}

function geminiPart(part: JsonObject): Part[] {
  const said = str(part, "text")
  if (said !== undefined) return [part["thought"] === true ? { type: "reasoning", text: said } : text(said)]
  const call = first(part, "functionCall", "function_call")
  if (isObject(call)) {
    const name = str(call, "name") ?? ""
    return [toolCall({ id: str(call, "id"), name, args: call["args"], server: serverOfToolName(name) })]
  }
  const response = first(part, "functionResponse", "function_response")
  if (isObject(response))
    return [functionResult(response), ...geminiParts(objects(response, "parts")).filter(({ type }) => type === "blob")]
  const inline = first(part, "inlineData", "inline_data")
  if (isObject(inline)) return [blob({ data: str(inline, "data"), mediaType: mimeOf(inline), name: str(inline, "displayName") })]
  const file = first(part, "fileData", "file_data")
  if (isObject(file)) return [blob({ uri: asText(first(file, "fileUri", "file_uri")), mediaType: mimeOf(file) })]
  return codePart(part)
}

function functionResult(response: JsonObject): Part {
  const value = response["response"]
  // The SDKs wrap a plain text as {output} or {error}.
  const inner = isObject(value) && Object.keys(value).length === 1 ? first(value, "output", "result", "error") : undefined
  const failed = isObject(value) && value["error"] !== undefined ? true : undefined
  return toolResult({ id: str(response, "id"), name: str(response, "name"), content: inner ?? value, isError: failed })
}

function codePart(part: JsonObject): Part[] {
  const code = first(part, "executableCode", "executable_code")
  if (isObject(code)) return [toolCall({ id: str(code, "id"), name: "code_execution", args: str(code, "code") })]
  const outcome = first(part, "codeExecutionResult", "code_execution_result")
  if (isObject(outcome)) return [toolResult({ id: str(outcome, "id"), name: "code_execution", content: outcome["output"] })]
  // Tools that Google runs itself: {toolType: "GOOGLE_SEARCH_WEB", args}, {toolType, response}.
  const built = first(part, "toolCall", "tool_call")
  if (isObject(built)) return [toolCall({ id: str(built, "id"), name: builtName(built), args: built["args"] })]
  const answered = first(part, "toolResponse", "tool_response")
  if (isObject(answered)) return [toolResult({ id: str(answered, "id"), name: builtName(answered), content: answered["response"] })]
  // A thought signature alone is no content.
  return Object.keys(part).every((key) => /^thought/i.test(key)) ? [] : [unknownPart(part)]
}

function builtName(value: JsonObject): string {
  return (str(value, "toolType") ?? str(value, "tool_type") ?? "tool").toLowerCase()
}

function mimeOf(value: JsonObject): string | undefined {
  const mime = first(value, "mimeType", "mime_type")
  return typeof mime === "string" ? mime : undefined
}

export function geminiTools(value: JsonObject): ToolDefinition[] {
  const declared = first(value, "functionDeclarations", "function_declarations")
  if (Array.isArray(declared)) return declared.filter(isObject).map(declaration)
  // googleSearch, codeExecution, urlContext, …: the key is the tool.
  const built = Object.entries(value).filter(([name]) => name !== "mcpServers" && name !== "mcp_servers")
  const servers = geminiServers(value).map(({ name }) => tool({ name, type: "mcp", server: name }))
  return [
    ...servers,
    ...built.map(([name, settings]) =>
      tool({ name, input: isObject(settings) && Object.keys(settings).length > 0 ? settings : undefined, type: name }),
    ),
  ]
}

function geminiServers(value: JsonObject): { name: string; url?: string }[] {
  return [...objects(value, "mcpServers"), ...objects(value, "mcp_servers")].map((server) => {
    const transport = obj(server, "streamableHttpTransport") ?? obj(server, "streamable_http_transport")
    return { name: str(server, "name") ?? "", ...maybe("url", str(transport, "url") ?? str(server, "url")) }
  })
}

function declaration(value: JsonObject): ToolDefinition {
  const name = str(value, "name") ?? ""
  return tool({
    name,
    description: str(value, "description"),
    input: first(value, "parametersJsonSchema", "parameters_json_schema", "parameters"),
    output: first(value, "responseJsonSchema", "response"),
    server: serverOfToolName(name),
  })
}

export function geminiResponse(outer: JsonObject): LlmResponse {
  const body = obj(outer, "response") ?? outer
  const candidates = objects(body, "candidates")
  const blocked = str(obj(body, "promptFeedback"), "blockReason")
  const messages = candidates.map((candidate) => ({ ...geminiMessage(obj(candidate, "content") ?? {}), role: "assistant" as const }))
  return {
    ...maybe("id", str(body, "responseId") ?? str(outer, "traceId")),
    ...maybe("model", str(body, "modelVersion")),
    messages: messages.filter((one) => one.parts.length > 0),
    finishReasons: [
      ...candidates.flatMap((candidate) => str(candidate, "finishReason") ?? []),
      ...(blocked === undefined ? [] : [blocked]),
    ],
    usage: geminiUsage(obj(body, "usageMetadata") ?? obj(body, "usage_metadata") ?? countOnly(body)),
    ...maybe("error", blocked === undefined ? errorOf(outer) : { type: "blocked", message: blocked }),
    ...maybe("rest", without(body, RESPONSE_KEYS)),
    finished:
      candidates.some((candidate) => candidate["finishReason"] !== undefined) ||
      blocked !== undefined ||
      COUNTED.some((key) => body[key] !== undefined),
  }
}

function countOnly(body: JsonObject): JsonObject | undefined {
  const total = count(body, "totalTokens")
  return total === undefined ? undefined : { promptTokenCount: total, totalTokenCount: total }
}

export function geminiUsage(usage: JsonObject | undefined): Usage {
  const said = count(usage, "candidatesTokenCount") ?? count(usage, "responseTokenCount")
  const thoughts = count(usage, "thoughtsTokenCount")
  const tools = count(usage, "toolUsePromptTokenCount")
  const prompt = count(usage, "promptTokenCount")
  return {
    ...maybe("inputTokens", prompt === undefined ? undefined : prompt + (tools ?? 0)),
    ...maybe("outputTokens", said === undefined && thoughts === undefined ? undefined : (said ?? 0) + (thoughts ?? 0)),
    ...maybe("cachedInputTokens", count(usage, "cachedContentTokenCount")),
    ...maybe("reasoningTokens", thoughts),
    ...maybe("totalTokens", count(usage, "totalTokenCount")),
  }
}

// Answers that are no text: counts, vectors, a batch that was taken on.
const COUNTED = ["totalTokens", "embedding", "embeddings", "metadata"]
const MAX_BATCHED = 500
const ROLES: Readonly<Record<string, Message["role"]>> = {
  user: "user",
  model: "assistant",
  function: "tool",
  tool: "tool",
  system: "system",
}
const REQUEST_KEYS = new Set([
  "contents",
  "content",
  "systemInstruction",
  "system_instruction",
  "tools",
  "toolConfig",
  "tool_config",
  "generationConfig",
  "generation_config",
  "safetySettings",
  "safety_settings",
  "cachedContent",
  "cached_content",
  "model",
  "session_id",
  "sessionId",
  "labels",
  "instances",
  "parameters",
  "requests",
  "batch",
  "store",
  "serviceTier",
])
const RESPONSE_KEYS = new Set([
  "candidates",
  "usageMetadata",
  "usage_metadata",
  "modelVersion",
  "responseId",
  "promptFeedback",
  "createTime",
  "error",
  "totalTokens",
  "promptTokensDetails",
  "totalBillableCharacters",
  "cachedContentTokenCount",
  "embedding",
  "embeddings",
  "modelStatus",
])

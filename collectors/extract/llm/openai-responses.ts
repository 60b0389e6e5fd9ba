// F2: OpenAI responses: items instead of messages, history often at the server, vendor-hosted tools inside.
import type { Message, Part, ToolDefinition } from "../../../services/contracts/activity/genai.ts"
import { asText, bool, first, isObject, type Json, type JsonObject, list, maybe, obj, objects, str, without } from "../json/read.ts"
import { chatTool, chatUsage, contentParts } from "./openai-chat.ts"
import { blob, joined, mcpTool, message, serverOfToolName, text, tool, toolCall, toolResult, unknownPart } from "./parts.ts"
import { errorOf, parametersOf, restOf } from "./settings.ts"
import type { LlmRequest, LlmResponse } from "./types.ts"

export function responsesRequest(body: JsonObject): LlmRequest {
  const input = body["input"]
  const items = typeof input === "string" ? [message("user", [text(input)])] : inputItems(list(body, "input"))
  let leading = 0
  while (leading < items.length && items[leading]?.role === "system") leading += 1
  const instructions = body["instructions"]
  const conversation = body["conversation"]
  return {
    ...maybe("model", str(body, "model")),
    stream: bool(body, "stream") ?? false,
    system: [
      ...(typeof instructions === "string" ? [instructions] : []),
      ...items
        .slice(0, leading)
        .map((item) => item.parts.map((part) => (part.type === "text" ? part.text : JSON.stringify(part))).join("\n")),
    ],
    messages: items.slice(leading),
    tools: [...objects(body, "tools"), ...foundTools(list(body, "input"))].flatMap(responsesTools),
    mcpServers: objects(body, "tools").flatMap(mcpServer),
    ...maybe("previousResponseId", str(body, "previous_response_id")),
    ...maybe("conversation", isObject(conversation) ? str(conversation, "id") : str(body, "conversation")),
    parameters: parametersOf(body),
    ...maybe("kept", keptTools(body)),
    ...maybe("rest", restOf(body, REQUEST_KEYS)),
  }
}

function inputItems(input: readonly Json[]): Message[] {
  return input.flatMap((item) => (isObject(item) ? itemMessages(item) : [message("user", [text(asText(item))])]))
}

/** One item says one thing, except a hosted MCP call, which holds the call and its result. */
export function itemMessages(item: JsonObject): Message[] {
  const type = str(item, "type") ?? "message"
  const id = str(item, "call_id") ?? str(item, "id")
  switch (type) {
    case "message":
    case "agent_message":
      return [message(ROLES[str(item, "role") ?? ""] ?? "unknown", joined(contentParts(item["content"])))]
    case "reasoning":
      return [message("assistant", joined(reasoning(item)))]
    case "function_call":
    case "custom_tool_call": {
      const name = qualified(str(item, "namespace"), str(item, "name") ?? "")
      return [message("assistant", [toolCall({ id, name, args: first(item, "arguments", "input"), server: serverOfToolName(name) })])]
    }
    case "function_call_output":
    case "custom_tool_call_output":
      return [message("tool", [toolResult({ id, content: item["output"] }), ...outputBlobs(item["output"])])]
    case "mcp_call":
      return mcpCall(item)
    case "mcp_list_tools":
    case "item_reference":
      return []
    case "mcp_approval_request":
      return [
        message("assistant", [
          toolCall({ id, name: str(item, "name") ?? type, args: item["arguments"], server: str(item, "server_label") }),
        ]),
      ]
    default:
      return otherItem(type, item, id)
  }
}

function mcpCall(item: JsonObject): Message[] {
  const id = str(item, "id")
  const server = str(item, "server_label")
  const name = str(item, "name") ?? ""
  const error = first(item, "error")
  const output = first(item, "output")
  const call = message("assistant", [toolCall({ id, name, args: item["arguments"], server })])
  if (error === undefined && output === undefined) return [call]
  return [call, message("tool", [toolResult({ id, name, content: error ?? output, isError: error !== undefined, server })])]
}

/** Built-in tools (shell, apply_patch, computer, search, code, …): `x_call` calls, `x_call_output` answers, whatever x will be called next year. */
function otherItem(type: string, item: JsonObject, id: string | undefined): Message[] {
  if (type.endsWith("_output") || type === "mcp_approval_response" || type === "tool_search_output") {
    return [
      message("tool", [
        toolResult({
          id: id ?? str(item, "approval_request_id"),
          content: isScreenshot(item["output"]) ? "" : first(item, "output", "approve", "tools", "result", "results"),
        }),
        ...outputBlobs(item["output"]),
      ]),
    ]
  }
  // Code that the model writes to call tools with.
  if (type === "program") return [message("assistant", [toolCall({ id, name: type, args: first(item, "code", "input") ?? "" })])]
  if (!type.endsWith("_call")) return [message("unknown", [unknownPart(item)])]
  const args = first(item, "action", "arguments", "operation", "queries", "code", "input", "prompt")
  const call = message("assistant", [toolCall({ id, name: type.slice(0, -"_call".length), args: args ?? "" })])
  const output = first(item, "outputs", "results", "result")
  const image = type === "image_generation_call" && typeof output === "string"
  if (output === undefined || image) return [call]
  return [call, message("tool", [toolResult({ id, content: output })])]
}

function reasoning(item: JsonObject): Part[] {
  const texts = [...objects(item, "summary"), ...objects(item, "content")].flatMap((part) => str(part, "text") ?? [])
  return texts.length === 0 ? [] : [{ type: "reasoning", text: texts.join("\n") }]
}

function isScreenshot(output: Json | undefined): output is JsonObject {
  return isObject(output) && (output["image_url"] !== undefined || output["file_id"] !== undefined)
}

function outputBlobs(output: Json | undefined): Part[] {
  if (isScreenshot(output)) return [blob({ uri: str(output, "image_url") ?? str(output, "file_id"), mediaType: "image" })]
  return Array.isArray(output) ? contentParts(output).filter((part) => part.type === "blob") : []
}

function responsesTools(value: JsonObject): ToolDefinition[] {
  const type = str(value, "type") ?? "function"
  if (type === "mcp") {
    const label = str(value, "server_label") ?? ""
    return [tool({ name: label, description: str(value, "server_description"), type, server: label })]
  }
  if (type !== "namespace") return [chatTool(value)]
  const space = str(value, "name")
  return objects(value, "tools").map((one) => chatTool({ ...one, name: qualified(space, str(one, "name") ?? "") }))
}

/** Tools that were not given with the request but looked for while it ran: what the model reads of them is as telling. */
function foundTools(items: readonly Json[]): readonly JsonObject[] {
  return items.filter(isObject).flatMap((item) => (str(item, "type") === "tool_search_output" ? objects(item, "tools") : []))
}

/** A namespace groups tools; the one of an MCP server is called mcp__server, and its tools are named as they were before there were namespaces. */
function qualified(space: string | undefined, name: string): string {
  if (space === undefined || space === "" || name.startsWith(space)) return name
  return space.startsWith("mcp__") ? `${space.replace(/__$/, "")}__${name}` : `${space}.${name}`
}

/** What built-in tools are set up with: addresses, headers and tokens for third parties, stores, containers. */
function keptTools(body: JsonObject): JsonObject | undefined {
  const tools = objects(body, "tools").filter((one) => !FUNCTIONS.has(str(one, "type") ?? "function") && Object.keys(one).length > 1)
  return tools.length === 0 ? undefined : { tools }
}

function mcpServer(value: JsonObject): { name: string; url?: string }[] {
  if (str(value, "type") !== "mcp") return []
  return [{ name: str(value, "server_label") ?? "", ...maybe("url", str(value, "server_url") ?? str(value, "connector_id")) }]
}

export function responsesResponse(envelope: JsonObject): LlmResponse {
  const body = obj(envelope, "response") ?? envelope
  const output = objects(body, "output")
  const status = str(body, "status")
  const reason = str(obj(body, "incomplete_details"), "reason")
  return {
    ...maybe("id", str(body, "id")),
    ...maybe("model", str(body, "model")),
    messages: output.flatMap(itemMessages),
    finishReasons:
      reason !== undefined ? [reason] : status !== undefined && status !== "in_progress" && status !== "queued" ? [status] : [],
    // responses/input_tokens has its count at the top.
    usage: chatUsage(obj(body, "usage") ?? (body["input_tokens"] === undefined ? undefined : body)),
    ...maybe("error", errorOf(body)),
    tools: output.flatMap(listedTools),
    ...maybe("rest", without(body, RESPONSE_KEYS)),
    finished: status !== "in_progress",
  }
}

/** The tools a hosted MCP server answered with: the only place where its inventory crosses our wire. */
export function listedTools(item: JsonObject): ToolDefinition[] {
  if (str(item, "type") === "tool_search_output") return foundTools([item]).flatMap(responsesTools)
  if (str(item, "type") !== "mcp_list_tools") return []
  return objects(item, "tools").map((one) => mcpTool(one, str(item, "server_label")))
}

const FUNCTIONS = new Set(["function", "custom", "namespace"])
const ROLES: Readonly<Record<string, Message["role"]>> = {
  system: "system",
  developer: "system",
  user: "user",
  assistant: "assistant",
  tool: "tool",
}
const REQUEST_KEYS = new Set([
  "type",
  "event_id",
  "stream_id",
  "model",
  "instructions",
  "input",
  "tools",
  "stream",
  "previous_response_id",
  "conversation",
  "store",
  "include",
  "reasoning",
  "text",
  "background",
  "truncation",
  "context_management",
  "tool_choice",
  "parallel_tool_calls",
  "max_output_tokens",
  "max_tool_calls",
  "temperature",
  "top_p",
  "top_logprobs",
  "metadata",
  "user",
  "safety_identifier",
  "prompt_cache_key",
  "prompt_cache_retention",
  "service_tier",
  "stream_options",
  "client_metadata",
  "generate",
  // A session of Realtime.
  "object",
  "id",
  "output_modalities",
  "modalities",
  "audio",
  "voice",
  "turn_detection",
  "input_audio_format",
  "output_audio_format",
  "input_audio_transcription",
  "input_audio_noise_reduction",
  "expires_at",
])
const RESPONSE_KEYS = new Set([
  "id",
  "object",
  "created_at",
  "completed_at",
  "status",
  "background",
  "error",
  "incomplete_details",
  "instructions",
  "max_output_tokens",
  "max_tool_calls",
  "model",
  "output",
  "output_text",
  "parallel_tool_calls",
  "previous_response_id",
  "conversation",
  "conversation_id",
  "output_modalities",
  "modalities",
  "audio",
  "voice",
  "prompt_cache_key",
  "prompt_cache_retention",
  "reasoning",
  "safety_identifier",
  "service_tier",
  "store",
  "temperature",
  "text",
  "tool_choice",
  "tools",
  "top_logprobs",
  "top_p",
  "truncation",
  "usage",
  "user",
  "metadata",
  "billing",
  "prompt",
  "frequency_penalty",
  "presence_penalty",
  "input_tokens",
])

// F1: OpenAI chat completions, and the legacy text completions beside it. Spoken by most servers; their extras are read too.
import type { Message, Part, ToolDefinition } from "../../../services/contracts/activity/genai.ts"
import {
  asText,
  bool,
  count,
  first,
  isObject,
  type Json,
  type JsonObject,
  list,
  maybe,
  num,
  obj,
  objects,
  str,
  without,
} from "../json/read.ts"
import { blob, joined, message, serverOfToolName, splitThinking, text, tool, toolCall, toolResult, unknownPart } from "./parts.ts"
import { errorOf, parametersOf, restOf } from "./settings.ts"
import type { LlmRequest, LlmResponse, Usage } from "./types.ts"

export function chatRequest(body: JsonObject, facts: { readonly model?: string }): LlmRequest {
  const messages = objects(body, "messages")
  // The system prompt is what leads; instructions that come later stay where they are said.
  let leading = 0
  while (leading < messages.length && SYSTEM_ROLES.has(str(messages[leading], "role") ?? "")) leading += 1
  const prompt = body["prompt"]
  return {
    ...maybe("model", str(body, "model") ?? facts.model ?? str(body, "model_id")),
    stream: bool(body, "stream") ?? false,
    system: messages.slice(0, leading).map((item) => systemText(item["content"])),
    messages: [...messages.slice(leading).map(chatMessage), ...promptMessages(prompt)],
    tools: [...objects(body, "tools"), ...objects(body, "functions")].map(chatTool),
    mcpServers: [],
    ...maybe("conversation", str(body, "conversation_id")),
    parameters: parametersOf(body),
    ...maybe("rest", restOf(body, REQUEST_KEYS)),
  }
}

/** Legacy completions: one prompt, or many; token ids say nothing to a reader. */
function promptMessages(prompt: Json | undefined): Message[] {
  if (typeof prompt === "string") return [message("user", [text(prompt)])]
  if (!Array.isArray(prompt)) return []
  return prompt.filter((item: Json) => typeof item === "string").map((item: string) => message("user", [text(item)]))
}

export function systemText(content: Json | undefined): string {
  if (!Array.isArray(content)) return asText(content)
  return content.map((part: Json) => (isObject(part) ? (str(part, "text") ?? JSON.stringify(part)) : asText(part))).join("\n")
}

export function chatMessage(value: JsonObject): Message {
  const said = str(value, "role") ?? ""
  const role = ROLES[said] ?? "unknown"
  if (role === "tool") {
    const id = str(value, "tool_call_id")
    const name = str(value, "name") ?? str(value, "tool_name")
    return message("tool", [
      toolResult({ id, name, content: value["content"] }),
      ...contentParts(value["content"]).filter((part) => part.type === "blob"),
    ])
  }
  return message(role, joined(assistantParts(value)), str(value, "name"))
}

/** Parts of a message with the fields that only assistants have: reasoning, refusal, calls. */
export function assistantParts(value: JsonObject): Part[] {
  const reasoning = first(value, "reasoning_content", "reasoning", "thinking")
  const refusal = str(value, "refusal")
  const legacy = obj(value, "function_call")
  return [
    ...(reasoning === undefined ? reasoningDetails(value) : [{ type: "reasoning" as const, text: asText(reasoning) }]),
    ...contentParts(value["content"]),
    ...(refusal === undefined ? [] : [{ type: "refusal" as const, text: refusal }]),
    ...objects(value, "tool_calls").map(chatToolCall),
    ...(legacy === undefined ? [] : [toolCall({ name: str(legacy, "name") ?? "", args: legacy["arguments"] })]),
    ...(isObject(value["audio"]) ? [audioPart(value["audio"])] : []),
    ...objects(value, "images").map((image) => blob({ uri: imageUrl(image) })),
  ]
}

/** OpenRouter keeps each provider's reasoning in pieces. */
function reasoningDetails(value: JsonObject): Part[] {
  const pieces = objects(value, "reasoning_details").flatMap((item) => str(item, "text") ?? str(item, "summary") ?? [])
  return pieces.length === 0 ? [] : [{ type: "reasoning", text: pieces.join("") }]
}

export function contentParts(content: Json | undefined): Part[] {
  if (content === undefined || content === null) return []
  if (typeof content === "string") return splitThinking(content)
  if (isObject(content)) return [contentPart(content)]
  return list({ content }, "content").map((part) => (isObject(part) ? contentPart(part) : text(asText(part))))
}

function contentPart(part: JsonObject): Part {
  switch (str(part, "type")) {
    case "text":
    case "input_text":
    case "output_text":
      // Threads wrap it: {value, annotations}.
      return text(asText(obj(part, "text")?.["value"] ?? part["text"]))
    case "thinking":
    case "reasoning":
      return { type: "reasoning", text: thinkingText(part) }
    case "refusal":
      return { type: "refusal", text: asText(part["refusal"]) }
    case "image_url":
    case "input_image":
    case "video_url":
    case "audio_url":
      return blob({ uri: imageUrl(part) ?? str(part, "file_id") })
    case "audio":
    case "output_audio":
      return typeof part["transcript"] === "string" ? text(part["transcript"]) : blob({ mediaType: "audio" })
    case "input_audio":
      if (typeof part["transcript"] === "string") return text(part["transcript"])
      return blob({ data: str(obj(part, "input_audio"), "data"), mediaType: `audio/${str(obj(part, "input_audio"), "format") ?? "wav"}` })
    case "file":
    case "input_file": {
      const file = obj(part, "file") ?? part
      return blob({ data: str(file, "file_data"), name: str(file, "filename"), uri: str(file, "file_url") ?? str(file, "file_id") })
    }
    case "tool_call":
      return chatToolCall(part)
    default:
      return typeof part["text"] === "string" ? text(part["text"]) : unknownPart(part)
  }
}

/** Mistral nests the thinking text in parts of its own. */
function thinkingText(part: JsonObject): string {
  const inner = part["thinking"] ?? part["text"] ?? part["reasoning"]
  return Array.isArray(inner) ? inner.map((item: Json) => (isObject(item) ? asText(item["text"]) : asText(item))).join("") : asText(inner)
}

function imageUrl(part: JsonObject): string | undefined {
  const url = first(part, "image_url", "video_url", "audio_url", "url")
  return isObject(url) ? str(url, "url") : typeof url === "string" ? url : undefined
}

function audioPart(audio: JsonObject): Part {
  const data = str(audio, "data")
  return blob({ data, mediaType: "audio", uri: data === undefined ? str(audio, "id") : undefined })
}

function chatToolCall(call: JsonObject): Part {
  const inner = obj(call, "function") ?? obj(call, "custom") ?? call
  const name = str(inner, "name") ?? ""
  return toolCall({ id: str(call, "id"), name, args: first(inner, "arguments", "input"), server: serverOfToolName(name) })
}

export function chatTool(value: JsonObject): ToolDefinition {
  const type = str(value, "type") ?? "function"
  const inner = obj(value, "function") ?? obj(value, "custom") ?? value
  const name = str(inner, "name") ?? type
  return tool({
    name,
    description: str(inner, "description"),
    input: first(inner, "parameters", "input_schema", "format", "inputSchema"),
    type,
    server: serverOfToolName(name),
  })
}

export function chatResponse(body: JsonObject): LlmResponse {
  const choices = objects(body, "choices")
  return {
    ...maybe("id", str(body, "id")),
    ...maybe("model", str(body, "model")),
    messages: choices.map(choiceMessage),
    finishReasons: choices.flatMap((choice) => str(choice, "finish_reason") ?? []),
    usage: chatUsage(obj(body, "usage") ?? obj(obj(body, "x_groq"), "usage")),
    ...maybe("error", errorOf(body)),
    ...maybe("rest", without(body, RESPONSE_KEYS)),
    finished: true,
  }
}

function choiceMessage(choice: JsonObject): Message {
  const said = obj(choice, "message") ?? obj(choice, "delta")
  if (said === undefined) return message("assistant", [text(str(choice, "text") ?? "")])
  return message("assistant", joined(assistantParts(said)))
}

/** Every dialect of usage that speaks of prompt and completion. */
export function chatUsage(usage: JsonObject | undefined): Usage {
  if (usage === undefined) return {}
  const input = obj(usage, "prompt_tokens_details") ?? obj(usage, "input_tokens_details") ?? obj(usage, "input_token_details")
  const output = obj(usage, "completion_tokens_details") ?? obj(usage, "output_tokens_details") ?? obj(usage, "output_token_details")
  return {
    ...maybe("inputTokens", count(usage, "prompt_tokens") ?? count(usage, "input_tokens")),
    ...maybe("outputTokens", count(usage, "completion_tokens") ?? count(usage, "output_tokens")),
    ...maybe(
      "cachedInputTokens",
      count(input, "cached_tokens") ?? count(usage, "prompt_cache_hit_tokens") ?? count(usage, "cached_tokens"),
    ),
    ...maybe("cacheCreationInputTokens", count(input, "cache_write_tokens")),
    ...maybe("reasoningTokens", count(output, "reasoning_tokens") ?? count(usage, "reasoning_tokens")),
    ...maybe("totalTokens", count(usage, "total_tokens")),
  }
}

export function choiceIndex(choice: JsonObject): number {
  return num(choice, "index") ?? 0
}

const SYSTEM_ROLES = new Set(["system", "developer"])
const ROLES: Readonly<Record<string, Message["role"]>> = {
  system: "system",
  developer: "system",
  user: "user",
  assistant: "assistant",
  model: "assistant",
  tool: "tool",
  function: "tool",
}
const REQUEST_KEYS = new Set([
  "model",
  "messages",
  "prompt",
  "tools",
  "functions",
  "stream",
  "conversation_id",
  "tool_choice",
  "function_call",
  "stream_options",
  "max_tokens",
  "max_completion_tokens",
  "response_format",
  "reasoning_effort",
  "reasoning",
  "user",
  "safety_identifier",
  "prompt_cache_key",
  "metadata",
  "temperature",
  "top_p",
  "top_k",
  "n",
  "seed",
  "stop",
  "presence_penalty",
  "frequency_penalty",
  "logit_bias",
  "logprobs",
  "top_logprobs",
  "parallel_tool_calls",
  "store",
  "service_tier",
  "modalities",
  "audio",
  "verbosity",
  "web_search_options",
  "echo",
  "best_of",
  "provider",
  "transforms",
  "route",
  "models",
  "plugins",
])
const RESPONSE_KEYS = new Set([
  "id",
  "object",
  "created",
  "model",
  "choices",
  "usage",
  "system_fingerprint",
  "service_tier",
  "error",
  "provider",
  "x_groq",
  "prompt_filter_results",
  "time_info",
  "timings",
  "kv_transfer_params",
  "prompt_logprobs",
])

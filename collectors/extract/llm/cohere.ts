// F8: Cohere chat, version 2 (messages) and version 1 (message and chat_history).
import type { Message, Part } from "../../../services/contracts/activity/genai.ts"
import { asText, bool, count, first, type JsonObject, list, maybe, num, obj, objects, str, without } from "../json/read.ts"
import { chatMessage, chatTool, contentParts, systemText } from "./openai-chat.ts"
import { joined, message, text, toolCall, unknownPart } from "./parts.ts"
import { errorOf, parametersOf, restOf } from "./settings.ts"
import type { LlmError, LlmRequest, LlmResponse, StreamPiece, StreamReader, Usage } from "./types.ts"

export function cohereRequest(body: JsonObject): LlmRequest {
  const messages = objects(body, "messages")
  const isSystem = (one: JsonObject) => /^(?:system|developer)$/i.test(str(one, "role") ?? "")
  const asked = str(body, "message")
  const preamble = str(body, "preamble")
  return {
    ...maybe("model", str(body, "model")),
    stream: bool(body, "stream") ?? false,
    system: [...(preamble === undefined ? [] : [preamble]), ...messages.filter(isSystem).map((one) => systemText(one["content"]))],
    messages: [
      ...objects(body, "chat_history").map(oldMessage),
      ...messages.filter((one) => !isSystem(one)).map(newMessage),
      ...list(body, "documents").map((one) => message("tool", [unknownPart(one)])),
      ...(asked === undefined ? [] : [message("user", [text(asked)])]),
    ],
    tools: objects(body, "tools").map(chatTool),
    mcpServers: [],
    ...maybe("conversation", str(body, "conversation_id")),
    parameters: parametersOf(body),
    ...maybe("rest", restOf(body, REQUEST_KEYS)),
  }
}

function newMessage(value: JsonObject): Message {
  const plan = str(value, "tool_plan")
  const read = chatMessage(value)
  return plan === undefined ? read : { ...read, parts: [{ type: "reasoning", text: plan }, ...read.parts] }
}

function oldMessage(value: JsonObject): Message {
  const role = (str(value, "role") ?? "").toUpperCase()
  return message(role === "CHATBOT" ? "assistant" : role === "USER" ? "user" : role === "SYSTEM" ? "system" : "tool", [
    text(str(value, "message") ?? asText(first(value, "tool_results", "content"))),
  ])
}

export function cohereResponse(body: JsonObject): LlmResponse {
  const said = obj(body, "message")
  const reason = str(body, "finish_reason")
  const parts =
    said === undefined
      ? oldParts(body)
      : [
          ...planOf(said),
          ...contentParts(said["content"]),
          ...newMessage({ ...said, role: "assistant", content: undefined, tool_plan: undefined }).parts,
        ]
  return {
    ...maybe("id", str(body, "id") ?? str(body, "response_id") ?? str(body, "generation_id")),
    messages: parts.length === 0 ? [] : [message("assistant", joined(parts))],
    finishReasons: reason === undefined ? [] : [reason],
    usage: usageOf(body),
    ...maybe("error", parts.length === 0 ? (errorOf(body) ?? plainError(body)) : undefined),
    ...maybe("rest", without(body, RESPONSE_KEYS)),
    finished: true,
  }
}

function plainError(body: JsonObject): LlmError | undefined {
  return typeof body["message"] === "string" ? { message: body["message"] } : undefined
}

function planOf(said: JsonObject): Part[] {
  const plan = str(said, "tool_plan")
  return plan === undefined ? [] : [{ type: "reasoning", text: plan }]
}

function oldParts(body: JsonObject): Part[] {
  const said = str(body, "text")
  const calls = objects(body, "tool_calls").map((call) => toolCall({ name: str(call, "name") ?? "", args: call["parameters"] }))
  return [...(said === undefined ? [] : [text(said)]), ...calls]
}

function usageOf(body: JsonObject): Usage {
  const usage = obj(body, "usage") ?? obj(body, "meta")
  const tokens = obj(usage, "tokens") ?? obj(usage, "billed_units")
  return { ...maybe("inputTokens", count(tokens, "input_tokens")), ...maybe("outputTokens", count(tokens, "output_tokens")) }
}

export function cohereStream(): StreamReader {
  return new CohereStream()
}

class CohereStream implements StreamReader {
  #text = ""
  #reasoning = ""
  readonly #calls = new Map<number, { id?: string; name: string; args: string }>()
  #end: JsonObject = {}
  #id: string | undefined
  #closed = false

  piece({ name, data }: StreamPiece): boolean {
    const type = str(data, "type") ?? str(data, "event_type") ?? name
    this.#id ??= str(data, "id") ?? str(data, "generation_id")
    const delta = obj(obj(data, "delta"), "message") ?? {}
    if (type === "message-end" || type === "stream-end") {
      this.#end = obj(data, "delta") ?? obj(data, "response") ?? data
      this.#closed = true
      return false
    }
    if (type === "tool-call-start") this.#start(num(data, "index") ?? this.#calls.size, obj(delta, "tool_calls") ?? {})
    if (type === "tool-call-delta") {
      const call = this.#calls.get(num(data, "index") ?? 0)
      if (call !== undefined) call.args += str(obj(obj(delta, "tool_calls"), "function"), "arguments") ?? ""
    }
    this.#reasoning += (str(delta, "tool_plan") ?? "") + (str(obj(delta, "content"), "thinking") ?? "")
    const said = (str(obj(delta, "content"), "text") ?? "") + (type === "text-generation" ? (str(data, "text") ?? "") : "")
    this.#text += said
    return said !== "" || type.startsWith("tool-")
  }

  #start(index: number, call: JsonObject): void {
    const inner = obj(call, "function")
    if (this.#calls.size < MAX_CALLS)
      this.#calls.set(index, { ...maybe("id", str(call, "id")), name: str(inner, "name") ?? "", args: str(inner, "arguments") ?? "" })
  }

  finish(): LlmResponse {
    const parts: Part[] = [
      ...(this.#reasoning === "" ? [] : [{ type: "reasoning" as const, text: this.#reasoning }]),
      ...(this.#text === "" ? [] : [text(this.#text)]),
      ...[...this.#calls.values()].map((call) =>
        toolCall(call.id === undefined ? { name: call.name, args: call.args } : { id: call.id, name: call.name, args: call.args }),
      ),
    ]
    const reason = str(this.#end, "finish_reason")
    return {
      ...maybe("id", this.#id),
      messages: parts.length === 0 ? [] : [message("assistant", parts)],
      finishReasons: reason === undefined ? [] : [reason],
      usage: usageOf(this.#end),
      finished: this.#closed,
    }
  }
}

const MAX_CALLS = 512
const REQUEST_KEYS = new Set([
  "model",
  "messages",
  "message",
  "chat_history",
  "preamble",
  "tools",
  "documents",
  "stream",
  "conversation_id",
  "temperature",
  "max_tokens",
  "p",
  "k",
  "seed",
  "stop_sequences",
  "response_format",
  "safety_mode",
  "citation_options",
  "tool_choice",
  "strict_tools",
  "thinking",
  "frequency_penalty",
  "presence_penalty",
  "tool_results",
  "connectors",
  "logprobs",
])
const RESPONSE_KEYS = new Set([
  "id",
  "message",
  "finish_reason",
  "usage",
  "meta",
  "text",
  "generation_id",
  "response_id",
  "chat_history",
  "tool_calls",
  "citations",
  "logprobs",
  "is_search_required",
  "documents",
])

// F10: Ollama's own API: one JSON object a line; arguments are objects, counts are called eval.
import type { Part } from "../../../services/contracts/activity/genai.ts"
import { bool, count, first, isObject, type JsonObject, list, maybe, obj, objects, str, strings, without } from "../json/read.ts"
import { assistantParts, chatMessage, chatTool } from "./openai-chat.ts"
import { blob, joined, message, text } from "./parts.ts"
import { errorOf, parametersOf, restOf } from "./settings.ts"
import type { LlmError, LlmRequest, LlmResponse, PathFacts, StreamPiece, StreamReader, Usage } from "./types.ts"

export function ollamaRequest(body: JsonObject, facts: PathFacts): LlmRequest {
  const messages = objects(body, "messages")
  const system = messages.filter((one) => str(one, "role") === "system").flatMap((one) => str(one, "content") ?? [])
  const prompt = first(body, "prompt", "input")
  const images = strings(body, "images").map((data) => blob({ data, mediaType: "image" }))
  const asked = typeof prompt === "string" ? [text(prompt)] : strings({ prompt }, "prompt").map(text)
  return {
    ...maybe("model", str(body, "model") ?? str(body, "name")),
    // Ollama streams unless told not to; its lists, pulls and embeddings do not.
    stream: bool(body, "stream") ?? (facts.operation === "chat" || facts.operation === "text_completion"),
    system: [...maybeList(str(body, "system")), ...system],
    messages: [
      ...messages.filter((one) => str(one, "role") !== "system").map(ollamaMessage),
      ...(asked.length + images.length === 0 ? [] : [message("user", [...asked, ...images])]),
    ],
    tools: objects(body, "tools").map(chatTool),
    mcpServers: [],
    parameters: parametersOf(body),
    ...maybe("rest", restOf(body, REQUEST_KEYS)),
  }
}

function maybeList(value: string | undefined): string[] {
  return value === undefined || value === "" ? [] : [value]
}

function ollamaMessage(value: JsonObject) {
  const read = chatMessage(value)
  return { ...read, parts: [...read.parts, ...imagesOf(value)] }
}

function imagesOf(value: JsonObject): Part[] {
  return list(value, "images").map((data) => blob({ data: typeof data === "string" ? data : undefined, mediaType: "image" }))
}

export function ollamaResponse(body: JsonObject): LlmResponse {
  const parts = partsOf(body)
  const reason = str(body, "done_reason") ?? (body["done"] === true ? "stop" : undefined)
  return {
    ...maybe("model", str(body, "model")),
    messages: parts.length === 0 ? [] : [message("assistant", joined(parts))],
    finishReasons: reason === undefined ? [] : [reason],
    usage: usageOf(body),
    ...maybe("error", errorOf(body)),
    ...maybe("rest", without(body, RESPONSE_KEYS)),
    finished: body["done"] !== false,
  }
}

function partsOf(body: JsonObject): Part[] {
  const said = obj(body, "message")
  if (said !== undefined) return [...assistantParts(said), ...imagesOf(said)]
  const thinking = str(body, "thinking")
  const answer = str(body, "response")
  return [
    ...(thinking === undefined ? [] : [{ type: "reasoning" as const, text: thinking }]),
    ...(answer === undefined ? [] : [text(answer)]),
  ]
}

function usageOf(body: JsonObject): Usage {
  const input = count(body, "prompt_eval_count")
  const output = count(body, "eval_count")
  return {
    ...maybe("inputTokens", input),
    ...maybe("outputTokens", output),
    ...maybe("totalTokens", input === undefined || output === undefined ? undefined : input + output),
  }
}

export function ollamaStream(): StreamReader {
  return new OllamaStream()
}

class OllamaStream implements StreamReader {
  readonly #parts: Part[] = []
  #last: LlmResponse | undefined
  #error: LlmError | undefined
  #done = false

  piece({ data }: StreamPiece): boolean {
    this.#last = ollamaResponse(data)
    this.#error ??= isObject(data["error"]) || typeof data["error"] === "string" ? errorOf(data) : undefined
    this.#done ||= data["done"] === true
    const parts = partsOf(data).filter((part) => part.type !== "text" || part.text !== "")
    for (const part of parts) if (this.#parts.length < MAX_PARTS) this.#parts.push(part)
    return parts.length > 0
  }

  finish(): LlmResponse {
    const parts = joined(this.#parts)
    return {
      ...maybe("model", this.#last?.model),
      messages: parts.length === 0 ? [] : [message("assistant", parts)],
      finishReasons: this.#done ? (this.#last?.finishReasons ?? []) : [],
      usage: this.#last?.usage ?? {},
      ...(this.#error !== undefined && { error: this.#error }),
      finished: this.#done,
    }
  }
}

const MAX_PARTS = 200_000
const REQUEST_KEYS = new Set([
  "model",
  "name",
  "messages",
  "prompt",
  "input",
  "system",
  "images",
  "tools",
  "stream",
  "options",
  "format",
  "keep_alive",
  "think",
  "raw",
  "suffix",
  "template",
  "context",
  "truncate",
  "dimensions",
])
const RESPONSE_KEYS = new Set([
  "model",
  "created_at",
  "message",
  "response",
  "thinking",
  "done",
  "done_reason",
  "context",
  "total_duration",
  "load_duration",
  "prompt_eval_count",
  "prompt_eval_duration",
  "eval_count",
  "eval_duration",
  "error",
  "embeddings",
  "models",
])

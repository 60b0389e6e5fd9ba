// Recognises a model API by the shape of its exchanges, at hosts that no catalogue knows. Only the top level of the JSON counts: a transcript
// quoted inside telemetry or a chat message is not a model call.

import { isObject, type Json, type JsonObject, num, obj, objects, str } from "../json/read.ts"
import type { ExchangeView } from "../view.ts"
import { isConversationState } from "./amazon-q.ts"
import { isGraphRun } from "./langgraph.ts"
import { isLlamaCpp, isSgLang, NATIVE } from "./native-replies.ts"
import type { Route } from "./route.ts"

export interface Shape {
  readonly score: number
  readonly reasons: readonly string[]
  readonly accepted: boolean
  readonly family: string
}

export function shapeOf(view: ExchangeView, route: Route | undefined): Shape {
  const body = view.requestObject
  const tally = new Tally()
  if (route?.anywhere === true) tally.request(3, `path ends like ${route.family}`)
  if (body !== undefined) scoreRequest(tally, body, view)
  scoreResponse(tally, view)
  if (body !== undefined) scoreAgainst(tally, body, view, route)
  // An envelope holds the words of another family: the path is what says who is spoken to.
  const envelope = route !== undefined && ENVELOPES.has(route.family) ? route.family : undefined
  return { ...tally.verdict(), family: envelope ?? familyByShape(view) ?? route?.family ?? "openai.chat" }
}

class Tally {
  #asked = 0
  #answered = 0
  #against = 0
  #strong = false
  readonly #reasons: string[] = []

  request(points: number, reason: string): void {
    this.#asked += points
    this.#reasons.push(`+${points} ${reason}`)
  }
  response(points: number, reason: string, strong = false): void {
    this.#answered += points
    this.#strong ||= strong
    this.#reasons.push(`+${points} ${reason}`)
  }
  against(points: number, reason: string): void {
    this.#against += points
    this.#reasons.push(`-${points} ${reason}`)
  }
  verdict() {
    const score = this.#asked + this.#answered - this.#against
    // A request that says everything itself may stay without an answer that tells: refused, cut, or not seen.
    const enough = this.#strong || (this.#asked > 0 && this.#answered > 0) || this.#asked - this.#against >= REQUEST_ALONE
    return { score, reasons: this.#reasons, accepted: enough && score >= DECIDE }
  }
}

function scoreRequest(tally: Tally, body: JsonObject, view: ExchangeView): void {
  if (isConversation(body["messages"])) tally.request(3, "messages with roles")
  if (objects(body, "contents").some((one) => Array.isArray(one["parts"]))) tally.request(3, "contents with parts")
  const input = body["input"]
  if (
    body["model"] !== undefined &&
    (typeof input === "string" || Array.isArray(input)) &&
    (body["instructions"] !== undefined || body["reasoning"] !== undefined || body["previous_response_id"] !== undefined)
  ) {
    tally.request(3, "input with instructions")
  }
  const inner = obj(body, "input")
  if (isConversation(inner?.["messages"]) || (typeof inner?.["prompt"] === "string" && obj(body, "parameters") !== undefined))
    tally.request(3, "input with messages")
  else if (typeof inner?.["prompt"] === "string") tally.request(3, "input with a prompt")
  if (
    body["input"] !== undefined &&
    ["system_instruction", "previous_interaction_id", "generation_config", "response_modalities"].some((key) => body[key] !== undefined)
  )
    tally.request(3, "input of an interaction")
  if (body["inferenceConfig"] !== undefined || body["toolConfig"] !== undefined || isBlocks(body["system"]))
    tally.request(2, "settings of converse")
  if (isDifyQuestion(body)) tally.request(3, "question to Dify")
  if (isGraphRun(body)) tally.request(5, "run of a graph")
  if (isConversationState(body)) tally.request(8, "conversation state of Amazon Q")
  if (typeof body["model"] === "string") tally.request(2, "model")
  if (typeof body["prompt"] === "string" && typeof body["model"] === "string") tally.request(1, "prompt")
  if (typeof body["inputs"] === "string" && obj(body, "parameters") !== undefined) tally.request(3, "inputs with parameters")
  if (objects(body, "tools").some(isTool)) tally.request(2, "tools with schemas")
  if (["temperature", "max_tokens", "stream", "top_p", "max_completion_tokens", "max_output_tokens"].some((key) => body[key] !== undefined))
    tally.request(1, "sampling settings")
  if (
    /^Bearer (?:sk-|gsk_|nvapi-|xai-|pplx-|hf_|r8_|AIza)/.test(view.requestHeader("authorization") ?? "") ||
    view.requestHeader("x-api-key") !== undefined
  )
    tally.request(1, "model API key")
  if (view.requestHeaders.some(([name]) => name.startsWith("x-stainless-"))) tally.request(1, "model SDK headers")
  if (view.requestHeader("anthropic-version") !== undefined) tally.request(2, "anthropic-version header")
}

export function isConversation(value: Json | undefined): boolean {
  if (!Array.isArray(value) || value.length === 0) return false
  return value.every(
    (item: Json) => isObject(item) && ROLES.has(str(item, "role") ?? "") && ("content" in item || "tool_calls" in item || "parts" in item),
  )
}

/** The words of converse: blocks that hold a text and say no type. */
function isBlocks(value: Json | undefined): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item: Json) => isObject(item) && typeof item["text"] === "string" && item["type"] === undefined)
  )
}

function isTool(value: JsonObject): boolean {
  return (
    obj(value, "function")?.["name"] !== undefined ||
    obj(value, "input_schema") !== undefined ||
    Array.isArray(value["functionDeclarations"])
  )
}

function scoreResponse(tally: Tally, view: ExchangeView): void {
  const { pieces } = view.response
  if (pieces !== undefined) {
    scorePieces(
      tally,
      pieces.slice(0, PIECES_LOOKED_AT).map((piece) => ({ name: piece.name, data: isObject(piece.data) ? piece.data : {} })),
    )
    return
  }
  const { json } = view.response
  const body = isObject(json) ? json : Array.isArray(json) && isObject(json[0]) ? json[0] : undefined
  if (body !== undefined) scoreReply(tally, body, str(obj(view.requestObject, "input"), "prompt"))
}

function scorePieces(tally: Tally, pieces: readonly { readonly name: string; readonly data: JsonObject }[]): void {
  const chunks = pieces.filter(({ data }) => objects(data, "choices").some((choice) => obj(choice, "delta") !== undefined))
  if (chunks.length >= 2 || (chunks.length === 1 && pieces.length <= 2)) tally.response(6, "stream of choices with deltas", true)
  const types = new Set(pieces.map(({ name, data }) => str(data, "type") ?? str(data, "event_type") ?? name))
  if (types.has("message_start") && (types.has("content_block_start") || types.has("content_block_delta")))
    tally.response(6, "stream of content blocks", true)
  if (types.has("response.created") && [...types].some((type) => type.startsWith("response.output")))
    tally.response(6, "stream of response items", true)
  if (types.has("interaction.created")) tally.response(6, "stream of interaction steps", true)
  if (types.has("message-start") && COHERE_EVENTS.some((type) => types.has(type))) tally.response(6, "stream of cohere deltas", true)
  if (pieces.some(({ data }) => objects(data, "candidates").some((one) => obj(one, "content") !== undefined)))
    tally.response(6, "stream of candidates", true)
  if (
    pieces.some(
      ({ data }) =>
        data["model"] !== undefined &&
        data["done"] !== undefined &&
        (obj(data, "message") !== undefined || typeof data["response"] === "string"),
    )
  ) {
    tally.response(6, "lines of an Ollama answer", true)
  }
  if (pieces.some(({ data }) => isLlamaCpp(data))) tally.response(6, "stream of llama.cpp", true)
  if (pieces.some(({ data }) => isSgLang(data))) tally.response(6, "stream of SGLang", true)
  if (pieces.some(({ data }) => /^(?:agent_)?message$/.test(str(data, "event") ?? "") && typeof data["answer"] === "string"))
    tally.response(6, "stream of Dify", true)
  if (types.has("messageStart") && types.has("contentBlockDelta")) tally.response(6, "stream of converse events", true)
}

function scoreReply(tally: Tally, body: JsonObject, asked: string | undefined): void {
  const usage = obj(body, "usage")
  const object = str(body, "object") ?? ""
  const choices = objects(body, "choices")
  if (
    choices.some((choice) => obj(choice, "message") !== undefined) &&
    (object.startsWith("chat.completion") || num(usage, "prompt_tokens") !== undefined)
  ) {
    tally.response(6, "choices with usage", true)
  } else if (choices.length > 0 && object === "text_completion") tally.response(6, "text completion", true)
  else if (choices.length > 0) tally.response(2, "choices")
  if (objects(body, "candidates").some((one) => Array.isArray(obj(one, "content")?.["parts"]))) {
    if (body["usageMetadata"] !== undefined) tally.response(6, "candidates with usage", true)
    else tally.response(3, "candidates with parts")
  }
  if (str(body, "type") === "message" && str(body, "role") === "assistant" && Array.isArray(body["content"]) && usage !== undefined)
    tally.response(6, "assistant message with usage", true)
  else if (num(usage, "input_tokens") !== undefined && Array.isArray(body["content"])) tally.response(3, "content with token usage")
  if (object === "response" && Array.isArray(body["output"])) tally.response(6, "response with output items", true)
  const said = obj(obj(body, "output"), "message")
  if (said !== undefined && num(usage, "inputTokens") !== undefined) tally.response(6, "converse output", true)
  else if (str(said, "role") === "assistant" && Array.isArray(said?.["content"])) tally.response(3, "message of converse")
  scoreOtherReply(tally, body, usage)
  if (object === "list" && objects(body, "data").some((one) => Array.isArray(one["embedding"]) || typeof one["embedding"] === "string"))
    tally.response(4, "embeddings")
  if (object === "list" && objects(body, "data").some((one) => str(one, "object") === "model" && one["owned_by"] !== undefined))
    tally.response(6, "list of models", true)
  if (
    body["done"] !== undefined &&
    str(body, "model") !== undefined &&
    (obj(body, "message") !== undefined || typeof body["response"] === "string")
  )
    tally.response(6, "Ollama answer", true)
  if (objects(body, "models").some((one) => one["digest"] !== undefined && one["details"] !== undefined))
    tally.response(6, "list of Ollama models", true)
  if (typeof body["generated_text"] === "string") tally.response(3, "generated text")
  for (const { name, is } of NATIVE) if (is(body)) tally.response(6, name, true)
  const repeated = str(obj(body, "input"), "prompt")
  if (repeated !== undefined && repeated !== "" && asked?.startsWith(repeated) === true) tally.response(3, "answer that repeats its prompt")
  if (obj(body, "error") !== undefined) tally.response(1, "error object")
}

/** DashScope, Cohere, Gemini's interactions. */
function scoreOtherReply(tally: Tally, body: JsonObject, usage: JsonObject | undefined): void {
  const output = obj(body, "output")
  const spoken = objects(output, "choices").some((choice) => obj(choice, "message") !== undefined) || typeof output?.["text"] === "string"
  if (spoken && (num(usage, "output_tokens") !== undefined || typeof body["request_id"] === "string"))
    tally.response(6, "output with choices", true)
  const message = obj(body, "message")
  const blocks = isCohereMessage(message)
  if (blocks && (obj(usage, "tokens") !== undefined || obj(usage, "billed_units") !== undefined))
    tally.response(6, "assistant message with billed units", true)
  else if (blocks) tally.response(typeof body["finish_reason"] === "string" ? 3 : 2, "assistant message")
  const steps = [...objects(body, "steps"), ...objects(body, "outputs")]
  if (str(body, "object") === "interaction" && steps.length > 0) tally.response(6, "steps of an interaction", true)
  else if (steps.length > 0 && num(usage, "total_output_tokens") !== undefined) tally.response(6, "steps with token usage", true)
}

function isDifyQuestion(body: JsonObject): boolean {
  return typeof body["query"] === "string" && /^(?:streaming|blocking)$/.test(str(body, "response_mode") ?? "")
}

function isCohereMessage(message: JsonObject | undefined): boolean {
  return (
    str(message, "role") === "assistant" &&
    (Array.isArray(message?.["content"]) || message?.["tool_calls"] !== undefined || message?.["tool_plan"] !== undefined)
  )
}

/** What looks alike and is not: GraphQL, telemetry, chat products, JSON-RPC, batches of events. */
function scoreAgainst(tally: Tally, body: JsonObject, view: ExchangeView, route: Route | undefined): void {
  if (typeof body["query"] === "string" && (body["variables"] !== undefined || body["operationName"] !== undefined))
    tally.against(4, "GraphQL")
  if (
    Array.isArray(body["batch"]) ||
    Array.isArray(body["resourceSpans"]) ||
    Array.isArray(body["resourceLogs"]) ||
    Array.isArray(body["resourceMetrics"]) ||
    /\/(?:v1\/(?:traces|logs|metrics)|ingestion)$/.test(view.path)
  ) {
    tally.against(4, "telemetry")
  }
  if (Array.isArray(body["messages"]) && body["model"] === undefined && route?.anywhere !== true)
    tally.against(3, "messages without a model")
  if (body["jsonrpc"] !== undefined) tally.against(6, "JSON-RPC")
  if (body["channel"] !== undefined || body["chat_id"] !== undefined || body["thread_ts"] !== undefined) tally.against(3, "chat product")
  if (body["threadId"] !== undefined && body["runId"] !== undefined) tally.against(6, "AG-UI")
}

/** The bodies know better than the path: a proxy may serve any family anywhere. */
function familyByShape(view: ExchangeView): string | undefined {
  if (isConversationState(view.requestObject)) return "amazon_q"
  if (isGraphRun(view.requestObject)) return "langgraph"
  if (view.requestObject !== undefined && isDifyQuestion(view.requestObject)) return "dify"
  const first = view.response.pieces?.find((piece) => isObject(piece.data))
  const reply = isObject(first?.data) ? first.data : (view.responseObject ?? firstOf(view.response.json))
  const type = str(reply, "type") ?? str(reply, "event_type") ?? first?.name ?? ""
  if (type === "message_start" || (type === "message" && str(reply, "role") === "assistant")) return "anthropic.messages"
  if (type.startsWith("response.") || str(reply, "object") === "response") return "openai.responses"
  if (type.startsWith("interaction.")) return "gemini.interactions"
  if (type === "message-start") return "cohere.chat"
  if (objects(reply, "candidates").length > 0) return "gemini.generate"
  if (objects(reply, "choices").length > 0) return "openai.chat"
  if (reply["done"] !== undefined && reply["model"] !== undefined) return "ollama"
  if (str(reply, "object") === "interaction") return "gemini.interactions"
  const native = NATIVE.find(({ is }) => is(reply))
  if (native !== undefined) return native.family
  if (typeof reply["generated_text"] === "string") return "huggingface"
  const output = obj(reply, "output")
  if (obj(output, "message") !== undefined) return "bedrock.converse"
  if (
    output !== undefined &&
    (objects(output, "choices").length > 0 || (typeof output["text"] === "string" && reply["request_id"] !== undefined))
  )
    return "dashscope"
  if (isCohereMessage(obj(reply, "message")) && reply["model"] === undefined) return "cohere.chat"
  const body = view.requestObject
  if (body === undefined) return undefined
  if (isConversation(obj(body, "input")?.["messages"])) return "dashscope"
  if (body["input"] !== undefined && (body["system_instruction"] !== undefined || body["previous_interaction_id"] !== undefined))
    return "gemini.interactions"
  if (objects(body, "contents").some((one) => Array.isArray(one["parts"]))) return "gemini.generate"
  if (body["inferenceConfig"] !== undefined || body["toolConfig"] !== undefined) return "bedrock.converse"
  if (view.requestHeader("anthropic-version") !== undefined || body["anthropic_version"] !== undefined) return "anthropic.messages"
  return undefined
}

/** Some answer a list of one. */
function firstOf(json: Json | undefined): JsonObject {
  return Array.isArray(json) && isObject(json[0]) ? json[0] : {}
}

/** Whether bytes are worth reading as JSON at all: most traffic is not for a model, and parsing it would cost more than looking. */
export function mayBeModelCall(view: ExchangeView): boolean {
  return view.asks(...HINTS) || view.answers(...REPLY_HINTS)
}

const ROLES = new Set(["system", "developer", "user", "assistant", "tool", "function", "model"])
const COHERE_EVENTS = ["content-start", "tool-plan-delta", "tool-call-start", "message-end"]
const ENVELOPES = new Set(["bedrock.invoke", "aws.sagemaker"])
const DECIDE = 6
const REQUEST_ALONE = 8
const PIECES_LOOKED_AT = 24
const HINTS = ['"messages"', '"response_mode"', '"conversationState"', '"contents"', '"model"', '"inferenceConfig"']
const REPLY_HINTS = [
  '"choices"',
  '"candidates"',
  '"content_block',
  '"owned_by"',
  '"response.created"',
  "message_start",
  '"done"',
  '"details"',
  '"interaction.created"',
  '"finish_reason"',
  '"interaction"',
  '"tokens_predicted"',
  '"meta_info"',
  '"generation"',
  '"generation_id"',
  '"generated_text"',
  '"chatResponse"',
  '"prompt_tokens"',
  '"data_removed"',
]

// F11, F13, F14 and Bedrock's native bodies: APIs whose fields differ but whose meaning does not. Known spellings are tried one after another;
// what fits none goes on raw, so that the row is never lost.
import type { Message } from "../../../services/contracts/activity/genai.ts"
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
import { serviceAnswer, serviceMessages, serviceTools } from "./agent-service.ts"
import { anthropicRequest, anthropicResponse } from "./anthropic.ts"
import { converseRequest, converseResponse } from "./bedrock.ts"
import { chatRequest, chatResponse, chatUsage } from "./openai-chat.ts"
import { blob, message, text, unknownPart } from "./parts.ts"
import { errorOf, parametersOf, restOf } from "./settings.ts"
import type { LlmRequest, LlmResponse, PathFacts, Usage } from "./types.ts"

export function genericRequest(outer: JsonObject, facts: PathFacts): LlmRequest {
  const body = unwrapped(outer)
  const model = facts.model ?? asModel(first(body, "model", "model_id", "modelId", "model_name", "version"))
  if (body["anthropic_version"] !== undefined) return anthropicRequest(body, facts)
  const batch = objects(body, "requests").flatMap((one) => {
    const params = obj(one, "params")
    return params === undefined ? [] : [params]
  })
  if (batch.length > 0) return batchRequest(batch, body, facts)
  if (body["inferenceConfig"] !== undefined || body["schemaVersion"] !== undefined) return converseRequest(body, facts)
  if (objects(body, "messages").length > 0) {
    const read = chatRequest(body, facts)
    const extra = first(body, "system", "system_prompt")
    return { ...read, ...maybe("model", model ?? read.model), system: [...(typeof extra === "string" ? [extra] : []), ...read.system] }
  }
  const settings = { ...parametersOf(body), ...parametersOf(obj(body, "parameters") ?? {}), ...parametersOf(obj(body, "input") ?? {}) }
  const said = serviceMessages(body)
  const servers = objects(body, "mcp_servers")
  return {
    ...maybe("model", model),
    stream: bool(body, "stream") ?? facts.path.includes("stream"),
    ...maybe("conversation", nonEmpty(str(body, "conversation_id"))),
    system: [first(obj(body, "input") ?? body, "system_prompt", "system"), body["instructions"]].filter((one) => typeof one === "string"),
    messages: said.length > 0 ? said : promptMessages(body),
    tools: serviceTools(body),
    mcpServers: servers.map((server) => ({ name: str(server, "name") ?? "", ...maybe("url", str(server, "url")) })),
    parameters: settings,
    ...(servers.length > 0 && { kept: { mcp_servers: servers } }),
    ...maybe("rest", restOf(body, REQUEST_KEYS)),
  }
}

/** A batch of messages (Anthropic): what is asked in all of them is one row, with the first one's settings. */
function batchRequest(batch: readonly JsonObject[], body: JsonObject, facts: PathFacts): LlmRequest {
  const read = batch.slice(0, MAX_BATCHED).map((params) => anthropicRequest(params, facts))
  const [first] = read
  return {
    ...(first ?? anthropicRequest({}, facts)),
    stream: false,
    system: [...new Set(read.flatMap(({ system }) => system))],
    messages: read.flatMap(({ messages }) => messages),
    tools: [...new Map(read.flatMap(({ tools }) => tools).map((tool) => [tool.hash, tool])).values()],
    // Of a longer batch the rest stays in the exchange's own row.
    ...maybe("rest", batch.length > MAX_BATCHED ? restOf(body, REQUEST_KEYS) : undefined),
  }
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === "" ? undefined : value
}

function asModel(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined
}

/** Envelopes of signed clouds taken off, PascalCase and upper-case roles made plain. */
function unwrapped(body: JsonObject): JsonObject {
  // DashScope over a socket: header with an action beside the task.
  const task = str(obj(body, "header"), "action") === undefined ? undefined : obj(body, "payload")
  if (task !== undefined) return task
  // iFlytek Spark: header, parameter, payload.message.text[]
  const spark = obj(obj(body, "payload"), "message")
  if (spark !== undefined) return { messages: list(spark, "text"), ...obj(obj(body, "parameter"), "chat") }
  // Oracle: chatRequest with upper-case roles beside servingMode.
  const oracle = obj(body, "chatRequest") ?? obj(body, "inferenceRequest")
  if (oracle !== undefined) return { ...plain(oracle), ...maybe("model", str(obj(body, "servingMode"), "modelId")) }
  // Tencent: every field begins with a capital.
  if (body["Messages"] !== undefined) return plain(body)
  // Vertex prediction: instances[] beside parameters.
  const instance = objects(body, "instances")[0]
  return instance === undefined ? body : { ...instance, ...maybe("parameters", obj(body, "parameters")) }
}

function plain(body: JsonObject): JsonObject {
  const entries = Object.entries(body).map(
    ([key, value]) => [snake(key), Array.isArray(value) ? value.map(plainItem) : isObject(value) ? plainItem(value) : value] as const,
  )
  return Object.fromEntries(entries)
}

function plainItem(value: Json): Json {
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(([key, inner]): [string, Json | undefined] => {
    const name = snake(key)
    if (name === "role" || name === "type") return [name, asText(inner).toLowerCase()]
    return [name, Array.isArray(inner) ? inner.map(plainItem) : isObject(inner) ? plainItem(inner) : inner]
  })
  return Object.fromEntries(entries)
}

/** ToolCallId, toolCallId: tool_call_id. */
function snake(key: string): string {
  return key.replace(/[A-Z]/g, (letter, at: number) => (at === 0 ? "" : "_") + letter.toLowerCase())
}

function promptMessages(body: JsonObject): Message[] {
  const input = obj(body, "input")
  const prompt =
    first(input ?? {}, "prompt", "text", "query", "message", "messages") ??
    first(body, "prompt", "query", "inputs", "inputText", "input_text", "input", "text", "message", "documents", "texts")
  const said = prompt === undefined ? [] : Array.isArray(prompt) ? prompt.map((one: Json) => asText(one)) : [asText(prompt)]
  const images = [first(input, "image", "image_url"), first(body, "image")].filter((one) => typeof one === "string")
  const parts = images.map((image) =>
    image.startsWith("http") ? blob({ uri: image, mediaType: "image" }) : blob({ data: image, mediaType: "image" }),
  )
  const messages = said.map((one) => message("user", [text(one)]))
  return parts.length === 0 ? messages : [...messages, message("user", parts)]
}

export function genericResponse(outer: JsonObject): LlmResponse {
  const body = answerOf(outer)
  if (objects(body, "choices").length > 0) {
    const read = chatResponse(body)
    return { ...read, ...maybe("id", read.id ?? str(outer, "RequestId")) }
  }
  if (str(body, "type") === "message" && body["content"] !== undefined) return anthropicResponse(body)
  if (obj(body, "output")?.["message"] !== undefined) return converseResponse(body)
  const texts = answerTexts(body)
  const reason =
    str(body, "stop_reason") ??
    str(body, "finish_reason") ??
    str(body, "completion_reason") ??
    str(body, "completionReason") ??
    statusOf(body)
  return {
    ...maybe("id", str(body, "id") ?? str(body, "request_id")),
    ...maybe("model", str(body, "model") ?? str(body, "model_id") ?? str(body, "modelVersion")),
    messages: [...texts.map((one) => message("assistant", [text(one)])), ...serviceAnswer(body)],
    finishReasons: reason === undefined ? [] : [reason],
    usage: genericUsage(body),
    ...maybe("error", errorOf(body)),
    ...maybe("rest", without(body, texts.length === 0 && holdsRows(body) ? UNREAD_KEYS : RESPONSE_KEYS)),
    finished: true,
  }
}

/** A list of something else than vectors, images and names of models says what nobody here has read. */
function holdsRows(body: JsonObject): boolean {
  const [row] = [...objects(body, "data"), ...objects(body, "items")]
  return row !== undefined && row["embedding"] === undefined && row["b64_json"] === undefined && str(row, "object") !== "model"
}

function answerOf(outer: JsonObject): JsonObject {
  const tencent = obj(outer, "Response")
  if (tencent !== undefined) return plain(tencent)
  if (outer["Choices"] !== undefined) return plain(outer)
  const oracle = obj(outer, "chatResponse") ?? obj(outer, "inferenceResponse")
  if (oracle !== undefined) return plain(oracle)
  const spark = obj(obj(outer, "payload"), "choices")
  if (spark !== undefined) {
    const choices = objects(spark, "text").map((one, index) => ({
      index,
      message: one,
      finish_reason: num(spark, "status") === 2 ? "stop" : null,
    }))
    return {
      ...maybe("id", str(obj(outer, "header"), "sid")),
      choices,
      ...maybe("usage", obj(obj(obj(outer, "payload"), "usage"), "text")),
    }
  }
  // Cloudflare wraps the answer as it wraps all of its API.
  const wrapped = outer["success"] === true ? obj(outer, "result") : undefined
  return wrapped?.["response"] === undefined ? outer : wrapped
}

function statusOf(body: JsonObject): string | undefined {
  const ended = str(obj(obj(body, "meta_info"), "finish_reason"), "type")
  if (ended !== undefined) return ended
  if (body["tokens_predicted"] !== undefined && body["stop"] === true) return str(body, "stop_type") ?? "stop"
  if (str(body, "event") === "message_end") return "stop"
  const status = str(body, "status")
  return status === "succeeded" || status === "failed" || status === "canceled" ? status : undefined
}

/** Wherever an answer is kept: result, generation, outputs[].text, results[].outputText, predictions[], output as text or list of pieces. */
function answerTexts(body: JsonObject): string[] {
  const direct = first(body, "generation", "result", "generated_text", "completion", "response", "answer", "text", "content")
  if (typeof direct === "string") return [direct]
  const output = body["output"]
  if (typeof output === "string") return [output]
  if (Array.isArray(output) && output.every((one: Json) => typeof one === "string")) return [output.join("")]
  const rows = [
    ...objects(body, "outputs"),
    ...objects(body, "results"),
    ...objects(body, "predictions"),
    ...objects(body, "generations"),
    ...objects(body, "items"),
  ]
  return rows.flatMap((row) => {
    const said = first(row, "text", "outputText", "generated_text", "content", "output")
    return typeof said === "string" ? [said] : []
  })
}

function genericUsage(body: JsonObject): Usage {
  const usage = obj(body, "usage") ?? obj(obj(body, "metadata"), "usage")
  if (usage !== undefined) return chatUsage(usage)
  const result = objects(body, "results")[0]
  const metrics = obj(body, "amazon-bedrock-invocationMetrics") ?? obj(body, "metrics")
  const info = obj(body, "meta_info")
  return {
    ...maybe(
      "inputTokens",
      count(body, "prompt_token_count") ??
        count(body, "inputTextTokenCount") ??
        count(body, "tokens_evaluated") ??
        count(info, "prompt_tokens") ??
        count(metrics, "inputTokenCount") ??
        count(metrics, "input_token_count") ??
        count(result, "input_token_count"),
    ),
    ...maybe(
      "outputTokens",
      count(body, "generation_token_count") ??
        count(body, "tokens_predicted") ??
        count(info, "completion_tokens") ??
        count(result, "tokenCount") ??
        count(metrics, "outputTokenCount") ??
        count(metrics, "output_token_count") ??
        count(result, "generated_token_count"),
    ),
  }
}

/** Requests without a JSON body that is understood still say something. */
export function rawRequest(body: Json | undefined): Message[] {
  return body === undefined ? [] : [message("unknown", [unknownPart(body)])]
}

const REQUEST_KEYS = new Set([
  "model",
  "model_id",
  "modelId",
  "model_name",
  "version",
  "stream",
  "prompt",
  "inputs",
  "inputText",
  "input_text",
  "input",
  "text",
  "query",
  "message",
  "parameters",
  "system",
  "system_prompt",
  "textGenerationConfig",
  "max_gen_len",
  "project_id",
  "space_id",
  "documents",
  "texts",
  "image",
  "webhook",
  "webhook_events_filter",
  "conversation_id",
  "response_mode",
  "instances",
  "events",
  "initial_events",
  "items",
  "thread",
  "additional_messages",
  "role",
  "content",
  "instructions",
  "tools",
  "mcp_servers",
  "temperature",
  "top_p",
])
const RESPONSE_KEYS = new Set([
  "id",
  "model",
  "model_id",
  "version",
  "output",
  "outputs",
  "results",
  "generation",
  "generated_text",
  "completion",
  "response",
  "answer",
  "text",
  "result",
  "predictions",
  "generations",
  "usage",
  "metrics",
  "stop_reason",
  "finish_reason",
  "status",
  "error",
  "request_id",
  "prompt_token_count",
  "generation_token_count",
  "inputTextTokenCount",
  "tokens_evaluated",
  "tokens_predicted",
  "meta_info",
  "stop",
  "content",
  "urls",
  "input",
  "logs",
  "created_at",
  "started_at",
  "completed_at",
  "data_removed",
  "object",
  "created",
  "data",
  "items",
  "embeddings",
  "embedding",
  "amazon-bedrock-invocationMetrics",
  "conversation_id",
  "message_id",
  "task_id",
  "event",
  "metadata",
  "mode",
  "type",
  "code",
  "message",
])
const UNREAD_KEYS = new Set([...RESPONSE_KEYS].filter((key) => key !== "data" && key !== "items"))
const MAX_BATCHED = 500

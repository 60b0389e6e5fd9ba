// F6: Gemini Interactions: steps instead of turns, history at the server by previous_interaction_id. Early versions said `outputs` for steps and
// `content.*` for the stream's events; both are read.
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
import { systemTexts } from "./gemini.ts"
import { blob, joined, message, serverOfToolName, text, tool, toolCall, toolResult, unknownPart } from "./parts.ts"
import { errorOf, parametersOf, restOf } from "./settings.ts"
import type { LlmError, LlmRequest, LlmResponse, StreamPiece, StreamReader, Usage } from "./types.ts"

export function interactionsRequest(body: JsonObject): LlmRequest {
  const tools = objects(body, "tools")
  return {
    ...maybe("model", str(body, "model") ?? str(body, "agent")),
    stream: bool(body, "stream") ?? false,
    system: systemTexts(first(body, "system_instruction", "systemInstruction")),
    messages: inputMessages(body["input"]),
    tools: tools.map(interactionTool),
    mcpServers: tools
      .filter((one) => str(one, "type") === "mcp_server")
      .map((one) => ({ name: str(one, "name") ?? "", ...maybe("url", str(one, "url")) })),
    ...maybe("previousResponseId", str(body, "previous_interaction_id")),
    parameters: parametersOf(body),
    ...maybe("rest", restOf(body, REQUEST_KEYS)),
  }
}

/** A text, one content, contents of the user, or turns and steps of earlier. */
function inputMessages(input: Json | undefined): Message[] {
  if (typeof input === "string") return [message("user", [text(input)])]
  const items = Array.isArray(input) ? input : isObject(input) ? [input] : []
  const out: Message[] = []
  for (const item of items) {
    if (!isObject(item)) {
      out.push(message("user", [text(asText(item))]))
      continue
    }
    const role = roleOf(item)
    const parts = joined(stepParts(item))
    const last = out.at(-1)
    if (last !== undefined && last.role === role && item["role"] === undefined)
      out[out.length - 1] = message(role, joined([...last.parts, ...parts]))
    else out.push(message(role, parts))
  }
  return out
}

function roleOf(item: JsonObject): Message["role"] {
  const role = str(item, "role")
  if (role !== undefined) return role === "model" ? "assistant" : role === "user" ? "user" : "unknown"
  const type = str(item, "type") ?? "text"
  if (type.endsWith("_result")) return "tool"
  return type === "model_output" || type === "thought" || type.endsWith("_call") ? "assistant" : "user"
}

/** A turn or step holds contents; a content holds itself. */
function stepParts(item: JsonObject): Part[] {
  const type = str(item, "type") ?? ""
  const content = item["content"]
  if (typeof content === "string") return [text(content)]
  if (Array.isArray(content)) return content.filter(isObject).flatMap((part) => contentParts(part))
  if (isObject(content)) return contentParts(content)
  return type === "" && item["parts"] !== undefined ? objects(item, "parts").flatMap(contentParts) : contentParts(item)
}

function contentParts(content: JsonObject): Part[] {
  const type = str(content, "type") ?? "text"
  const name = str(content, "name") ?? type.replace(/_(?:call|result)$/, "")
  const server = str(content, "server_name") ?? serverOfToolName(name)
  if (type === "text") return typeof content["text"] === "string" ? [text(content["text"])] : []
  if (type === "thought") return thought(content)
  if (type.endsWith("_call"))
    return [toolCall({ id: str(content, "id") ?? str(content, "call_id"), name, args: first(content, "arguments", "args"), server })]
  if (type.endsWith("_result")) {
    const id = str(content, "call_id") ?? str(content, "id")
    return [
      toolResult({
        id,
        name: str(content, "name") ?? name,
        content: first(content, "result", "output"),
        isError: bool(content, "is_error"),
        server,
      }),
    ]
  }
  if (/^(?:image|audio|video|document|file)$/.test(type)) {
    return [blob({ data: str(content, "data"), mediaType: str(content, "mime_type"), uri: str(content, "uri") })]
  }
  return [unknownPart(content)]
}

function thought(content: JsonObject): Part[] {
  const summary = content["summary"]
  const words = Array.isArray(summary)
    ? summary
        .filter(isObject)
        .map((one) => asText(one["text"]))
        .join("")
    : asText(first(content, "summary", "thought", "text"))
  return words === "" ? [] : [{ type: "reasoning", text: words }]
}

function interactionTool(value: JsonObject): ToolDefinition {
  const type = str(value, "type") ?? "function"
  const name = str(value, "name") ?? type
  return tool({
    name,
    description: str(value, "description"),
    input: value["parameters"],
    type: type === "mcp_server" ? "mcp" : type,
    server: type === "mcp_server" ? name : serverOfToolName(name),
  })
}

export function interactionsResponse(outer: JsonObject): LlmResponse {
  const body = obj(outer, "interaction") ?? outer
  const steps = [...objects(body, "steps"), ...objects(body, "outputs")].filter((step) => str(step, "type") !== "user_input")
  const status = str(body, "status")
  return {
    ...maybe("id", str(body, "id")),
    ...maybe("model", str(body, "model") ?? str(body, "agent")),
    messages: stepMessages(steps),
    finishReasons: status === undefined || status === "in_progress" ? [] : [status],
    usage: interactionUsage(obj(body, "usage") ?? obj(obj(outer, "metadata"), "total_usage")),
    ...maybe("error", errorOf(outer)),
    ...maybe("rest", without(body, RESPONSE_KEYS)),
    finished: status !== "in_progress",
  }
}

function stepMessages(steps: readonly JsonObject[]): Message[] {
  const out: Message[] = []
  for (const step of steps) {
    const role = roleOf({ ...step, role: str(step, "role") ?? ((str(step, "type") ?? "").endsWith("_result") ? undefined : "model") })
    const parts = stepParts(step)
    const last = out.at(-1)
    if (last !== undefined && last.role === role) out[out.length - 1] = message(role, joined([...last.parts, ...parts]))
    else out.push(message(role, joined(parts)))
  }
  return out.filter((one) => one.parts.length > 0)
}

function interactionUsage(usage: JsonObject | undefined): Usage {
  return {
    ...maybe("inputTokens", count(usage, "total_input_tokens")),
    ...maybe("outputTokens", count(usage, "total_output_tokens")),
    ...maybe("cachedInputTokens", count(usage, "total_cached_tokens")),
    ...maybe("reasoningTokens", count(usage, "total_thought_tokens") ?? count(usage, "total_reasoning_tokens")),
    ...maybe("totalTokens", count(usage, "total_tokens")),
  }
}

export function interactionsStream(): StreamReader {
  return new InteractionStream()
}

class InteractionStream implements StreamReader {
  readonly #steps = new Map<
    number,
    { start: JsonObject; text: string; args: string; thought: string; readonly rest: Record<string, Json> }
  >()
  #interaction: JsonObject = {}
  #metadata: JsonObject | undefined
  #error: LlmError | undefined
  #closed = false

  piece({ name, data }: StreamPiece): boolean {
    const type = str(data, "event_type") ?? name
    const interaction = obj(data, "interaction")
    if (interaction !== undefined) this.#interaction = { ...this.#interaction, ...interaction }
    this.#metadata = obj(data, "metadata") ?? this.#metadata
    if (type === "interaction.completed" || type === "interaction.complete" || type === "interaction.failed") this.#closed = true
    if (type === "interaction.status_update") this.#interaction = { ...this.#interaction, ...maybe("status", str(data, "status")) }
    if (type === "error") this.#error = errorOf(data)
    const index = num(data, "index") ?? 0
    if (type === "step.start" || type === "content.start") {
      const start = obj(data, "step") ?? obj(data, "content") ?? {}
      if (this.#steps.size < MAX_STEPS) this.#steps.set(index, { start, text: "", args: "", thought: "", rest: {} })
      return false
    }
    return type === "step.delta" || type === "content.delta" ? this.#delta(index, obj(data, "delta") ?? {}) : false
  }

  #delta(index: number, delta: JsonObject): boolean {
    let step = this.#steps.get(index)
    if (step === undefined) {
      if (this.#steps.size >= MAX_STEPS) return false
      step = { start: {}, text: "", args: "", thought: "", rest: {} }
      this.#steps.set(index, step)
    }
    const type = str(delta, "type") ?? "text"
    if (type === "text") step.text += str(delta, "text") ?? ""
    else if (type.startsWith("thought"))
      step.thought += str(obj(delta, "content"), "text") ?? str(delta, "thought") ?? str(delta, "text") ?? ""
    else if (type.startsWith("arguments") && typeof first(delta, "arguments", "partial_arguments") === "string") {
      step.args += asText(first(delta, "arguments", "partial_arguments"))
    } else for (const [key, value] of Object.entries(delta)) if (value !== undefined) step.rest[key] = value
    return type !== "thought_signature"
  }

  finish(): LlmResponse {
    const drafts = [...this.#steps.entries()].sort(([a], [b]) => a - b).map(([, step]) => stepOf(step))
    const whole = list(this.#interaction, "steps").length > 0 || list(this.#interaction, "outputs").length > 0
    const read = interactionsResponse({ ...this.#interaction, ...(!whole && { steps: drafts }), ...maybe("metadata", this.#metadata) })
    return { ...read, ...(this.#error !== undefined && { error: this.#error }), finished: this.#closed }
  }
}

function stepOf(step: {
  readonly start: JsonObject
  readonly text: string
  readonly args: string
  readonly thought: string
  readonly rest: JsonObject
}): JsonObject {
  const merged: JsonObject = { ...step.start, ...step.rest }
  if (step.thought !== "") return { ...merged, type: "thought", summary: step.thought }
  const withArgs = step.args === "" ? merged : { ...merged, arguments: step.args }
  if (step.text === "") return withArgs
  return { type: "model_output", ...withArgs, content: [...objects(merged, "content"), { type: "text", text: step.text }] }
}

const MAX_STEPS = 4_096
const REQUEST_KEYS = new Set([
  "model",
  "agent",
  "input",
  "system_instruction",
  "systemInstruction",
  "tools",
  "stream",
  "previous_interaction_id",
  "store",
  "background",
  "generation_config",
  "response_format",
  "response_mime_type",
  "response_modalities",
  "agent_config",
  "webhook_config",
  "service_tier",
])
const RESPONSE_KEYS = new Set([
  "id",
  "object",
  "model",
  "agent",
  "status",
  "steps",
  "outputs",
  "usage",
  "created",
  "updated",
  "role",
  "previous_interaction_id",
  "error",
  "metadata",
  "service_tier",
])

// Agents served by LangGraph: a run is given messages and answers with the state it ends in, or with a stream of it.
//
//   POST /threads/{id}/runs/(stream|wait), /runs/(stream|wait)   {assistant_id, input: {messages: [{type: "human" | role, content}]}, stream_mode}
//   event: values          {messages: all until now}             event: updates   {node: {messages: what the node added}}
//   event: messages        [piece, about it]                     event: messages/partial, messages/complete   [message]
import type { Message, Part } from "../../../services/contracts/activity/genai.ts"
import { count, isObject, type JsonObject, list, maybe, obj, objects, str, without } from "../json/read.ts"
import { contentParts } from "./openai-chat.ts"
import { joined, message, serverOfToolName, toolCall, toolResult } from "./parts.ts"
import { errorOf, parametersOf, restOf } from "./settings.ts"
import type { LlmError, LlmRequest, LlmResponse, StreamPiece, StreamReader, Usage } from "./types.ts"

export function isGraphRun(body: JsonObject | undefined): boolean {
  return (
    typeof body?.["assistant_id"] === "string" && (list(obj(body, "input"), "messages").length > 0 || obj(body, "command") !== undefined)
  )
}

export function graphRequest(body: JsonObject): LlmRequest {
  const said = objects(obj(body, "input"), "messages")
  return {
    ...maybe("model", str(body, "assistant_id")),
    stream: body["stream_mode"] !== undefined,
    system: said
      .filter(isSystem)
      .flatMap((one) => contentParts(one["content"]).flatMap((part) => (part.type === "text" ? [part.text] : []))),
    messages: said.filter((one) => !isSystem(one)).map(graphMessage),
    tools: [],
    mcpServers: [],
    parameters: parametersOf(body),
    ...maybe("rest", restOf(body, REQUEST_KEYS)),
  }
}

function isSystem(value: JsonObject): boolean {
  return roleOf(value) === "system"
}

function roleOf(value: JsonObject): Message["role"] {
  const said = str(value, "type") ?? str(value, "role") ?? ""
  if (/^ai|^AI|^assistant$/.test(said)) return "assistant"
  if (/^[Tt]ool/.test(said)) return "tool"
  if (/^[Ss]ystem|^developer$/.test(said)) return "system"
  return /^[Hh]uman|^user$/.test(said) ? "user" : "unknown"
}

function graphMessage(value: JsonObject): Message {
  const role = roleOf(value)
  if (role === "tool") {
    const isError = str(value, "status") === "error" ? true : undefined
    return message(role, [toolResult({ id: str(value, "tool_call_id"), name: str(value, "name"), content: value["content"], isError })])
  }
  const calls = objects(value, "tool_calls").map((call): Part => {
    const name = str(call, "name") ?? ""
    return toolCall({ id: str(call, "id"), name, args: call["args"], server: serverOfToolName(name) })
  })
  // Anthropic's blocks repeat the calls that stand beside them.
  const parts = contentParts(value["content"]).filter((part) => !(part.type === "unknown" && calls.length > 0))
  return message(role, joined([...parts, ...calls]), str(value, "name"))
}

export function graphResponse(body: JsonObject): LlmResponse {
  return answered(objects(body, "messages"), {
    ...maybe("error", errorOf(obj(body, "__error__") ?? body)),
    ...maybe("rest", without(body, RESPONSE_KEYS)),
    finished: true,
  })
}

/** What came after the last words of a person. */
function answered(messages: readonly JsonObject[], more: Pick<LlmResponse, "error" | "rest" | "finished">): LlmResponse {
  const fresh = messages.slice(messages.findLastIndex((one) => roleOf(one) === "user") + 1)
  const about = fresh.map((one) => obj(one, "response_metadata")).filter((one) => one !== undefined)
  const reason = about.map((one) => str(one, "finish_reason") ?? str(one, "stop_reason")).findLast((one) => one !== undefined)
  return {
    ...maybe("id", str(fresh.at(-1), "id")),
    ...maybe(
      "model",
      about.map((one) => str(one, "model_name") ?? str(one, "model")).findLast((one) => one !== undefined),
    ),
    messages: fresh.map(graphMessage),
    finishReasons: reason === undefined ? [] : [reason],
    usage: usageOf(fresh.map((one) => obj(one, "usage_metadata"))),
    ...more,
  }
}

function usageOf(all: readonly (JsonObject | undefined)[]): Usage {
  const sum = (key: string): number | undefined => {
    const counts = all.map((one) => count(one, key)).filter((one) => one !== undefined)
    return counts.length === 0 ? undefined : counts.reduce((total, one) => total + one, 0)
  }
  return {
    ...maybe("inputTokens", sum("input_tokens")),
    ...maybe("outputTokens", sum("output_tokens")),
    ...maybe("totalTokens", sum("total_tokens")),
  }
}

export function graphStream(): StreamReader {
  return new GraphStream()
}

class GraphStream implements StreamReader {
  #state: readonly JsonObject[] | undefined
  readonly #added = new Map<string, JsonObject>()
  #error: LlmError | undefined
  #ended = false
  #pieces = 0

  piece({ name, data }: StreamPiece): boolean {
    // Modes may be named after the graph they come from: values|subgraph:id.
    const mode = name.split("|", 1)[0] ?? ""
    this.#pieces += 1
    if (mode === "end") this.#ended = true
    if (mode === "error") this.#error = errorOf({ error: data })
    if (mode === "values") this.#state = objects(data, "messages")
    if (mode === "updates")
      for (const node of Object.values(data)) if (isObject(node)) for (const one of objects(node, "messages")) this.#keep(one)
    if (mode === "messages/complete" || mode === "messages/partial") for (const one of objects(data, "items")) this.#keep(one)
    if (mode === "messages") this.#goOn(objects(data, "items")[0] ?? {})
    return mode.startsWith("messages") || mode === "updates"
  }

  #keep(one: JsonObject): void {
    const id = str(one, "id") ?? `${this.#added.size}`
    if (this.#added.size < MAX_MESSAGES || this.#added.has(id)) this.#added.set(id, one)
  }

  #goOn(piece: JsonObject): void {
    const id = str(piece, "id") ?? ""
    const before = this.#added.get(id)
    const [said, more] = [before?.["content"], piece["content"]]
    const content = typeof said === "string" && typeof more === "string" ? said + more : [...listOf(said), ...listOf(more)]
    const calls = [...objects(before, "tool_calls"), ...objects(piece, "tool_calls").filter((call) => str(call, "name") !== "")]
    this.#keep({ ...before, ...piece, id, content, tool_calls: calls })
  }

  finish(): LlmResponse {
    const messages = this.#state ?? [...this.#added.values()]
    return answered(messages, { ...maybe("error", this.#error), finished: this.#ended || (this.#pieces > 0 && this.#state !== undefined) })
  }
}

function listOf(content: JsonObject[string]): readonly NonNullable<JsonObject[string]>[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }]
  return Array.isArray(content) ? content : []
}

const MAX_MESSAGES = 2_000
const REQUEST_KEYS = new Set([
  "assistant_id",
  "input",
  "command",
  "config",
  "context",
  "metadata",
  "stream_mode",
  "stream_subgraphs",
  "stream_resumable",
  "interrupt_before",
  "interrupt_after",
  "multitask_strategy",
  "if_not_exists",
  "on_disconnect",
  "on_completion",
  "webhook",
  "checkpoint",
  "checkpoint_id",
  "checkpoint_during",
  "durability",
  "after_seconds",
  "feedback_keys",
])
const RESPONSE_KEYS = new Set(["messages", "__error__", "__interrupt__"])

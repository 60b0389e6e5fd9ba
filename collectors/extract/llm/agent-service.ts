// Agents and conversations that live at the vendor: Anthropic's managed sessions, OpenAI's conversations and threads, agents that are defined once
// and run later. Requests bring one event, item or message; answers come in an event stream of their own, or as a list that is asked for.
//
//   {events: [{type: "user.message", content}]}          events agent.message, agent.tool_use, agent.mcp_tool_result, span.model_request_end, …
//   {items: [Responses items]}                           as Responses
//   {role, content}, {thread: {messages}}                events thread.message.delta {delta: {content: [{text: {value}}]}}, thread.run.*
import type { Message, Part, ToolDefinition } from "../../../services/contracts/activity/genai.ts"
import { count, isObject, type JsonObject, list, maybe, obj, objects, str } from "../json/read.ts"
import { anthropicParts, anthropicTool, anthropicUsage } from "./anthropic.ts"
import { chatMessage, chatTool, chatUsage, contentParts } from "./openai-chat.ts"
import { itemMessages } from "./openai-responses.ts"
import { joined, message, text, toolCall, toolResult } from "./parts.ts"
import { errorOf } from "./settings.ts"
import type { LlmError, LlmResponse, StreamPiece, StreamReader, Usage } from "./types.ts"

/** What a request hands to such an agent; nothing where it speaks another way. */
export function serviceMessages(body: JsonObject): Message[] {
  const events = [...objects(body, "events"), ...objects(body, "initial_events")].filter(isEvent)
  if (events.length > 0) return events.flatMap(eventMessages)
  const items = objects(body, "items").filter((item) => typeof item["type"] === "string")
  if (items.length > 0) return items.flatMap(itemMessages)
  const thread = [...objects(obj(body, "thread"), "messages"), ...objects(body, "additional_messages")]
  if (thread.length > 0) return thread.map(chatMessage)
  return typeof body["role"] === "string" && body["content"] !== undefined ? [chatMessage(body)] : []
}

export function serviceTools(body: JsonObject): ToolDefinition[] {
  return objects(body, "tools").map((one) => (one["input_schema"] === undefined ? chatTool(one) : anthropicTool(one)))
}

/** A list of what an agent did, asked for instead of listened to. What the client said itself crossed when it said it. */
export function serviceAnswer(body: JsonObject): Message[] {
  return objects(body, "data")
    .filter((one) => /^agent\./.test(str(one, "type") ?? ""))
    .flatMap(eventMessages)
}

export function isServiceEvent(type: string): boolean {
  return /^(?:agent|user|session|span|thread|workflow_run)\.[a-z]/.test(type)
}

export function serviceStream(): StreamReader {
  return new ServiceStream()
}

class ServiceStream implements StreamReader {
  readonly #messages: Message[] = []
  #said = ""
  #run: JsonObject = {}
  #usage: Usage = {}
  #reason: string | undefined
  #error: LlmError | undefined

  piece({ name, data }: StreamPiece): boolean {
    const type = str(data, "type") ?? name
    if (name.startsWith("thread.")) return this.#threadEvent(name, data)
    if (type === "span.model_request_end") this.#usage = sum(this.#usage, anthropicUsage(obj(data, "model_usage")))
    if (/^session\.status_(?:idle|terminated)$/.test(type))
      this.#reason = str(obj(data, "stop_reason"), "type") ?? type.slice("session.status_".length)
    if (type === "session.error") this.#error = errorOf(data)
    if (!/^(?:agent|user)\./.test(type)) return false
    const messages = eventMessages(data)
    if (this.#messages.length + messages.length <= MAX_MESSAGES) this.#messages.push(...messages)
    return type.startsWith("agent.")
  }

  #threadEvent(name: string, data: JsonObject): boolean {
    if (name.startsWith("thread.run")) this.#run = { ...this.#run, ...data }
    if (/^thread\.run\.(?:completed|failed|cancelled|expired|incomplete|requires_action)$/.test(name))
      this.#reason = name.slice("thread.run.".length)
    if (name !== "thread.message.delta") return false
    const before = this.#said.length
    for (const part of objects(obj(data, "delta"), "content")) this.#said += str(obj(part, "text"), "value") ?? ""
    return this.#said.length > before
  }

  finish(): LlmResponse {
    const called = objects(obj(obj(this.#run, "required_action"), "submit_tool_outputs"), "tool_calls")
    const messages = [
      ...this.#messages,
      ...(this.#said === "" ? [] : [message("assistant", [text(this.#said)])]),
      ...(called.length === 0 ? [] : [chatMessage({ role: "assistant", tool_calls: called })]),
    ]
    const failed = this.#error ?? errorOf({ error: this.#run["last_error"] })
    return {
      ...maybe("id", str(this.#run, "id")),
      ...maybe("model", str(this.#run, "model")),
      messages,
      finishReasons: this.#reason === undefined ? [] : [this.#reason],
      usage: obj(this.#run, "usage") === undefined ? this.#usage : chatUsage(obj(this.#run, "usage")),
      ...maybe("error", failed),
      finished: this.#reason !== undefined,
    }
  }
}

function isEvent(event: JsonObject): boolean {
  return isServiceEvent(str(event, "type") ?? "")
}

function eventMessages(event: JsonObject): Message[] {
  const type = str(event, "type") ?? ""
  const parts = eventParts(type, event)
  if (parts.length === 0) return []
  const role = type.endsWith("_result") || type === "agent.tool_result" ? "tool" : type.startsWith("user.") ? "user" : "assistant"
  return [message(role, joined(parts))]
}

/** agent.tool_use, agent.mcp_tool_use, agent.custom_tool_use and whatever_tool_use; their results likewise. */
function eventParts(type: string, event: JsonObject): Part[] {
  const server = str(event, "mcp_server_name")
  if (type.endsWith("tool_use")) return [toolCall({ id: str(event, "id"), name: str(event, "name") ?? "", args: event["input"], server })]
  if (type.endsWith("tool_result")) {
    const id = str(event, "tool_use_id") ?? str(event, "mcp_tool_use_id") ?? str(event, "custom_tool_use_id")
    const isError = event["is_error"] === true ? true : undefined
    return [toolResult({ id, content: event["content"], isError, server })]
  }
  if (type === "user.tool_confirmation")
    return [
      toolResult({
        id: str(event, "tool_use_id"),
        content: [str(event, "result"), str(event, "deny_message")].filter((one) => one !== undefined).join(": "),
      }),
    ]
  if (type === "agent.thinking")
    return contentParts(event["content"]).flatMap((part) => (part.type === "text" ? [{ ...part, type: "reasoning" as const }] : [part]))
  return anthropicParts(list(event, "content").filter(isObject))
}

/** A session runs many requests to the model; each says its own tokens. */
function sum(before: Usage, now: Usage): Usage {
  const total = (key: keyof Usage) => {
    const tokens = (before[key] ?? 0) + (now[key] ?? 0)
    return before[key] === undefined && now[key] === undefined ? {} : { [key]: count({ tokens }, "tokens") ?? 0 }
  }
  return Object.assign({}, ...KEYS.map(total)) as Usage
}

const KEYS: readonly (keyof Usage)[] = [
  "inputTokens",
  "outputTokens",
  "cachedInputTokens",
  "cacheCreationInputTokens",
  "reasoningTokens",
  "totalTokens",
]
// Events of one stream; a session that runs for days opens its stream anew.
const MAX_MESSAGES = 20_000

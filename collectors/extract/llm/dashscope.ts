// F9: DashScope's own API. With incremental_output each event adds; without it each event repeats all that was said so far.
import type { Message } from "../../../services/contracts/activity/genai.ts"
import { bool, count, type JsonObject, maybe, obj, objects, str, without } from "../json/read.ts"
import { assistantParts, chatMessage, chatTool, systemText } from "./openai-chat.ts"
import { joined, message, text } from "./parts.ts"
import { errorOf, parametersOf, restOf } from "./settings.ts"
import type { LlmRequest, LlmResponse, StreamPiece, StreamReader, Usage } from "./types.ts"

export function dashscopeRequest(body: JsonObject): LlmRequest {
  const input = obj(body, "input") ?? obj(obj(body, "payload"), "input") ?? {}
  const settings = obj(body, "parameters") ?? obj(obj(body, "payload"), "parameters") ?? {}
  const messages = objects(input, "messages")
  const prompt = str(input, "prompt")
  return {
    ...maybe("model", str(body, "model") ?? str(obj(body, "payload"), "model")),
    stream: bool(settings, "incremental_output") ?? bool(body, "stream") ?? false,
    system: messages.filter((one) => str(one, "role") === "system").map((one) => systemText(one["content"])),
    messages: [
      ...messages.filter((one) => str(one, "role") !== "system").map(chatMessage),
      ...(prompt === undefined ? [] : [message("user", [text(prompt)])]),
    ],
    tools: objects(settings, "tools").map(chatTool),
    mcpServers: [],
    ...maybe("conversation", str(input, "session_id")),
    parameters: parametersOf(settings),
    ...maybe("rest", restOf(body, REQUEST_KEYS)),
  }
}

export function dashscopeResponse(body: JsonObject): LlmResponse {
  const output = obj(body, "output") ?? obj(obj(body, "payload"), "output")
  const choices = objects(output, "choices")
  const plain = str(output, "text")
  const messages: Message[] = choices.map((choice) => message("assistant", joined(assistantParts(obj(choice, "message") ?? {}))))
  const reasons = [...choices.flatMap((choice) => str(choice, "finish_reason") ?? []), ...(str(output, "finish_reason") ?? "").split(" ")]
  return {
    ...maybe("id", str(body, "request_id")),
    messages: plain === undefined ? messages : [message("assistant", [text(plain)])],
    finishReasons: reasons.filter((reason) => reason !== "" && reason !== "null"),
    usage: usageOf(obj(body, "usage") ?? obj(obj(body, "payload"), "usage")),
    ...maybe("error", output === undefined ? errorOf(body) : undefined),
    ...maybe("rest", without(body, RESPONSE_KEYS)),
    finished: true,
  }
}

function usageOf(usage: JsonObject | undefined): Usage {
  const models = objects(usage, "models")[0]
  return {
    ...maybe("inputTokens", count(usage, "input_tokens") ?? count(models, "input_tokens")),
    ...maybe("outputTokens", count(usage, "output_tokens") ?? count(models, "output_tokens")),
    ...maybe("cachedInputTokens", count(obj(usage, "prompt_tokens_details"), "cached_tokens")),
    ...maybe("reasoningTokens", count(obj(usage, "output_tokens_details"), "reasoning_tokens")),
    ...maybe("totalTokens", count(usage, "total_tokens")),
  }
}

export function dashscopeStream(): StreamReader {
  return new DashscopeStream()
}

class DashscopeStream implements StreamReader {
  #whole: LlmResponse = { messages: [], finishReasons: [], usage: {}, finished: false }
  #said = ""
  #reasoned = ""

  piece({ data }: StreamPiece): boolean {
    const read = dashscopeResponse(data)
    const parts = read.messages.flatMap((one) => one.parts)
    const said = proseOf(parts, "text")
    const reasoned = proseOf(parts, "reasoning")
    this.#said = grown(this.#said, said)
    this.#reasoned = grown(this.#reasoned, reasoned)
    const others = parts.filter((part) => part.type !== "text" && part.type !== "reasoning")
    const kept = this.#whole.messages.flatMap((one) => one.parts)
    this.#whole = {
      ...this.#whole,
      ...read,
      messages: [message("assistant", others.length > 0 ? others : kept)],
      usage: { ...this.#whole.usage, ...read.usage },
    }
    return parts.length > 0
  }

  finish(): LlmResponse {
    const others = this.#whole.messages.flatMap((one) => one.parts)
    const parts = [{ type: "reasoning" as const, text: this.#reasoned }, text(this.#said), ...others]
    return { ...this.#whole, messages: [message("assistant", joined(parts))], finished: this.#whole.finishReasons.length > 0 }
  }
}

function proseOf(parts: Message["parts"], type: "text" | "reasoning"): string {
  return parts.map((part) => (part.type === type ? part.text : "")).join("")
}

/** A piece that begins with all that came before repeats it; any other piece goes on from it. */
function grown(before: string, piece: string): string {
  return before !== "" && piece.length >= before.length && piece.startsWith(before) ? piece : before + piece
}

const REQUEST_KEYS = new Set(["model", "input", "parameters", "stream", "debug", "header", "payload", "resources"])
const RESPONSE_KEYS = new Set(["output", "usage", "request_id", "code", "message", "status_code", "header", "payload"])

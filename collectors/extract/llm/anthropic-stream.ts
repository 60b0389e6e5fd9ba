// Messages stream events put together, block by block.
import { asText, type JsonObject, num, obj, str } from "../json/read.ts"
import { anthropicParts, anthropicResponse, anthropicUsage } from "./anthropic.ts"
import { joined, message } from "./parts.ts"
import { errorOf } from "./settings.ts"
import type { LlmError, LlmResponse, StreamPiece, StreamReader, Usage } from "./types.ts"

export function anthropicStream(): StreamReader {
  return new MessagesStream()
}

interface BlockDraft {
  readonly start: JsonObject
  text: string
  thinking: string
  json: string
  stopped: boolean
}

class MessagesStream implements StreamReader {
  readonly #blocks = new Map<number, BlockDraft>()
  #message: JsonObject = {}
  #usage: JsonObject = {}
  #reason: string | undefined
  #error: LlmError | undefined
  #stopped = false
  #completion = ""

  piece({ name, data }: StreamPiece): boolean {
    switch (str(data, "type") ?? name) {
      case "message_start":
        this.#message = obj(data, "message") ?? {}
        this.#usage = obj(this.#message, "usage") ?? {}
        return false
      case "content_block_start":
        this.#open(num(data, "index") ?? this.#blocks.size, obj(data, "content_block") ?? {})
        return false
      case "content_block_delta":
        return this.#delta(num(data, "index") ?? 0, obj(data, "delta") ?? {})
      case "content_block_stop": {
        const block = this.#blocks.get(num(data, "index") ?? 0)
        if (block !== undefined) block.stopped = true
        return false
      }
      case "message_delta":
        this.#reason = str(obj(data, "delta"), "stop_reason") ?? this.#reason
        this.#usage = { ...this.#usage, ...obj(data, "usage") }
        return false
      case "message_stop":
        this.#stopped = true
        return false
      case "error":
        this.#error = errorOf(data)
        return false
      case "completion":
        this.#completion += asText(data["completion"])
        this.#reason = str(data, "stop_reason") ?? this.#reason
        return true
      default:
        return false
    }
  }

  #open(index: number, start: JsonObject): void {
    if (this.#blocks.size < MAX_BLOCKS) this.#blocks.set(index, { start, text: "", thinking: "", json: "", stopped: false })
  }

  #delta(index: number, delta: JsonObject): boolean {
    if (!this.#blocks.has(index)) this.#open(index, { type: typeOfDelta(delta) })
    const block = this.#blocks.get(index)
    if (block === undefined) return false
    block.text += str(delta, "text") ?? ""
    block.thinking += str(delta, "thinking") ?? ""
    block.json += str(delta, "partial_json") ?? ""
    if (str(delta, "type") === "compaction_delta") block.text += str(delta, "content") ?? ""
    return str(delta, "type") !== "signature_delta"
  }

  finish(): LlmResponse {
    const blocks = [...this.#blocks.entries()].sort(([a], [b]) => a - b).map(([, draft]) => blockOf(draft))
    const start = anthropicResponse({ ...this.#message, content: [] })
    const parts = this.#completion === "" ? joined(anthropicParts(blocks)) : [{ type: "text" as const, text: this.#completion }]
    const usage: Usage = anthropicUsage(this.#usage)
    return {
      ...start,
      messages: parts.length === 0 ? [] : [message("assistant", parts)],
      finishReasons: this.#reason === undefined ? [] : [this.#reason],
      usage,
      ...(this.#error !== undefined && { error: this.#error }),
      finished: this.#stopped || (this.#completion !== "" && this.#reason !== undefined),
    }
  }
}

function blockOf(draft: BlockDraft): JsonObject {
  const { start } = draft
  return {
    ...start,
    ...(draft.text !== "" && (start["type"] === "compaction" ? { content: draft.text } : { text: asText(start["text"]) + draft.text })),
    ...(draft.thinking !== "" && { thinking: asText(start["thinking"]) + draft.thinking }),
    // Arguments stay the text that was sent, also when the stream broke off inside it.
    ...(draft.json !== "" && { input: draft.json }),
  }
}

function typeOfDelta(delta: JsonObject): string {
  if (delta["partial_json"] !== undefined) return "tool_use"
  return delta["thinking"] !== undefined ? "thinking" : "text"
}

const MAX_BLOCKS = 4_096

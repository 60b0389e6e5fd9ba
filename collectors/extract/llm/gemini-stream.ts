// generateContent pieces put together: each is a whole response with some more parts.
import type { Part } from "../../../services/contracts/activity/genai.ts"
import { obj } from "../json/read.ts"
import { geminiResponse } from "./gemini.ts"
import { joined, message } from "./parts.ts"
import type { LlmError, LlmResponse, StreamPiece, StreamReader, Usage } from "./types.ts"

export function geminiStream(): StreamReader {
  return new GeminiStream()
}

class GeminiStream implements StreamReader {
  readonly #parts: Part[] = []
  #last: LlmResponse | undefined
  #usage: Usage = {}
  #reasons: readonly string[] = []
  #error: LlmError | undefined
  #id: string | undefined
  #model: string | undefined

  piece({ data }: StreamPiece): boolean {
    const read = geminiResponse(data)
    this.#last = read
    this.#id ??= read.id
    this.#model ??= read.model
    this.#usage = { ...this.#usage, ...read.usage }
    if (read.finishReasons.length > 0) this.#reasons = read.finishReasons
    this.#error ??= read.error
    const parts = read.messages.flatMap((one) => one.parts)
    for (const part of parts) if (this.#parts.length < MAX_PARTS) this.#parts.push(part)
    return parts.length > 0 && obj(data, "error") === undefined
  }

  finish(): LlmResponse {
    const parts = joined(this.#parts)
    return {
      ...(this.#last?.rest !== undefined && { rest: this.#last.rest }),
      ...(this.#id !== undefined && { id: this.#id }),
      ...(this.#model !== undefined && { model: this.#model }),
      messages: parts.length === 0 ? [] : [message("assistant", parts)],
      finishReasons: this.#reasons,
      usage: this.#usage,
      ...(this.#error !== undefined && { error: this.#error }),
      finished: this.#reasons.length > 0,
    }
  }
}

// One part a piece and one piece every few milliseconds: hours of stream.
const MAX_PARTS = 200_000

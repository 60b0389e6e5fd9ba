// Streams whose family only their pieces tell: Bedrock's invoke, Vertex' rawPredict, gateways. The first piece that is known decides.
import { type JsonObject, obj, objects, str } from "../json/read.ts"
import { isServiceEvent, serviceStream } from "./agent-service.ts"
import { anthropicStream } from "./anthropic-stream.ts"
import { converseStream } from "./bedrock.ts"
import { cohereStream } from "./cohere.ts"
import { interactionsStream } from "./gemini-interactions.ts"
import { geminiStream } from "./gemini-stream.ts"
import { genericResponse } from "./generic.ts"
import { ollamaStream } from "./ollama.ts"
import { openAiChatStream } from "./openai-chat-stream.ts"
import { openAiResponsesStream } from "./openai-responses-stream.ts"
import { message, text } from "./parts.ts"
import type { LlmResponse, StreamPiece, StreamReader } from "./types.ts"

export function shapeStream(): StreamReader {
  return new ShapeStream()
}

class ShapeStream implements StreamReader {
  #reader: StreamReader | undefined

  piece(piece: StreamPiece): boolean {
    this.#reader ??= readerFor(piece)
    return this.#reader.piece(piece)
  }
  finish(): LlmResponse {
    return this.#reader?.finish() ?? { messages: [], finishReasons: [], usage: {}, finished: false }
  }
}

function readerFor({ name, data }: StreamPiece): StreamReader {
  const type = str(data, "type") ?? str(data, "event_type") ?? name
  if (type === "message_start" || type.startsWith("content_block_")) return anthropicStream()
  if (type.startsWith("response.")) return openAiResponsesStream()
  if (type.startsWith("interaction.") || type.startsWith("step.")) return interactionsStream()
  if (isServiceEvent(type) || name.startsWith("thread.")) return serviceStream()
  if (name.startsWith("message") || name.startsWith("contentBlock") || hasNova(data)) return novaOr(name)
  if (type === "message-start" || type === "stream-start") return cohereStream()
  if (data["candidates"] !== undefined || obj(data, "response")?.["candidates"] !== undefined) return geminiStream()
  if (objects(data, "choices").length > 0 || str(data, "object")?.startsWith("chat.completion")) return openAiChatStream()
  if (obj(data, "message") !== undefined && data["done"] !== undefined) return ollamaStream()
  return new PlainStream()
}

function hasNova(data: JsonObject): boolean {
  return ["messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop"].some(
    (key) => data[key] !== undefined,
  )
}

/** Nova's native events are converse events, each wrapped in an object of its name. */
function novaOr(name: string): StreamReader {
  const inner = converseStream()
  if (name !== "" && name !== "chunk") return inner
  return {
    piece: (piece) => {
      const key = Object.keys(piece.data).find((one) => obj(piece.data, one) !== undefined) ?? ""
      return inner.piece({ ...piece, name: key })
    },
    finish: () => inner.finish(),
  }
}

/** Each piece a generic answer: the texts follow one another. */
class PlainStream implements StreamReader {
  #said = ""
  #last: LlmResponse = { messages: [], finishReasons: [], usage: {}, finished: false }

  piece({ data }: StreamPiece): boolean {
    const token = obj(data, "token")
    const read = genericResponse(
      token === undefined
        ? data
        : { text: str(token, "text") ?? "", ...(str(data, "generated_text") !== undefined && { finish_reason: "stop" }) },
    )
    const said = read.messages.flatMap((one) => one.parts.map((part) => (part.type === "text" ? part.text : ""))).join("")
    // SGLang repeats the whole text with every piece.
    this.#said = data["meta_info"] !== undefined && said.startsWith(this.#said) ? said : this.#said + said
    const { error: before } = this.#last
    this.#last = {
      ...this.#last,
      ...read,
      ...(before !== undefined && { error: before }),
      usage: { ...this.#last.usage, ...read.usage },
      finishReasons: read.finishReasons.length > 0 ? read.finishReasons : this.#last.finishReasons,
    }
    return said !== ""
  }
  finish(): LlmResponse {
    return {
      ...this.#last,
      messages: this.#said === "" ? [] : [message("assistant", [text(this.#said)])],
      finished: this.#last.finishReasons.length > 0,
    }
  }
}

// Responses events put together, item by item; the closing event brings the whole, but a stream that breaks off has only the pieces.
import { type JsonObject, list, num, obj, str } from "../json/read.ts"
import { responsesResponse } from "./openai-responses.ts"
import { errorOf } from "./settings.ts"
import type { LlmError, LlmResponse, StreamPiece, StreamReader } from "./types.ts"

export function openAiResponsesStream(): StreamReader {
  return new ResponsesStream()
}

interface ItemDraft {
  item: JsonObject
  readonly texts: Map<number, string>
  readonly summaries: Map<number, string>
  refusal: string
  args: string
  done: boolean
}

export class ResponsesStream implements StreamReader {
  readonly #items = new Map<number, ItemDraft>()
  #response: JsonObject | undefined
  #closed = false
  #error: LlmError | undefined

  /** The closing event was seen: for sockets that carry one response after another. */
  get closed(): boolean {
    return this.#closed
  }

  piece({ name, data }: StreamPiece): boolean {
    const type = str(data, "type") ?? name
    const response = obj(data, "response")
    if (response !== undefined) {
      this.#response = response
      this.#closed = CLOSING.has(type)
      return false
    }
    if (type === "error") {
      this.#error = errorOf(data.error === undefined ? { error: data } : data)
      this.#closed = true
      return false
    }
    const index = num(data, "output_index") ?? 0
    const item = obj(data, "item")
    if (item !== undefined) {
      const draft = this.#draft(index)
      draft.item = item
      draft.done = type.endsWith(".done")
      return draft.done && says(item)
    }
    const delta = str(data, "delta")
    return delta !== undefined && this.#delta(this.#draft(index), type, { ...data, delta })
  }

  #delta(draft: ItemDraft, type: string, data: JsonObject & { readonly delta: string }): boolean {
    const { delta } = data
    const part = num(data, "content_index") ?? 0
    if (type.includes("refusal")) draft.refusal += delta
    else if (type.includes("reasoning")) append(draft.summaries, num(data, "summary_index") ?? part, delta)
    else if (type.includes("output_text") || type === "response.text.delta") append(draft.texts, part, delta)
    else if (type.includes("audio") && !type.includes("transcript")) return true
    else if (type.includes("transcript")) append(draft.texts, part, delta)
    // function_call_arguments, mcp_call_arguments, custom_tool_call_input, code_interpreter_call_code, shell_call_command, …
    else draft.args += delta
    return delta !== ""
  }

  #draft(index: number): ItemDraft {
    let draft = this.#items.get(index)
    if (draft === undefined) {
      draft = { item: {}, texts: new Map(), summaries: new Map(), refusal: "", args: "", done: false }
      if (this.#items.size < MAX_ITEMS) this.#items.set(index, draft)
    }
    return draft
  }

  finish(): LlmResponse {
    const whole = this.#response
    const drafts = [...this.#items.entries()].sort(([a], [b]) => a - b).map(([, draft]) => draft)
    // The closing event of a response that is not stored may hold no output: the items do.
    const items = list(whole, "output").length > 0 ? list(whole, "output") : drafts.map(itemOf)
    const read = responsesResponse({ ...whole, output: items })
    return { ...read, ...(this.#error !== undefined && { error: this.#error }), finished: this.#closed }
  }
}

/** An item that came without deltas is content all the same; reasoning that is sealed says nothing. */
function says(item: JsonObject): boolean {
  return str(item, "type") !== "reasoning" || list(item, "summary").length > 0
}

function itemOf(draft: ItemDraft): JsonObject {
  if (draft.done) return draft.item
  const type = str(draft.item, "type") ?? (draft.args === "" ? (draft.summaries.size > 0 ? "reasoning" : "message") : "function_call")
  const texts = [...draft.texts.values()].map((value) => ({ type: "output_text", text: value }))
  const content = draft.refusal === "" ? texts : [...texts, { type: "refusal", refusal: draft.refusal }]
  return {
    role: "assistant",
    ...draft.item,
    type,
    ...(type === "message" && { content }),
    ...(draft.summaries.size > 0 && { summary: [...draft.summaries.values()].map((value) => ({ type: "summary_text", text: value })) }),
    ...(draft.args !== "" && { arguments: draft.args, input: draft.args }),
  }
}

function append(map: Map<number, string>, key: number, value: string): void {
  map.set(key, (map.get(key) ?? "") + value)
}

const CLOSING = new Set(["response.completed", "response.failed", "response.incomplete", "response.done", "response.cancelled"])
const MAX_ITEMS = 4_096

// Chat completion chunks put together: text by choice, arguments by call index.
import type { Part } from "../../../services/contracts/activity/genai.ts"
import { asText, first, type JsonObject, num, obj, objects, str } from "../json/read.ts"
import { assistantParts, chatUsage, choiceIndex } from "./openai-chat.ts"
import { joined, message, serverOfToolName, splitThinking, text, toolCall } from "./parts.ts"
import { errorOf } from "./settings.ts"
import type { LlmError, LlmResponse, StreamPiece, StreamReader, Usage } from "./types.ts"

export function openAiChatStream(): StreamReader {
  return new ChatStream()
}

interface CallDraft {
  readonly index: number | undefined
  id: string | undefined
  name: string
  args: string
}

interface ChoiceDraft {
  content: string
  reasoning: string
  refusal: string
  readonly calls: CallDraft[]
  /** Parts that come whole: images, audio, content arrays. */
  readonly others: Part[]
  finish: string | undefined
}

class ChatStream implements StreamReader {
  readonly #choices = new Map<number, ChoiceDraft>()
  #id: string | undefined
  #model: string | undefined
  #usage: Usage = {}
  #error: LlmError | undefined

  piece({ data }: StreamPiece): boolean {
    this.#id ??= str(data, "id")
    this.#model = str(data, "model") || this.#model
    const usage = obj(data, "usage") ?? obj(obj(data, "x_groq"), "usage")
    if (usage !== undefined) this.#usage = { ...this.#usage, ...chatUsage(usage) }
    this.#error ??= errorOf(data)
    let content = false
    for (const choice of objects(data, "choices").slice(0, MAX_CHOICES)) content = this.#choice(choice) || content
    return content
  }

  #choice(choice: JsonObject): boolean {
    const draft = this.#draft(choiceIndex(choice))
    draft.finish = str(choice, "finish_reason") ?? draft.finish
    const delta = obj(choice, "delta") ?? obj(choice, "message")
    const plain = str(choice, "text")
    if (plain !== undefined) draft.content += plain
    if (delta === undefined) return plain !== undefined && plain !== ""
    const reasoning = first(delta, "reasoning_content", "reasoning", "thinking")
    if (typeof reasoning === "string") draft.reasoning += reasoning
    if (typeof delta["content"] === "string") draft.content += delta["content"]
    else if (delta["content"] !== undefined && delta["content"] !== null)
      draft.others.push(...assistantParts({ content: delta["content"] }))
    draft.refusal += str(delta, "refusal") ?? ""
    for (const call of objects(delta, "tool_calls")) addCall(draft, call)
    const legacy = obj(delta, "function_call")
    if (legacy !== undefined) addCall(draft, { index: -1, function: legacy })
    return Boolean(delta["content"]) || Boolean(reasoning) || delta["tool_calls"] !== undefined || legacy !== undefined
  }

  #draft(index: number): ChoiceDraft {
    let draft = this.#choices.get(index)
    if (draft === undefined) {
      draft = { content: "", reasoning: "", refusal: "", calls: [], others: [], finish: undefined }
      this.#choices.set(this.#choices.size < MAX_CHOICES ? index : 0, draft)
    }
    return draft
  }

  finish(): LlmResponse {
    const drafts = [...this.#choices.entries()].sort(([a], [b]) => a - b).map(([, draft]) => draft)
    return {
      ...(this.#id !== undefined && { id: this.#id }),
      ...(this.#model !== undefined && { model: this.#model }),
      messages: drafts.map((draft) => message("assistant", joined(partsOf(draft)))),
      finishReasons: drafts.flatMap((draft) => draft.finish ?? []),
      usage: this.#usage,
      ...(this.#error !== undefined && { error: this.#error }),
      finished: drafts.length > 0 && drafts.every((draft) => draft.finish !== undefined),
    }
  }
}

/** By index; servers that leave the index out start a new call with each id. */
function addCall(draft: ChoiceDraft, call: JsonObject): void {
  const index = num(call, "index")
  const id = str(call, "id") || undefined
  const inner = obj(call, "function") ?? obj(call, "custom")
  let target =
    index === undefined
      ? id === undefined
        ? draft.calls.at(-1)
        : draft.calls.find((one) => one.id === id)
      : draft.calls.find((one) => one.index === index)
  if (target === undefined) {
    if (draft.calls.length >= MAX_CALLS) return
    target = { index, id, name: "", args: "" }
    draft.calls.push(target)
  }
  target.id ??= id
  const name = str(inner, "name") ?? ""
  // Some servers repeat the whole name in every chunk, some send it in pieces.
  if (name !== "" && target.name !== name) target.name += name
  const args = first(inner, "arguments", "input")
  if (args !== undefined) target.args += asText(args)
}

function partsOf(draft: ChoiceDraft): Part[] {
  return [
    ...(draft.reasoning === "" ? [] : [{ type: "reasoning" as const, text: draft.reasoning }]),
    ...(draft.reasoning === "" ? splitThinking(draft.content) : [text(draft.content)]),
    ...draft.others,
    ...(draft.refusal === "" ? [] : [{ type: "refusal" as const, text: draft.refusal }]),
    ...draft.calls.map(({ id, name, args }) => toolCall({ id, name, args, server: serverOfToolName(name) })),
  ]
}

// `n` of the API is at most 128 and so is the number of tools; more is an attempt to fill our memory.
const MAX_CHOICES = 128
const MAX_CALLS = 512

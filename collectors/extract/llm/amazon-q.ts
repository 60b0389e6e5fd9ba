// Amazon Q Developer and Kiro (CodeWhisperer streaming): one conversation state a request, an event stream of AWS as the answer.
//
//   {conversationState: {conversationId, history: [{userInputMessage} | {assistantResponseMessage}], currentMessage: {userInputMessage}}}
//   userInputMessage {content, modelId, images, userInputMessageContext: {tools: [{toolSpecification}], toolResults}}
//   events assistantResponseEvent, reasoningContentEvent, toolUseEvent (its input in pieces), metadataEvent {tokenUsage}; some wrap each in its name
import type { Message, Part } from "../../../services/contracts/activity/genai.ts"
import { asText, count, type JsonObject, list, maybe, obj, objects, str, without } from "../json/read.ts"
import { blob, joined, message, serverOfToolName, text, tool, toolCall, toolResult } from "./parts.ts"
import { errorOf, restOf } from "./settings.ts"
import type { LlmRequest, LlmResponse, StreamPiece, StreamReader, Usage } from "./types.ts"

export function amazonQRequest(body: JsonObject): LlmRequest {
  const state = obj(body, "conversationState")
  const asked = obj(obj(state, "currentMessage"), "userInputMessage")
  const tools = objects(obj(asked, "userInputMessageContext"), "tools").map((one) => obj(one, "toolSpecification") ?? {})
  return {
    ...maybe("model", str(asked, "modelId")),
    stream: true,
    system: [],
    messages: [...objects(state, "history").flatMap(turn), ...(asked === undefined ? [] : turn({ userInputMessage: asked }))],
    tools: tools.map((one) => {
      const name = str(one, "name") ?? ""
      return tool({ name, description: str(one, "description"), input: obj(one, "inputSchema")?.["json"], server: serverOfToolName(name) })
    }),
    mcpServers: [],
    ...maybe("conversation", str(state, "conversationId")),
    parameters: {},
    ...maybe("rest", restOf(body, REQUEST_KEYS)),
  }
}

/** Results of tools come in the context of the next words. */
function turn(value: JsonObject): Message[] {
  const said = obj(value, "assistantResponseMessage")
  if (said !== undefined) {
    const calls = objects(said, "toolUses").map((use) => call(str(use, "toolUseId"), str(use, "name") ?? "", asText(use["input"])))
    const words: Part[] = str(said, "content") === undefined || said["content"] === "" ? [] : [text(asText(said["content"]))]
    return [message("assistant", joined([...words, ...calls]))]
  }
  const asked = obj(value, "userInputMessage")
  const results = objects(obj(asked, "userInputMessageContext"), "toolResults").map((one) =>
    toolResult({ id: str(one, "toolUseId"), content: one["content"], isError: str(one, "status") === "error" ? true : undefined }),
  )
  const images = objects(asked, "images").map((one) =>
    blob({ data: str(obj(one, "source"), "bytes"), mediaType: `image/${str(one, "format") ?? "png"}` }),
  )
  const words = str(asked, "content") ?? ""
  const parts = [...(words === "" ? [] : [text(words)]), ...images]
  return [...(results.length === 0 ? [] : [message("tool", results)]), ...(parts.length === 0 ? [] : [message("user", parts)])]
}

function call(id: string | undefined, name: string, args: string): Part {
  return toolCall({ id, name, args, server: serverOfToolName(name) })
}

export function amazonQResponse(body: JsonObject): LlmResponse {
  const said = obj(body, "assistantResponseMessage") ?? body
  const messages = str(said, "content") === undefined ? [] : turn({ assistantResponseMessage: said })
  return {
    messages,
    finishReasons: [],
    usage: {},
    ...maybe("error", messages.length === 0 ? errorOf(body) : undefined),
    ...maybe("rest", without(body, RESPONSE_KEYS)),
    finished: true,
  }
}

export function amazonQStream(): StreamReader {
  return new AmazonQStream()
}

class AmazonQStream implements StreamReader {
  #text = ""
  #reasoning = ""
  #model: string | undefined
  #usage: Usage = {}
  #error: LlmResponse["error"]
  #seen = false
  #open = false
  readonly #calls = new Map<string, { name: string; args: string }>()

  piece({ name, data }: StreamPiece): boolean {
    const event = obj(data, name) ?? data
    this.#seen = true
    this.#model ??= str(event, "modelId")
    switch (name) {
      case "assistantResponseEvent":
        this.#text += str(event, "content") ?? ""
        return true
      case "reasoningContentEvent":
        this.#reasoning += str(event, "text") ?? ""
        return true
      case "toolUseEvent":
        this.#use(event)
        return true
      case "metadataEvent":
        this.#usage = usageOf(obj(event, "tokenUsage") ?? event)
        return false
      default:
        if (/[Ee]xception$|^invalidStateEvent$/.test(name))
          this.#error = { type: name, ...maybe("message", str(event, "message") ?? str(event, "reason")) }
        return false
    }
  }

  #use(event: JsonObject): void {
    const id = str(event, "toolUseId") ?? ""
    const draft = this.#calls.get(id) ?? { name: str(event, "name") ?? "", args: "" }
    if (this.#calls.size < MAX_CALLS || this.#calls.has(id)) this.#calls.set(id, draft)
    draft.args += asText(event["input"])
    this.#open = event["stop"] !== true
  }

  finish(): LlmResponse {
    const parts: Part[] = [
      ...(this.#reasoning === "" ? [] : [{ type: "reasoning" as const, text: this.#reasoning }]),
      ...(this.#text === "" ? [] : [text(this.#text)]),
      ...[...this.#calls].map(([id, { name, args }]) => call(id, name, args)),
    ]
    return {
      ...maybe("model", this.#model),
      messages: parts.length === 0 ? [] : [message("assistant", parts)],
      finishReasons: this.#calls.size > 0 && !this.#open ? ["tool_use"] : [],
      usage: this.#usage,
      ...maybe("error", this.#error),
      // The stream has no closing event of its own: a call that is still being written is the sign that it broke off.
      finished: this.#seen && !this.#open,
    }
  }
}

function usageOf(usage: JsonObject): Usage {
  const fresh = count(usage, "uncachedInputTokens") ?? count(usage, "inputTokens")
  const read = count(usage, "cacheReadInputTokens")
  const written = count(usage, "cacheWriteInputTokens")
  return {
    ...maybe("inputTokens", fresh === undefined ? undefined : fresh + (read ?? 0) + (written ?? 0)),
    ...maybe("outputTokens", count(usage, "outputTokens")),
    ...maybe("cachedInputTokens", read),
    ...maybe("cacheCreationInputTokens", written),
    ...maybe("totalTokens", count(usage, "totalTokens")),
  }
}

/** What only these requests look like, at whatever host. */
export function isConversationState(body: JsonObject | undefined): boolean {
  const state = obj(body, "conversationState")
  return obj(obj(state, "currentMessage"), "userInputMessage") !== undefined || list(state, "history").length > 0
}

const MAX_CALLS = 512
const REQUEST_KEYS = new Set(["conversationState", "profileArn", "source", "dryRun", "agentMode"])
const RESPONSE_KEYS = new Set(["assistantResponseMessage", "content", "toolUses", "messageId", "message", "__type", "reason"])

// F7: Bedrock converse, and the native bodies that invoke carries: each vendor's own, told apart by shape.
import type { Message, Part, ToolDefinition } from "../../../services/contracts/activity/genai.ts"
import { asText, count, first, isObject, type JsonObject, maybe, num, obj, objects, str, without } from "../json/read.ts"
import { blob, joined, message, serverOfToolName, text, tool, toolCall, toolResult, unknownPart } from "./parts.ts"
import { errorOf, parametersOf, restOf } from "./settings.ts"
import type { LlmError, LlmRequest, LlmResponse, PathFacts, StreamPiece, StreamReader, Usage } from "./types.ts"

export function converseRequest(body: JsonObject, facts: PathFacts): LlmRequest {
  return {
    ...maybe("model", facts.model ?? str(body, "modelId")),
    stream: facts.path.includes("-stream"),
    system: objects(body, "system").map((block) => str(block, "text") ?? JSON.stringify(block)),
    messages: objects(body, "messages").flatMap(converseMessages),
    tools: objects(obj(body, "toolConfig"), "tools").map(converseTool),
    mcpServers: [],
    parameters: parametersOf(body),
    ...maybe("rest", restOf(body, REQUEST_KEYS)),
  }
}

function converseMessages(value: JsonObject): Message[] {
  const role = str(value, "role") === "assistant" ? "assistant" : "user"
  const blocks = objects(value, "content")
  const results = blocks.filter((block) => block["toolResult"] !== undefined)
  const words = blocks.filter((block) => block["toolResult"] === undefined)
  if (role === "assistant" || results.length === 0) return [message(role, joined(blocks.flatMap(converseParts)))]
  return [
    message("tool", results.flatMap(converseParts)),
    ...(words.length === 0 ? [] : [message("user", joined(words.flatMap(converseParts)))]),
  ]
}

export function converseParts(block: JsonObject): Part[] {
  const said = str(block, "text")
  if (said !== undefined) return [text(said)]
  const use = obj(block, "toolUse")
  if (use !== undefined) {
    const name = str(use, "name") ?? ""
    return [toolCall({ id: str(use, "toolUseId"), name, args: use["input"], server: serverOfToolName(name) })]
  }
  const result = obj(block, "toolResult")
  if (result !== undefined) {
    return [
      toolResult({ id: str(result, "toolUseId"), content: result["content"], ...(str(result, "status") === "error" && { isError: true }) }),
    ]
  }
  const reasoning = obj(obj(block, "reasoningContent"), "reasoningText")
  if (reasoning !== undefined) return [{ type: "reasoning", text: asText(reasoning["text"]) }]
  const media = first(block, "image", "document", "video", "audio")
  if (isObject(media)) {
    const source = obj(media, "source")
    return [
      blob({
        data: str(source, "bytes"),
        mediaType: str(media, "format"),
        name: str(media, "name"),
        uri: str(obj(source, "s3Location"), "uri"),
      }),
    ]
  }
  return block["cachePoint"] !== undefined || block["reasoningContent"] !== undefined ? [] : [unknownPart(block)]
}

function converseTool(value: JsonObject): ToolDefinition {
  const spec = obj(value, "toolSpec")
  if (spec === undefined) return tool({ name: Object.keys(value)[0] ?? "", type: "server" })
  const name = str(spec, "name") ?? ""
  return tool({ name, description: str(spec, "description"), input: obj(spec, "inputSchema")?.["json"], server: serverOfToolName(name) })
}

export function converseResponse(body: JsonObject): LlmResponse {
  const said = obj(obj(body, "output"), "message")
  const reason = str(body, "stopReason")
  return {
    messages: said === undefined ? [] : [message("assistant", joined(objects(said, "content").flatMap(converseParts)))],
    finishReasons: reason === undefined ? [] : [reason],
    usage: converseUsage(obj(body, "usage")),
    ...maybe("error", said === undefined ? errorOf(body) : undefined),
    ...maybe("rest", without(body, RESPONSE_KEYS)),
    finished: true,
  }
}

export function converseUsage(usage: JsonObject | undefined): Usage {
  const fresh = count(usage, "inputTokens")
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

export function converseStream(): StreamReader {
  return new ConverseStream()
}

class ConverseStream implements StreamReader {
  readonly #blocks = new Map<number, { start: JsonObject; text: string; input: string; reasoning: string }>()
  #reason: string | undefined
  #usage: Usage = {}
  #error: LlmError | undefined

  piece({ name, data: outer }: StreamPiece): boolean {
    // Some encodings wrap the event in its name.
    const data = obj(outer, name) ?? outer
    if (name.endsWith("Exception") || name === "exception") {
      this.#error = { type: name, ...maybe("message", str(data, "message")) }
      return false
    }
    const index = num(data, "contentBlockIndex") ?? 0
    if (name === "contentBlockStart") this.#block(index).start = obj(data, "start") ?? {}
    this.#reason = str(data, "stopReason") ?? this.#reason
    if (obj(data, "usage") !== undefined) this.#usage = converseUsage(obj(data, "usage"))
    const delta = obj(data, "delta")
    if (delta === undefined) return false
    const block = this.#block(index)
    block.text += str(delta, "text") ?? ""
    block.input += str(obj(delta, "toolUse"), "input") ?? ""
    block.reasoning += str(obj(delta, "reasoningContent"), "text") ?? ""
    return true
  }

  #block(index: number) {
    let block = this.#blocks.get(index)
    if (block === undefined) {
      block = { start: {}, text: "", input: "", reasoning: "" }
      if (this.#blocks.size < MAX_BLOCKS) this.#blocks.set(index, block)
    }
    return block
  }

  finish(): LlmResponse {
    const parts = [...this.#blocks.entries()]
      .sort(([a], [b]) => a - b)
      .flatMap(([, block]): Part[] => {
        const use = obj(block.start, "toolUse")
        if (use !== undefined) return converseParts({ toolUse: { ...use, input: block.input } })
        return [
          ...(block.reasoning === "" ? [] : [{ type: "reasoning" as const, text: block.reasoning }]),
          ...(block.text === "" ? [] : [text(block.text)]),
        ]
      })
    return {
      messages: parts.length === 0 ? [] : [message("assistant", joined(parts))],
      finishReasons: this.#reason === undefined ? [] : [this.#reason],
      usage: this.#usage,
      ...(this.#error !== undefined && { error: this.#error }),
      finished: this.#reason !== undefined,
    }
  }
}

const MAX_BLOCKS = 4_096
const REQUEST_KEYS = new Set([
  "messages",
  "system",
  "inferenceConfig",
  "toolConfig",
  "guardrailConfig",
  "additionalModelRequestFields",
  "promptVariables",
  "additionalModelResponseFieldPaths",
  "requestMetadata",
  "performanceConfig",
  "modelId",
  "schemaVersion",
  "serviceTier",
  "outputConfig",
])
const RESPONSE_KEYS = new Set([
  "output",
  "stopReason",
  "usage",
  "metrics",
  "additionalModelResponseFields",
  "trace",
  "performanceConfig",
  "message",
  "__type",
  "serviceTier",
])

// Model APIs over WebSocket, each as the same three steps: a call begins, pieces come, it ends.
//
//   responses   client response.create, server the events of the SSE stream; many conversations on one socket, told apart by stream_id
//   realtime    a session is set up, items are added, answers are asked for or begin by themselves when the speaker stops
//   live        Gemini: setup, turns or realtime input, tool answers; the server's turn ends with turnComplete or a tool call
//   single      one request frame, answer frames until one says it is the last (iFlytek Spark, DashScope)
import { type JsonObject, list, maybe, num, obj, objects, str } from "../json/read.ts"
import { geminiMessage, geminiParts, geminiTools, systemTexts } from "./gemini.ts"
import { geminiStream } from "./gemini-stream.ts"
import { genericRequest } from "./generic.ts"
import { itemMessages, responsesRequest } from "./openai-responses.ts"
import { openAiResponsesStream } from "./openai-responses-stream.ts"
import { message, text } from "./parts.ts"
import { shapeStream } from "./shape-stream.ts"
import type { LlmRequest, StreamReader } from "./types.ts"

export interface SocketSteps {
  begin(key: string, request: LlmRequest, reader: StreamReader): void
  piece(key: string, name: string, data: JsonObject): void
  end(key: string): void
  open(key: string): boolean
}

export interface SocketDialect {
  readonly family: string
  /** Everything on the socket is one conversation. */
  readonly single: boolean
  client(event: JsonObject, steps: SocketSteps): void
  server(event: JsonObject, steps: SocketSteps): void
}

/** By the first thing the client says, or the path when the beginning was not seen. */
export function dialectOf(event: JsonObject, path: string): SocketDialect | undefined {
  const type = str(event, "type") ?? ""
  if (type === "response.create" && (/\/responses(?:\?|$)/.test(path) || event["model"] !== undefined || event["input"] !== undefined))
    return new ResponsesSocket()
  if (/^(?:session\.(?:update|created)|input_audio_buffer\.|conversation\.item\.|response\.create$|transcription_session\.)/.test(type))
    return new RealtimeSocket()
  if (obj(event, "setup")?.["model"] !== undefined || path.includes("BidiGenerateContent")) return new LiveSocket()
  if (
    obj(event, "header") !== undefined &&
    obj(event, "payload") !== undefined &&
    (obj(event, "parameter") !== undefined || str(obj(event, "header"), "action") !== undefined)
  )
    return new SingleSocket(str(obj(event, "header"), "action") === undefined ? "iflytek.spark" : "dashscope")
  return undefined
}

class ResponsesSocket implements SocketDialect {
  readonly family = "openai.responses"
  readonly single = false

  client(event: JsonObject, steps: SocketSteps): void {
    if (str(event, "type") !== "response.create") return
    steps.begin(streamId(event), { ...responsesRequest(obj(event, "response") ?? event), stream: true }, openAiResponsesStream())
  }
  server(event: JsonObject, steps: SocketSteps): void {
    steps.piece(streamId(event), "", event)
    if (CLOSING.has(str(event, "type") ?? "")) steps.end(streamId(event))
  }
}

function streamId(event: JsonObject): string {
  return str(event, "stream_id") ?? "default"
}

class RealtimeSocket implements SocketDialect {
  readonly family = "openai.realtime"
  readonly single = true
  #session: JsonObject = {}
  #items: JsonObject[] = []

  client(event: JsonObject, steps: SocketSteps): void {
    const type = str(event, "type") ?? ""
    if (type === "session.update") this.#session = { ...this.#session, ...obj(event, "session") }
    if (type === "conversation.item.create") this.#add(obj(event, "item") ?? {})
    if (type === "response.create") this.#begin(steps, obj(event, "response") ?? {})
  }
  server(event: JsonObject, steps: SocketSteps): void {
    const type = str(event, "type") ?? ""
    if (type === "session.created" || type === "session.updated") this.#session = { ...obj(event, "session"), ...this.#session }
    if (type === "conversation.item.input_audio_transcription.completed") {
      this.#add({ type: "message", role: "user", content: [{ type: "input_text", text: str(event, "transcript") ?? "" }] })
    }
    // The speaker fell silent and the server answers unasked.
    if (type === "response.created" && !steps.open("default")) this.#begin(steps, {})
    if (type.startsWith("response.") || type === "error") steps.piece("default", "", event)
    if (type === "response.done") steps.end("default")
  }
  #add(item: JsonObject): void {
    if (this.#items.length < MAX_ITEMS) this.#items.push(item)
  }
  #begin(steps: SocketSteps, asked: JsonObject): void {
    const settings: JsonObject = { ...this.#session, ...asked }
    const read = responsesRequest({ ...settings, input: list(asked, "input") })
    steps.begin(
      "default",
      { ...read, stream: true, messages: [...this.#items.flatMap(itemMessages), ...read.messages] },
      openAiResponsesStream(),
    )
    this.#items = []
  }
}

class LiveSocket implements SocketDialect {
  readonly family = "gemini.live"
  readonly single = true
  #setup: JsonObject = {}
  #turns: LlmRequest["messages"][number][] = []

  client(event: JsonObject): void {
    this.#setup = obj(event, "setup") ?? this.#setup
    const content = obj(event, "clientContent") ?? obj(event, "client_content")
    for (const turn of objects(content, "turns")) this.#add(geminiMessage(turn))
    const realtime = obj(event, "realtimeInput") ?? obj(event, "realtime_input")
    const said = str(realtime, "text")
    if (said !== undefined) this.#add(message("user", [text(said)]))
    const answers = objects(obj(event, "toolResponse") ?? obj(event, "tool_response"), "functionResponses")
    if (answers.length > 0) this.#add(message("tool", geminiParts(answers.map((one) => ({ functionResponse: one })))))
  }
  #add(turn: LlmRequest["messages"][number]): void {
    if (this.#turns.length < MAX_ITEMS) this.#turns.push(turn)
  }

  server(event: JsonObject, steps: SocketSteps): void {
    const content = obj(event, "serverContent")
    const call = obj(event, "toolCall")
    const heard = str(obj(content, "inputTranscription"), "text")
    if (heard !== undefined) this.#add(message("user", [text(heard)]))
    if (content === undefined && call === undefined && event["usageMetadata"] === undefined) return
    if (!steps.open("default")) this.#begin(steps)
    const parts = [
      ...objects(obj(content, "modelTurn"), "parts"),
      ...(str(obj(content, "outputTranscription"), "text") === undefined
        ? []
        : [{ text: str(obj(content, "outputTranscription"), "text") }]),
      ...objects(call, "functionCalls").map((one) => ({ functionCall: one })),
    ]
    const done = content?.["turnComplete"] === true || call !== undefined
    const candidate = {
      content: { role: "model", parts: parts.filter((part) => !isAudio(part)) },
      ...(done && { finishReason: call === undefined ? "STOP" : "TOOL_CALL" }),
    }
    steps.piece("default", "", { candidates: [candidate], ...maybe("usageMetadata", event["usageMetadata"]) })
    if (done) steps.end("default")
  }
  #begin(steps: SocketSteps): void {
    const setup = this.#setup
    const model = str(setup, "model")
    const request: LlmRequest = {
      ...maybe("model", model?.replace(/^.*models\//, "")),
      stream: true,
      system: systemTexts(setup["systemInstruction"] ?? setup["system_instruction"]),
      messages: this.#turns,
      tools: objects(setup, "tools").flatMap(geminiTools),
      mcpServers: [],
      parameters: {},
    }
    this.#turns = []
    steps.begin("default", request, geminiStream())
  }
}

/** Sound comes by the hundred pieces a second: what was said is in the transcription. */
function isAudio(part: JsonObject): boolean {
  return (str(obj(part, "inlineData"), "mimeType") ?? "").startsWith("audio/")
}

class SingleSocket implements SocketDialect {
  readonly family: string
  readonly single = false

  constructor(family: string) {
    this.family = family
  }

  client(event: JsonObject, steps: SocketSteps): void {
    const action = str(obj(event, "header"), "action")
    if (action !== undefined && action !== "run-task") return
    steps.begin("default", { ...genericRequest(event, { path: "", operation: "chat" }), stream: true }, shapeStream())
  }
  server(event: JsonObject, steps: SocketSteps): void {
    const header = obj(event, "header")
    const choices = obj(obj(event, "payload"), "choices")
    const answers = objects(choices, "text").map((one) => ({
      index: 0,
      delta: one,
      finish_reason: num(choices, "status") === 2 ? "stop" : null,
    }))
    const usage = obj(obj(obj(event, "payload"), "usage"), "text")
    const code = num(header, "code") ?? 0
    steps.piece("default", "", {
      ...maybe("id", str(header, "sid")),
      choices: answers,
      ...maybe("usage", usage),
      ...(code !== 0 && { error: { code: String(code), message: str(header, "message") ?? "" } }),
    })
    if (num(header, "status") === 2 || code !== 0 || str(header, "event") === "task-finished") steps.end("default")
  }
}

const CLOSING = new Set(["response.completed", "response.failed", "response.incomplete", "response.done", "response.cancelled", "error"])
const MAX_ITEMS = 2_000

// One exchange that is a model call becomes the audit row.
import type { ActivityData } from "../../../services/contracts/envelope.ts"
import type { Micros } from "../../wire/stream.ts"
import { pieceObject } from "../body.ts"
import { isObject, type Json, type JsonObject, maybe } from "../json/read.ts"
import { lengthPrefixed } from "../length-prefixed.ts"
import { worst } from "../rows.ts"
import type { ExchangeView } from "../view.ts"
import type { CallPlace, Conversations } from "./conversation.ts"
import { familyOf } from "./families.ts"
import { rawRequest } from "./generic.ts"
import { protobufMessage, protobufTexts } from "./protobuf.ts"
import type { Recognised } from "./recognise.ts"
import { assemble, type CallFacts } from "./row.ts"
import { sessionOf } from "./session.ts"
import { errorOf } from "./settings.ts"
import { softwareOf } from "./software.ts"
import type { Family, LlmRequest, LlmResponse } from "./types.ts"

export interface ModelCall {
  readonly data: ActivityData<"llm">
  /** What the request itself said, also when the row leaves it out as said before. */
  readonly prompts: readonly string[]
  readonly asked: readonly string[]
}

export function modelCall(view: ExchangeView, recognised: Recognised, conversations: Conversations, place: CallPlace): ModelCall {
  const family = familyOf(recognised.family)
  const { exchange } = view
  const request = { ...maybe("conversation", conversationOf(view.path)), ...readRequest(view, family, recognised) }
  const { response, firstContentAt } = readResponse(view, family)
  const asked = exchange.request?.endedAt
  const facts: CallFacts = {
    recognised,
    host: view.host,
    path: exchange.path,
    status: exchange.status,
    ...maybe("software", softwareOf(view)),
    ...maybe("sessionId", sessionOf(view.requestHeaders, view.requestObject)),
    ...maybe("region", view.known?.region),
    ...maybe("tenant", view.known?.tenant),
    ...maybe(
      "timeToFirstTokenMicros",
      firstContentAt === undefined || asked === undefined ? undefined : Math.max(0, firstContentAt - asked),
    ),
    ...maybe(
      "durationMicros",
      exchange.response === undefined || exchange.request === undefined
        ? undefined
        : Math.max(0, exchange.response.endedAt - exchange.request.startedAt),
    ),
    requestBytes: exchange.request?.body.length ?? 0,
    responseBytes: exchange.response?.body.length ?? 0,
    completeness: worst(exchange.request?.body.completeness, exchange.response?.body.completeness),
  }
  const data = assemble({ request, response: withStatus(response, view), facts, placed: conversations.place(request, place) })
  return { data, prompts: request.system.slice(0, 3), asked: beginnings(request) }
}

/** Sessions, threads and conversations at the vendor: the address says which. */
function conversationOf(path: string): string | undefined {
  return /\/(?:sessions|threads|conversations)\/([\w-]{4,128})(?:\/|$)/.exec(path)?.[1]
}

function beginnings({ messages }: LlmRequest): string[] {
  const texts = messages.slice(0, FIRST).flatMap(({ parts }) => parts.flatMap((part) => (part.type === "text" ? [part.text] : [])))
  return texts.slice(0, FIRST).map((text) => text.slice(0, BEGINNING))
}

function readRequest(view: ExchangeView, family: Family, recognised: Recognised): LlmRequest {
  const { request } = view
  const nothing: LlmRequest = {
    ...maybe("model", recognised.model),
    stream: false,
    system: [],
    messages: [],
    tools: [],
    mcpServers: [],
    parameters: {},
  }
  if (isBinary(request.media))
    return { ...nothing, stream: true, messages: protoMessages(view.exchange.request?.body.bytes, request.media, "user") }
  const body = view.requestObject ?? firstPiece(view)
  if (body !== undefined)
    return family.request(body, {
      path: view.path,
      operation: operationOfPath(view.path, recognised.operation),
      ...maybe("model", recognised.model),
    })
  // A list of inputs, or something that is no object: kept as it is.
  return { ...nothing, messages: rawRequest(request.json) }
}

function firstPiece(view: ExchangeView): JsonObject | undefined {
  const piece = view.request.pieces?.[0]
  return piece === undefined ? undefined : pieceObject(piece)
}

function operationOfPath(path: string, operation: string): string {
  return path.includes(":stream") ? "stream" : operation
}

function readResponse(view: ExchangeView, family: Family): { readonly response: LlmResponse; readonly firstContentAt: Micros | undefined } {
  const { response } = view
  if (response.pieces !== undefined) return readPieces(view, family)
  if (isBinary(response.media)) return { response: protoResponse(view), firstContentAt: undefined }
  const { json } = response
  if (Array.isArray(json)) return readArray(json, family, view)
  if (isObject(json)) {
    const read = family.response(json)
    return { response: { ...read, finished: read.finished && response.whole }, firstContentAt: undefined }
  }
  return { response: { ...NOTHING, finished: view.exchange.response?.body.completeness === "full" }, firstContentAt: undefined }
}

function readPieces(view: ExchangeView, family: Family) {
  const reader = family.stream()
  let firstContentAt: Micros | undefined
  for (const piece of view.response.pieces ?? []) {
    // Few send arrays: LangGraph its messages, each with what is said about it.
    const data = pieceObject(piece) ?? (Array.isArray(piece.data) ? { items: piece.data } : undefined)
    if (data === undefined) continue
    const content = reader.piece({ name: piece.name, data, at: piece.at })
    if (content) firstContentAt ??= piece.at
  }
  return { response: reader.finish(), firstContentAt }
}

/** Gemini without alt=sse streams one JSON array; other arrays are lists of answers. */
function readArray(items: readonly Json[], family: Family, view: ExchangeView) {
  const reader = family.stream()
  for (const item of items) if (isObject(item)) reader.piece({ name: "", data: item, at: undefined })
  const marks = view.exchange.response?.body.marks ?? []
  return { response: reader.finish(), firstContentAt: marks[0]?.at }
}

function withStatus(response: LlmResponse, view: ExchangeView): LlmResponse {
  if (view.exchange.status < 400 || response.error !== undefined) return response
  const body = view.responseObject
  const error = (body === undefined ? undefined : errorOf(body)) ?? { type: `http_${view.exchange.status}` }
  return { ...response, error }
}

function isBinary(media: string): boolean {
  return media.includes("proto") || media.startsWith("application/grpc")
}

function protoMessages(bytes: Uint8Array | undefined, media: string, role: "user" | "assistant") {
  if (bytes === undefined) return []
  const framed = media.includes("connect+") || media.startsWith("application/grpc")
  const read = protobufMessage(role, protobufTexts(bytes, framed))
  return read === undefined ? [] : [read]
}

function protoResponse(view: ExchangeView): LlmResponse {
  const body = view.exchange.response?.body.bytes
  const messages = protoMessages(body, view.response.media, "assistant")
  return {
    ...NOTHING,
    messages,
    finished: view.exchange.response?.body.completeness === "full",
    ...maybe("error", connectError(body, view.response.media)),
  }
}

/** The end frame of Connect streams (flag 2) is JSON, with the error if there was one. */
function connectError(body: Uint8Array | undefined, media: string) {
  if (body === undefined || !media.includes("connect+")) return undefined
  for (const { bytes } of lengthPrefixed(body)) {
    if (bytes[0] !== 0x7b) continue
    try {
      const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes))
      if (isObject(parsed) && parsed["error"] !== undefined) return errorOf(parsed)
    } catch {
      return undefined
    }
  }
  return undefined
}

const FIRST = 6
const BEGINNING = 1_000
const NOTHING: LlmResponse = { messages: [], finishReasons: [], usage: {}, finished: true }

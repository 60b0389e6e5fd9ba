// A body as its protocol cuts it: one JSON value, or pieces with the time each was seen.

import { parseEventStream } from "../wire/eventstream.ts"
import type { BodyMark, HttpBody, HttpMessage } from "../wire/facts.ts"
import { SseParser } from "../wire/sse.ts"
import type { Micros } from "../wire/stream.ts"
import { parseJson } from "./json/parse.ts"
import { isObject, type Json, type JsonObject } from "./json/read.ts"
import { lengthPrefixed } from "./length-prefixed.ts"
import { mediaType, utf8 } from "./text.ts"

export interface Piece {
  readonly name: string
  readonly id: string
  readonly text: string
  readonly data: Json | undefined
  readonly at: Micros | undefined
}

export interface BodyRead {
  readonly media: string
  readonly json?: Json
  /** False when the JSON broke off. */
  readonly whole: boolean
  readonly pieces?: readonly Piece[]
}

export function readBody(message: HttpMessage | undefined): BodyRead {
  if (message === undefined || message.body.bytes.length === 0) return { media: mediaType(message?.headers), whole: true }
  const { body } = message
  const media = mediaType(message.headers)
  if (media === "application/vnd.amazon.eventstream") return { media, whole: true, pieces: eventStreamPieces(body) }
  if (media === "text/event-stream" || (!media.includes("json") && looksLikeSse(body.bytes))) return readSse(body, media)
  if (media.includes("protobuf") || media.includes("+proto") || media.startsWith("application/grpc")) return { media, whole: true }
  if (media === "application/connect+json") return { media, whole: true, pieces: connectJson(body) }
  if (media.includes("ndjson") || media.includes("jsonl") || media === "application/stream+json")
    return { media, whole: true, pieces: linePieces(body) }
  return readJson(body, media)
}

function readJson(body: HttpBody, media: string): BodyRead {
  if (!startsJson(body.bytes)) return { media, whole: true }
  const parsed = parseJson(utf8(body.bytes))
  if (parsed === undefined) return { media, whole: false }
  // Several JSON values one after another: lines without their media type (Ollama behind a proxy).
  if (!parsed.whole && body.completeness === "full") {
    const lines = linePieces(body)
    if (lines.length > 1 && lines.every((line) => isObject(line.data))) return { media, whole: true, pieces: lines }
  }
  return { media, json: parsed.value, whole: parsed.whole }
}

function startsJson(bytes: Uint8Array): boolean {
  for (let i = 0; i < Math.min(bytes.length, MAX_LEAD); i++) {
    const byte = bytes[i] ?? 0
    if (byte === 0x7b || byte === 0x5b) return true
    // White space and the byte order mark.
    if (byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf) return false
  }
  return false
}

function looksLikeSse(bytes: Uint8Array): boolean {
  const head = utf8(bytes.subarray(0, 16))
  return head.startsWith("data:") || head.startsWith("event:") || head.startsWith("id:")
}

/** Fed in the steps in which it came, so that each event has the time of its last byte. */
function readSse(body: HttpBody, media: string): BodyRead {
  const pieces: Piece[] = []
  let now: Micros | undefined
  const parser = new SseParser(({ event, data, id }) => {
    if (pieces.length < MAX_PIECES) pieces.push(piece({ name: event === "message" ? "" : event, id, text: data, at: now }))
  })
  let from = 0
  for (const mark of body.marks) {
    const end = Math.min(mark.offset, body.bytes.length)
    if (end > from) parser.push(body.bytes.subarray(from, end))
    from = Math.max(from, end)
    now = mark.at
  }
  parser.push(body.bytes.subarray(from))
  // An event whose closing line is missing: the capture or the connection ended first. It is kept: it was sent.
  parser.finish()
  return { media, whole: true, pieces }
}

function piece({ name, id, text, at }: Omit<Piece, "data">): Piece {
  return { name, id, text, at, data: text.startsWith("{") || text.startsWith("[") ? parseJson(text)?.value : undefined }
}

function* lines(bytes: Uint8Array): Generator<{ readonly text: string; readonly end: number }> {
  let start = 0
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, start)) {
    yield { text: utf8(bytes.subarray(start, at)), end: at + 1 }
    start = at + 1
  }
  if (start < bytes.length) yield { text: utf8(bytes.subarray(start)), end: bytes.length }
}

function linePieces(body: HttpBody): Piece[] {
  const clock = new MarkClock(body.marks)
  const out: Piece[] = []
  for (const { text, end } of lines(body.bytes)) {
    if (text.trim() !== "" && out.length < MAX_PIECES) out.push(piece({ name: "", id: "", text: text.trim(), at: clock.at(end) }))
  }
  return out
}

function connectJson(body: HttpBody): Piece[] {
  const clock = new MarkClock(body.marks)
  return Array.from(lengthPrefixed(body.bytes), ({ bytes, end }) => piece({ name: "", id: "", text: utf8(bytes), at: clock.at(end) }))
}

/** Messages of AWS; invoke's chunks hold {"bytes": base64 of the vendor's own event}. */
function eventStreamPieces(body: HttpBody): Piece[] {
  const clock = new MarkClock(body.marks)
  return parseEventStream(body.bytes)
    .slice(0, MAX_PIECES)
    .map(({ headers, payload, end }) => {
      const name = headers.get(":event-type") ?? headers.get(":exception-type") ?? headers.get(":message-type") ?? ""
      return unwrapChunk(piece({ name, id: "", text: utf8(payload), at: clock.at(end) }))
    })
}

function unwrapChunk(one: Piece): Piece {
  const inner = isObject(one.data) ? one.data["bytes"] : undefined
  if (typeof inner !== "string") return one
  const text = utf8(Buffer.from(inner, "base64"))
  return { ...one, text, data: parseJson(text)?.value }
}

/** When the byte before a position was seen. Asked with rising positions. */
class MarkClock {
  readonly #marks: readonly BodyMark[]
  #next = 0
  #now: Micros | undefined
  constructor(marks: readonly BodyMark[]) {
    this.#marks = marks
  }
  at(end: number): Micros | undefined {
    for (let mark = this.#marks[this.#next]; mark !== undefined && mark.offset < end; mark = this.#marks[this.#next]) {
      this.#now = mark.at
      this.#next += 1
    }
    return this.#now
  }
}

export function pieceObject(one: Piece): JsonObject | undefined {
  return isObject(one.data) ? one.data : undefined
}

export function pieceObjects(pieces: readonly Piece[] | undefined): JsonObject[] {
  return (pieces ?? []).map((one) => one.data).filter(isObject)
}

const LF = 0x0a
const MAX_LEAD = 64
// A model writes some hundred events a second at most; this is an hour of them, and what the body limit holds anyway.
const MAX_PIECES = 1_000_000

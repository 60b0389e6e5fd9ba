// One side of an HTTP/1 connection: bytes in, heads and bodies out. It knows framing, not pairing: how long a body is, the sink says.
//
// After a gap: inside the data of a body whose end is known, the body goes on with a hole. Anywhere else the place in the message is lost: the side is
// searched for the next message start, at the beginning of a segment or behind an empty line, where a sender would put one.
// Bytes that are no message are skipped the same way. A body whose end nobody can tell ("lost") makes the side opaque: guessing would be what a
// smuggler wants.

import { ChunkedReader } from "../body/chunked.ts"
import { asBuffer, copyBytes, GrowingBuffer, latin1 } from "../bytes.ts"
import type { Completeness } from "../facts.ts"
import { trimBlanks } from "../http/fields.ts"
import type { DataEvent, GapEvent, Micros, Side } from "../stream.ts"
import type { Framing } from "./framing.ts"
import { isSimpleTarget } from "./head.ts"
import { headEnd, MAX_HEAD, nextStart } from "./head-end.ts"
import { mayStart, startsMessage, surelyStartsMessage } from "./recognise-start.ts"

export interface ReaderSink {
  /** A head may end in `text`. Answers how its body is framed and how many characters it took; undefined when it is no head. */
  head(text: string, startedAt: Micros, at: Micros): { readonly framing: Framing; readonly end: number } | undefined
  data(bytes: Uint8Array, at: Micros): void
  bodyGap(length: number, at: Micros): void
  trailer(name: string, value: string): void
  /** Bytes that are no message come where one should begin: true when they are the answer to an HTTP/0.9 request. */
  simpleAnswer(at: Micros): boolean
  /** Whether the body just announced may be left out: the request was not seen, it may have been HEAD. */
  mayLackBody(): boolean
  /** The message is over; "gapped" and "truncated" when its end was not seen. */
  finished(how: "full" | "gapped" | "truncated", at: Micros): void
  /** The rest of this head will not come. `text` is what did, whole lines. */
  cutHead(text: string, how: Completeness, startedAt: Micros): void
  /** A message, or several, may be missing before the next one. */
  lost(at: Micros): void
  /** What comes after a tunnel began. `event` with offsets of the connection. */
  tunnel(event: DataEvent | GapEvent): void
  anomaly(code: string, at: Micros, detail?: string): void
}

type State = "start" | "head" | "length" | "chunked" | "close" | "hold" | "tunnel" | "search" | "opaque"

export class MessageReader {
  readonly #side: Side
  readonly #sink: ReaderSink
  #state: State = "start"
  #head: GrowingBuffer | undefined
  #startedAt: Micros = 0
  #at: Micros = 0
  #remaining = 0
  #bodyBegun = false
  #chunked: ChunkedReader | undefined
  #held: (DataEvent | GapEvent)[] = []
  #heldBytes = 0
  /** What the side does behind the current message. The sink sets "hold" during head(): what follows waits until it is known what it is. */
  after: "start" | "hold" | "tunnel" = "start"

  constructor(side: Side, sink: ReaderSink) {
    this.#side = side
    this.#sink = sink
  }

  get held(): number {
    return this.#heldBytes + (this.#head?.length ?? 0)
  }
  get inTunnel(): boolean {
    return this.#state === "tunnel"
  }
  get holding(): boolean {
    return this.#state === "hold"
  }

  data(event: DataEvent): void {
    if (this.#state === "tunnel") {
      this.#sink.tunnel(event)
      return
    }
    this.#at = event.at
    this.#read(asBuffer(event.bytes), event.offset)
  }

  gap(event: GapEvent): void {
    this.#at = event.at
    switch (this.#state) {
      case "tunnel":
        this.#sink.tunnel(event)
        return
      case "hold":
        this.#hold(event)
        return
      case "length":
        this.#gapInLength(event.length)
        return
      case "chunked":
        this.#sink.bodyGap(event.length, event.at)
        if (this.#chunked?.skip(event.length) !== true) this.#lose("gapped")
        return
      case "close":
        this.#sink.bodyGap(event.length, event.at)
        return
      case "start":
        this.#search("gap-between-messages")
        return
      case "head":
        this.#cutHead("gapped")
        this.#search("gap-in-head")
        return
      default:
    }
  }

  /** The side has ended. */
  end(at: Micros, clean: boolean): void {
    this.#at = at
    switch (this.#state) {
      case "close":
        this.#finish(clean ? "full" : "truncated")
        return
      case "length":
      case "chunked":
        if (clean) this.#finish("truncated")
        return
      case "head":
        this.#cutHead("truncated")
        if (clean) this.#sink.anomaly("cut-head", at)
        return
      default:
    }
  }

  /** Nobody knows how the side ends. */
  giveUp(at: Micros): void {
    this.#at = at
    if (this.#state === "head") this.#cutHead("open")
  }

  #cutHead(how: Completeness): void {
    const bytes = this.#head?.view()
    this.#head = undefined
    this.#state = "search"
    if (bytes !== undefined) this.#sink.cutHead(latin1(bytes, 0, bytes.lastIndexOf(LF) + 1), how, this.#startedAt)
  }

  /** Decides what was held: the rest of a tunnel, or messages after all. */
  release(as: "tunnel" | "messages"): void {
    const inBody = this.#state === "length" || this.#state === "chunked"
    if (inBody) this.after = as === "tunnel" ? "tunnel" : "start"
    if (inBody || this.#state === "opaque" || (as === "messages" && this.#state !== "hold")) return
    const events = this.#held
    this.#held = []
    this.#heldBytes = 0
    this.#state = as === "tunnel" ? "tunnel" : "start"
    for (const event of events) {
      if (event.type === "data") this.data(event)
      else this.gap(event)
    }
  }

  #read(bytes: Buffer, offset: number): void {
    let from = 0
    let buffer = bytes
    let base = offset
    if (this.#head !== undefined) {
      base = offset - this.#head.length
      this.#head.append(bytes)
      buffer = this.#head.view()
    }
    while (from < buffer.length) {
      const next = this.#step(buffer, from, base)
      if (next < 0) return
      from = next
    }
  }

  /** One step from `from`; where the next begins, or -1 when more bytes are needed and the rest is kept. */
  #step(buffer: Buffer, from: number, base: number): number {
    switch (this.#state) {
      case "start":
        return this.#start(buffer, from)
      case "head":
        return this.#readHead(buffer, from)
      case "length":
        return this.#readLength(buffer, from)
      case "chunked":
        return this.#readChunked(buffer, from)
      case "close":
        this.#sink.data(from === 0 ? buffer : buffer.subarray(from), this.#at)
        return buffer.length
      case "hold":
        this.#hold({ type: "data", side: this.#side, at: this.#at, offset: base + from, bytes: buffer.subarray(from) })
        return buffer.length
      case "tunnel":
        this.#sink.tunnel({ type: "data", side: this.#side, at: this.#at, offset: base + from, bytes: buffer.subarray(from) })
        return buffer.length
      case "search":
        return this.#searchIn(buffer, from)
      default:
        return buffer.length
    }
  }

  /** Empty lines before a message are skipped (RFC 9112 §2.2). */
  #start(buffer: Buffer, from: number): number {
    let at = from
    while (at < buffer.length && (buffer[at] === CR || buffer[at] === LF)) at++
    if (at === buffer.length) return at
    if (!mayStart(buffer, at, this.#side)) {
      if (this.#sink.simpleAnswer(this.#at)) this.#state = "close"
      else this.#search("not-a-message")
      return at
    }
    this.#startedAt = this.#at
    this.#state = "head"
    return at
  }

  #readHead(buffer: Buffer, from: number): number {
    const end = headEnd(buffer, from)
    if (end < 0) {
      if (buffer.length - from > MAX_HEAD) {
        this.#search("head-too-long")
        return buffer.length
      }
      if (startsMessage(buffer, from, this.#side) === "no") {
        this.#search("not-a-message")
        return from
      }
      const line = this.#isSimpleRequest(buffer, from)
      if (line < 0) {
        if (this.#head === undefined || from > 0) this.#head = new GrowingBuffer(buffer.subarray(from))
        return -1
      }
      return this.#takeHead(buffer, from, line)
    }
    return this.#takeHead(buffer, from, Math.min(end, from + MAX_HEAD))
  }

  /** HTTP/0.9: the line is the whole request, no empty line follows. */
  #isSimpleRequest(buffer: Buffer, from: number): number {
    if (this.#side !== "client" || buffer[from] !== 0x47) return -1
    const lf = buffer.indexOf(LF, from)
    if (lf < 0 || lf - from > MAX_SIMPLE_LINE) return -1
    const [method = "", target = "", ...more] = buffer.toString("latin1", from, lf).trimEnd().split(" ", 3)
    return more.length === 0 && isSimpleTarget(method, target) ? lf + 1 : -1
  }

  #takeHead(buffer: Buffer, from: number, end: number): number {
    this.#head = undefined
    const answer = this.#sink.head(latin1(buffer, from, end), this.#startedAt, this.#at)
    if (answer === undefined) {
      this.#search("not-a-message")
      return from
    }
    this.#enter(answer.framing)
    return from + answer.end
  }

  #enter(framing: Framing): void {
    switch (framing.kind) {
      case "none":
        this.#finish("full")
        return
      case "length":
        this.#state = "length"
        this.#bodyBegun = false
        this.#remaining = framing.length
        return
      case "chunked":
        this.#state = "chunked"
        this.#chunked = this.#makeChunked()
        return
      case "close":
        this.#state = "close"
        return
      case "tunnel":
        this.#state = "tunnel"
        return
      case "lost":
        this.#finish("truncated")
        this.#state = "opaque"
    }
  }

  #makeChunked(): ChunkedReader {
    const sink = this.#sink
    return new ChunkedReader({
      data: (bytes) => sink.data(bytes, this.#at),
      trailer: (line) => {
        const colon = line.indexOf(":")
        if (colon > 0) sink.trailer(line.slice(0, colon).trimEnd().toLowerCase(), trimBlanks(line, colon + 1))
      },
      anomaly: (code) => sink.anomaly(code, this.#at),
    })
  }

  #readLength(buffer: Buffer, from: number): number {
    if (!this.#bodyBegun) {
      this.#bodyBegun = true
      if (this.#side === "server" && startsMessage(buffer, from, "server") === "yes" && this.#sink.mayLackBody()) {
        this.#finish("full")
        return from
      }
    }
    const end = Math.min(buffer.length, from + this.#remaining)
    this.#remaining -= end - from
    this.#sink.data(from === 0 && end === buffer.length ? buffer : buffer.subarray(from, end), this.#at)
    if (this.#remaining === 0) this.#finish("full")
    return end
  }

  #readChunked(buffer: Buffer, from: number): number {
    const chunked = this.#chunked
    if (chunked === undefined) return buffer.length
    const at = chunked.read(buffer, from)
    if (chunked.done) this.#finish("full")
    else if (chunked.broken) {
      this.#finish("truncated")
      this.#state = "opaque"
    }
    return at
  }

  #gapInLength(length: number): void {
    const inside = length > 0 && length <= this.#remaining
    this.#sink.bodyGap(inside ? length : this.#remaining, this.#at)
    if (!inside) {
      this.#lose("gapped")
      return
    }
    this.#remaining -= length
    if (this.#remaining === 0) this.#finish("gapped")
  }

  #finish(how: "full" | "gapped" | "truncated"): void {
    this.#chunked = undefined
    this.#state = this.after
    this.after = "start"
    this.#sink.finished(how, this.#at)
  }

  #lose(how: "gapped" | "truncated"): void {
    this.#finish(how)
    if (this.#state === "start") this.#state = "search"
    this.#sink.lost(this.#at)
  }

  #search(code: string): void {
    this.#head = undefined
    this.#state = "search"
    this.#sink.anomaly(code, this.#at)
    this.#sink.lost(this.#at)
  }

  #searchIn(buffer: Buffer, from: number): number {
    for (let at = from; at >= 0 && at < buffer.length; at = nextStart(buffer, at)) {
      if (!surelyStartsMessage(buffer, at, this.#side)) continue
      this.#startedAt = this.#at
      this.#state = "head"
      return at
    }
    return buffer.length
  }

  #hold(event: DataEvent | GapEvent): void {
    const length = event.type === "data" ? event.bytes.length : 0
    if (this.#heldBytes + length > MAX_HELD || this.#held.length > MAX_HELD_EVENTS) {
      this.#sink.anomaly("upgrade-unanswered", this.#at)
      this.#held = []
      this.#heldBytes = 0
      this.#state = "opaque"
      return
    }
    this.#heldBytes += length
    this.#held.push(event.type === "data" ? { ...event, bytes: copyBytes(event.bytes) } : event)
  }
}

const CR = 0x0d
const LF = 0x0a
const MAX_SIMPLE_LINE = 8192
// Between a request to upgrade and its answer a client may at most send what fits its first flight.
const MAX_HELD = 256 * 1024
const MAX_HELD_EVENTS = 4096

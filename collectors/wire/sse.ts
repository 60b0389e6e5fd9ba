// Server-sent events (WHATWG HTML §9.2.6), bytes in:
//   stream = [ BOM ] *event ; event = *( comment / field ) end-of-line ; field = name [ ":" [ SP ] value ] end-of-line ; end-of-line = CRLF / LF / CR
//
// Lines are found in bytes and decoded whole, so UTF-8 cut by a packet is no matter. A CR at the end of a piece ends its line at once and the LF that may
// follow is swallowed: waiting for it would hold back the last event of a quiet stream. What is unfinished at the end is given as a partial event.
import { asBuffer, copyBytes, GrowingBuffer, utf8 } from "./bytes.ts"

export interface SseEvent {
  /** "message" when the stream names none. */
  readonly event: string
  readonly data: string
  /** Last event id, which lives on from event to event. */
  readonly id: string
  /** The stream ended before the empty line: a browser would drop it, an audit does not. */
  readonly partial: boolean
  /** Data beyond the limit was left out. */
  readonly truncated: boolean
}

export class SseParser {
  readonly #emit: (event: SseEvent) => void
  #line: GrowingBuffer | undefined
  #lineTooLong = false
  #skipLf = false
  #first = true
  #event = ""
  #data: string | undefined
  #dataLength = 0
  #id = ""
  #truncated = false
  #skipping = false
  /** The last line that named an event, and what it named. */
  #lastName: Uint8Array | undefined
  #lastEvent = ""

  constructor(emit: (event: SseEvent) => void) {
    this.#emit = emit
  }

  get held(): number {
    return (this.#line?.length ?? 0) + this.#dataLength
  }

  push(piece: Uint8Array): void {
    const bytes = asBuffer(piece)
    let from = 0
    if (this.#skipLf && bytes.length > 0) {
      this.#skipLf = false
      if (bytes[0] === LF) from = 1
    }
    let cr = bytes.indexOf(CR, from)
    let lf = nextLf(bytes, from)
    while (cr >= 0 || lf >= 0) {
      const end = cr < 0 || (lf >= 0 && lf < cr) ? lf : cr
      this.#endLine(bytes, from, end)
      from = end + 1
      if (end === cr) {
        if (from === bytes.length) this.#skipLf = true
        else if (lf === from) from++
        cr = bytes.indexOf(CR, from)
      }
      if (lf >= 0 && lf < from) lf = nextLf(bytes, from)
    }
    if (from < bytes.length) this.#hold(bytes.subarray(from))
  }

  /** Bytes are missing here: the event under way is dropped, and what follows up to the next empty line, rather than joined to one that nobody sent. */
  hole(): void {
    this.#line = undefined
    this.#data = undefined
    this.#dataLength = 0
    this.#skipLf = false
    this.#first = false
    this.#skipping = true
  }

  /** The stream is over: what waits is given as a partial event, the unfinished line included. */
  finish(): void {
    if (this.#line !== undefined) this.#endLine(this.#line.view(), 0, 0)
    if (this.#data !== undefined) this.#dispatch(true)
  }

  #hold(rest: Buffer): void {
    if ((this.#line?.length ?? 0) + rest.length > MAX_DATA) {
      this.#lineTooLong = true
      return
    }
    if (this.#line === undefined) this.#line = new GrowingBuffer(rest)
    else this.#line.append(rest)
  }

  #endLine(bytes: Buffer, from: number, end: number): void {
    if (this.#line === undefined) {
      this.#field(bytes, from, end)
    } else {
      const line = this.#line
      this.#line = undefined
      if (end > from && !this.#lineTooLong && line.length + end - from <= MAX_DATA) line.append(bytes.subarray(from, end))
      this.#field(line.view(), 0, line.length)
    }
    if (this.#lineTooLong) this.#truncated = true
    this.#lineTooLong = false
  }

  #field(bytes: Buffer, start: number, end: number): void {
    let from = start
    if (this.#first) {
      this.#first = false
      if (bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf) from += 3
    }
    if (this.#skipping) {
      this.#skipping = from !== end
      this.#event = ""
      return
    }
    if (from === end) {
      if (this.#data !== undefined) this.#dispatch(false)
      this.#event = ""
      return
    }
    // "data" is nearly all there is.
    if (bytes[from] === 0x64 && bytes[from + 4] === COLON && isData(bytes, from)) {
      this.#appendData(bytes, from + 5, end)
      return
    }
    // The same names come again and again.
    if (this.#lastName !== undefined && isSame(bytes, from, end, this.#lastName)) {
      this.#event = this.#lastEvent
      return
    }
    if (this.#otherField(utf8(bytes, from, end)) === "event" && end - from <= MAX_REPEATED) {
      this.#lastName = copyBytes(bytes, from, end)
      this.#lastEvent = this.#event
    }
  }

  #otherField(line: string): string {
    const colon = line.indexOf(":")
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1)
    if (name === "event") this.#event = value.slice(0, MAX_NAME)
    else if (name === "id" && !value.includes("\0")) this.#id = value.slice(0, MAX_NAME)
    else if (name === "data") this.#join("")
    return name
  }

  #appendData(bytes: Buffer, start: number, end: number): void {
    const from = bytes[start] === SPACE && start < end ? start + 1 : start
    if (this.#dataLength + end - from > MAX_DATA) {
      this.#truncated = true
      return
    }
    this.#dataLength += end - from
    this.#join(utf8(bytes, from, end))
  }

  #join(text: string): void {
    this.#data = this.#data === undefined ? text : `${this.#data}\n${text}`
    this.#dataLength++
  }

  #dispatch(partial: boolean): void {
    const event = this.#event === "" ? "message" : this.#event
    this.#emit({ event, data: this.#data ?? "", id: this.#id, partial, truncated: this.#truncated })
    this.#data = undefined
    this.#dataLength = 0
    this.#truncated = false
  }
}

/** All events of a whole body; the last may be partial. */
export function parseSse(bytes: Uint8Array): SseEvent[] {
  const events: SseEvent[] = []
  const parser = new SseParser((event) => events.push(event))
  parser.push(bytes)
  parser.finish()
  return events
}

/** Most lines before the data are short: a loop finds their end before a call of indexOf has begun. */
function nextLf(bytes: Buffer, from: number): number {
  const near = Math.min(bytes.length, from + NEAR)
  for (let at = from; at < near; at++) if (bytes[at] === LF) return at
  return near === bytes.length ? -1 : bytes.indexOf(LF, near)
}

function isSame(bytes: Buffer, from: number, end: number, other: Uint8Array): boolean {
  if (end - from !== other.length) return false
  for (let at = 0; at < other.length; at++) if (bytes[from + at] !== other[at]) return false
  return true
}

function isData(bytes: Buffer, from: number): boolean {
  return bytes[from + 1] === 0x61 && bytes[from + 2] === 0x74 && bytes[from + 3] === 0x61
}

const CR = 0x0d
const LF = 0x0a
const SPACE = 0x20
const COLON = 0x3a
// One event may carry a whole response with images (response.completed, JSON-RPC results); beyond this the event is marked and the rest left out.
const MAX_DATA = 8 * 1024 * 1024
const MAX_NAME = 1024
const MAX_REPEATED = 64
const NEAR = 48

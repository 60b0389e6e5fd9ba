// Frames of the WebSocket protocol (RFC 6455 §5.2), one side:
//   FIN(1) RSV1-3(3) opcode(4) MASK(1) length(7) [length(16) | length(64)] [masking key(32)] payload
// Payload is handed on unmasked, as it comes.
//
// After a gap that hides more than payload, the next segment whose frames fill it exactly is where the side goes on.
import { asBuffer, GrowingBuffer } from "../bytes.ts"
import type { Micros, Side } from "../stream.ts"
import { unmask } from "./mask.ts"

export interface FrameHead {
  readonly final: boolean
  readonly rsv: number
  readonly opcode: number
  readonly length: number
}
export interface FrameSink {
  start(head: FrameHead, at: Micros): void
  /** Valid during the call. */
  payload(bytes: Uint8Array, at: Micros): void
  payloadGap(length: number, at: Micros): void
  end(at: Micros): void
  lost(at: Micros): void
  anomaly(code: string, at: Micros, detail?: string): void
}

export class WebSocketFrameReader {
  readonly #side: Side
  readonly #sink: FrameSink
  #state: "header" | "payload" | "search" | "opaque" = "header"
  #pending: GrowingBuffer | undefined
  #remaining = 0
  #position = 0
  #masked = false
  #key = 0
  readonly #reported = new Set<string>()

  constructor(side: Side, sink: FrameSink) {
    this.#side = side
    this.#sink = sink
  }

  get held(): number {
    return this.#pending?.length ?? 0
  }

  data(bytes: Uint8Array, at: Micros): void {
    let buffer = asBuffer(bytes)
    if (this.#pending !== undefined) {
      this.#pending.append(buffer)
      buffer = this.#pending.view()
      this.#pending = undefined
    }
    if (this.#state === "search" && chains(buffer, this.#side)) this.#state = "header"
    let from = 0
    while (from < buffer.length && (this.#state === "header" || this.#state === "payload")) {
      const next = this.#state === "header" ? this.#header(buffer, from, at) : this.#payload(buffer, from, at)
      if (next < 0) {
        this.#pending = new GrowingBuffer(buffer.subarray(from))
        return
      }
      from = next
    }
  }

  gap(length: number, at: Micros): void {
    this.#pending = undefined
    if (this.#state === "payload" && length > 0 && length <= this.#remaining) {
      this.#sink.payloadGap(length, at)
      this.#advance(length, at)
      return
    }
    if (this.#state === "opaque") return
    if (this.#state === "payload") this.#sink.payloadGap(this.#remaining, at)
    this.#state = "search"
    this.#sink.lost(at)
  }

  #header(buffer: Buffer, from: number, at: Micros): number {
    const head = readHead(buffer, from)
    if (head === undefined) return -1
    if (head.length > Number.MAX_SAFE_INTEGER || !OPCODES.has(head.opcode)) {
      this.#sink.anomaly(OPCODES.has(head.opcode) ? "frame-length-invalid" : "opcode-unknown", at)
      this.#state = "opaque"
      this.#sink.lost(at)
      return buffer.length
    }
    if (!head.minimal) this.#once("length-not-minimal", at)
    if (head.masked !== (this.#side === "client")) this.#once(head.masked ? "server-masks" : "client-does-not-mask", at)
    this.#masked = head.masked
    this.#key = head.key
    this.#remaining = head.length
    this.#position = 0
    this.#state = "payload"
    this.#sink.start(head, at)
    if (head.length === 0) this.#advance(0, at)
    return from + head.size
  }

  #payload(buffer: Buffer, from: number, at: Micros): number {
    const end = Math.min(buffer.length, from + this.#remaining)
    const piece = from === 0 && end === buffer.length ? buffer : buffer.subarray(from, end)
    this.#sink.payload(this.#masked ? unmask(piece, this.#key, this.#position) : piece, at)
    this.#advance(end - from, at)
    return end
  }

  #advance(length: number, at: Micros): void {
    this.#remaining -= length
    this.#position += length
    if (this.#remaining > 0) return
    this.#state = "header"
    this.#sink.end(at)
  }

  #once(code: string, at: Micros): void {
    if (this.#reported.has(code)) return
    this.#reported.add(code)
    this.#sink.anomaly(code, at)
  }
}

interface RawHead extends FrameHead {
  readonly masked: boolean
  readonly minimal: boolean
  readonly key: number
  /** Bytes of the head. */
  readonly size: number
}

function readHead(buffer: Buffer, from: number): RawHead | undefined {
  const available = buffer.length - from
  if (available < 2) return undefined
  const first = buffer[from] ?? 0
  const second = buffer[from + 1] ?? 0
  const short = second & 0x7f
  const masked = (second & 0x80) !== 0
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0
  const size = 2 + extra + (masked ? 4 : 0)
  if (available < size) return undefined
  const length = extra === 0 ? short : extra === 2 ? buffer.readUInt16BE(from + 2) : Number(buffer.readBigUInt64BE(from + 2))
  const minimal = extra === 0 || (extra === 2 ? length > 125 : length > 65_535)
  const key = masked ? buffer.readInt32LE(from + 2 + extra) : 0
  return { final: (first & 0x80) !== 0, rsv: (first >> 4) & 7, opcode: first & 0x0f, length, masked, minimal, key, size }
}

/** Whether these bytes are whole frames of this side, nothing before or behind them. */
function chains(buffer: Buffer, side: Side): boolean {
  let at = 0
  while (at < buffer.length) {
    const head = readHead(buffer, at)
    if (head === undefined || !OPCODES.has(head.opcode) || !head.minimal || head.masked !== (side === "client")) return false
    if ((head.rsv & 3) !== 0 || (head.opcode >= CLOSE && (head.length > 125 || !head.final || head.rsv !== 0))) return false
    at += head.size + head.length
  }
  return at === buffer.length && buffer.length > 0
}

export const TEXT = 1
export const BINARY = 2
export const CLOSE = 8
export const PING = 9
export const PONG = 10
const OPCODES = new Set([0, TEXT, BINARY, CLOSE, PING, PONG])

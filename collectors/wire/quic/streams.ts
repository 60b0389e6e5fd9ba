// Where QUIC and HTTP/3 meet. The QUIC layer decrypts and orders; a StreamsLayer reads many byte streams of two sides.
// Laws are those of stream.ts: synchronous, never throws, `bytes` are borrowed. Per stream and side, `data` and `gap` come in order without overlap,
// and exactly one of `fin` or `reset` may end them. After `end` nothing comes.
import type { Micros, Side } from "../stream.ts"

export interface QuicStreamData {
  readonly streamId: number
  /** Who sent the bytes, not who opened the stream. */
  readonly side: Side
  readonly at: Micros
  /** Position of the first byte in this side's stream, from 0. */
  readonly offset: number
  readonly bytes: Uint8Array
  /** The side has sent its last byte; `bytes` may be empty. */
  readonly fin: boolean
}

export interface QuicStreamGap {
  readonly streamId: number
  readonly side: Side
  readonly at: Micros
  readonly offset: number
  readonly length: number
}

export interface QuicStreamReset {
  readonly streamId: number
  readonly side: Side
  readonly at: Micros
  /** Application error code, for example 0x10c H3_REQUEST_CANCELLED. */
  readonly errorCode: number
}

export interface StreamsLayer {
  onStreamData(data: QuicStreamData): void
  onStreamGap(gap: QuicStreamGap): void
  onStreamReset(reset: QuicStreamReset): void
  /** The connection is over, or the capture is. */
  end(at: Micros, how: "fin" | "reset" | "timeout" | "evicted" | "open"): void
  readonly held?: number
}

/** RFC 9000 section 2.1: the two low bits of a stream id say who opened it (0: the client) and whether both sides may send. */
export function isBidirectional(streamId: number): boolean {
  return streamId % 4 < 2
}

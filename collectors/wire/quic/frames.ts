// The frames of a packet (RFC 9000 section 19). Those that carry data or end something are handed on, the others only measured to find the next.
import { Cursor } from "../cursor.ts"
import { readVarint } from "./packet.ts"

export type QuicFrame =
  | { readonly type: "crypto"; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly type: "stream"; readonly id: number; readonly offset: number; readonly bytes: Uint8Array; readonly fin: boolean }
  | { readonly type: "reset"; readonly id: number; readonly errorCode: number; readonly finalSize: number }
  | { readonly type: "connection-id"; readonly id: Uint8Array }
  | { readonly type: "close"; readonly errorCode: number; readonly application: boolean }
  | { readonly type: "handshake-done" }

/** False when the payload ends in something that is no frame; what came before was handed on. `bytes` are borrowed. */
export function readFrames(payload: Uint8Array, emit: (frame: QuicFrame) => void): boolean {
  const cursor = new Cursor(payload)
  while (cursor.remaining > 0) {
    const type = readVarint(cursor)
    if (type === PADDING || type === PING) continue
    if (!readFrame(type, cursor, emit) || !cursor.ok) return false
  }
  return cursor.ok
}

function readFrame(type: number, cursor: Cursor, emit: (frame: QuicFrame) => void): boolean {
  if (type >= 0x08 && type <= 0x0f) return readStream(type, cursor, emit)
  switch (type) {
    case 0x02:
    case 0x03:
      return skipAck(cursor, type === 0x03)
    case 0x04: {
      const [id, errorCode, finalSize] = [readVarint(cursor), readVarint(cursor), readVarint(cursor)]
      if (cursor.ok) emit({ type: "reset", id, errorCode, finalSize })
      return true
    }
    case 0x06: {
      const offset = readVarint(cursor)
      const bytes = cursor.take(readVarint(cursor))
      if (cursor.ok) emit({ type: "crypto", offset, bytes })
      return true
    }
    case 0x07:
      cursor.skip(readVarint(cursor))
      return true
    case 0x18: {
      skipVarints(cursor, 2)
      const id = cursor.take(cursor.u8())
      cursor.skip(16)
      if (cursor.ok) emit({ type: "connection-id", id })
      return true
    }
    case 0x1a:
    case 0x1b:
      cursor.skip(8)
      return true
    case 0x1c:
    case 0x1d:
      return readClose(type === 0x1d, cursor, emit)
    case 0x1e:
      emit({ type: "handshake-done" })
      return true
    case 0x30:
      cursor.skip(cursor.remaining)
      return true
    case 0x31:
      cursor.skip(readVarint(cursor))
      return true
    default:
      return skipVarints(cursor, VARINT_FRAMES.get(type))
  }
}

function readStream(type: number, cursor: Cursor, emit: (frame: QuicFrame) => void): boolean {
  const id = readVarint(cursor)
  const offset = (type & 4) === 0 ? 0 : readVarint(cursor)
  const bytes = cursor.take((type & 2) === 0 ? cursor.remaining : readVarint(cursor))
  if (cursor.ok) emit({ type: "stream", id, offset, bytes, fin: (type & 1) !== 0 })
  return true
}

function readClose(application: boolean, cursor: Cursor, emit: (frame: QuicFrame) => void): boolean {
  const errorCode = readVarint(cursor)
  if (!application) readVarint(cursor)
  cursor.skip(readVarint(cursor))
  if (cursor.ok) emit({ type: "close", errorCode, application })
  return true
}

function skipAck(cursor: Cursor, counts: boolean): boolean {
  skipVarints(cursor, 2)
  const ranges = readVarint(cursor)
  // Each range takes two bytes or more, so a lying count runs out of packet.
  if (ranges * 2 > cursor.remaining) return false
  skipVarints(cursor, 1 + ranges * 2)
  if (counts) skipVarints(cursor, 3)
  return true
}

function skipVarints(cursor: Cursor, count: number | undefined): boolean {
  if (count === undefined) return false
  for (let at = 0; at < count && cursor.ok; at++) readVarint(cursor)
  return true
}

const PADDING = 0
const PING = 1
// STOP_SENDING, MAX_DATA, MAX_STREAM_DATA, MAX_STREAMS, DATA_BLOCKED, STREAM_DATA_BLOCKED, STREAMS_BLOCKED, RETIRE_CONNECTION_ID; and ACK_FREQUENCY, IMMEDIATE_ACK.
const VARINT_FRAMES = new Map([
  [0x05, 2],
  [0x10, 1],
  [0x11, 2],
  [0x12, 1],
  [0x13, 1],
  [0x14, 1],
  [0x15, 2],
  [0x16, 1],
  [0x17, 1],
  [0x19, 1],
  [0xaf, 4],
  [0x1f, 0],
])

// Handshake messages out of the fragments that records carry: one message may span records, one record may hold many (RFC 8446 section 5.1).
//   Handshake = msg_type(1) length(3) body[length]
// After a loss the start of the next message is not known: what was begun is dropped, and reading goes on at the next record, which in practice
// starts a message more often than not; a message that claims an impossible length is dropped too.
import { GrowingBuffer } from "../bytes.ts"

export interface HandshakeMessage {
  readonly type: number
  /** Without the four bytes of header; borrowed. */
  readonly body: Uint8Array
  /** With the header; borrowed. */
  readonly whole: Uint8Array
}

export class HandshakeMessages {
  #pending: GrowingBuffer | undefined

  get held(): number {
    return this.#pending?.length ?? 0
  }
  /** What has come of a message that is not complete: after a loss its beginning may still tell something. */
  get unfinished(): Uint8Array {
    return this.#pending?.view() ?? EMPTY
  }

  push(fragment: Uint8Array, emit: (message: HandshakeMessage) => void): void {
    let bytes = fragment
    if (this.#pending !== undefined) {
      this.#pending.append(fragment)
      // Before all has come nothing is copied or read again: one-byte records must not cost more than their bytes.
      if (this.#pending.length < totalOf(this.#pending.view())) return
      bytes = this.#pending.view()
      this.#pending = undefined
    }
    while (bytes.length >= HEADER) {
      const total = totalOf(bytes)
      if (total > MAX_MESSAGE) return
      if (bytes.length < total) break
      const whole = bytes.subarray(0, total)
      bytes = bytes.subarray(total)
      emit({ type: whole[0] ?? 0, body: whole.subarray(HEADER), whole })
    }
    if (bytes.length > 0) this.#pending = new GrowingBuffer(bytes)
  }

  reset(): void {
    this.#pending = undefined
  }
}

/** Of the message at the start, header included. */
function totalOf(bytes: Uint8Array): number {
  return bytes.length < HEADER ? HEADER : HEADER + (((bytes[1] ?? 0) << 16) | ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0))
}

export const HANDSHAKE = {
  helloRequest: 0,
  clientHello: 1,
  serverHello: 2,
  newSessionTicket: 4,
  endOfEarlyData: 5,
  encryptedExtensions: 8,
  certificate: 11,
  serverKeyExchange: 12,
  clientKeyExchange: 16,
  finished: 20,
  keyUpdate: 24,
  compressedCertificate: 25,
} as const

const HEADER = 4
const EMPTY = new Uint8Array(0)
// Certificate chains stay under 64 KB, post-quantum ones too; OpenSSL refuses more than 100 KB.
const MAX_MESSAGE = 131_072

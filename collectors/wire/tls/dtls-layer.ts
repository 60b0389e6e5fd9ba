// DTLS over the datagrams of a flow: recognised, its hello read, its records counted, not decrypted.
//   DTLSPlaintext = type(1) version(2) epoch(2) sequence(6) length(2) fragment[length]                                  RFC 6347 section 4.1
//   Handshake     = msg_type(1) length(3) message_seq(2) fragment_offset(3) fragment_length(3) body[fragment_length]    RFC 6347 section 4.2.2

import { Cursor } from "../cursor.ts"
import type { DatagramContext, DatagramEvent, DatagramLayer } from "../datagram.ts"
import type { EndEvent, Micros, Side } from "../stream.ts"
import { parseClientHello } from "./client-hello.ts"
import { Handshake } from "./handshake.ts"
import { HANDSHAKE } from "./handshake-messages.ts"
import { ShapeRecorder } from "./shape-recorder.ts"
import { tlsFact } from "./tls-fact.ts"

export class DtlsLayer implements DatagramLayer {
  readonly #context: DatagramContext
  readonly #handshake: Handshake
  readonly #shape = new ShapeRecorder()
  #startedAt: Micros | undefined
  #missed = 0
  #told = false

  constructor(context: DatagramContext) {
    this.#context = context
    this.#handshake = new Handshake(context.keys)
  }

  handle(event: DatagramEvent | EndEvent): void {
    this.#startedAt ??= event.at
    if (event.type === "end") {
      this.#tell()
      return
    }
    const cursor = new Cursor(event.bytes)
    while (cursor.remaining >= RECORD_HEADER) {
      const type = cursor.u8()
      const major = cursor.u16() >> 8
      const epoch = cursor.u16()
      cursor.skip(6)
      const fragment = cursor.take(cursor.u16())
      if (!cursor.ok || (major !== 0xfe && major !== 1)) return
      if (type === 23) {
        this.#missed++
        this.#shape.note(event.side, fragment.length, event.at)
      } else if (type === 22 && epoch === 0) this.#onFragment(event.side, fragment)
    }
  }

  /** Only whole messages: hellos fit one datagram, and what does not is not needed. */
  #onFragment(side: Side, fragment: Uint8Array): void {
    const cursor = new Cursor(fragment)
    const type = cursor.u8()
    const length = cursor.u24()
    cursor.skip(2)
    const offset = cursor.u24()
    const body = cursor.take(cursor.u24())
    if (!cursor.ok || offset !== 0 || body.length !== length) return
    const hello = type === HANDSHAKE.clientHello && side === "client" ? parseClientHello(body, { dtls: true }) : undefined
    if (hello !== undefined) this.#handshake.setHello(hello)
    else if (type === HANDSHAKE.serverHello || type === HANDSHAKE.certificate)
      this.#handshake.onMessage(side, { type, body, whole: fragment })
  }

  #tell(): void {
    if (this.#told) return
    this.#told = true
    this.#context.shape?.(this.#shape.shape)
    const decryption = { opened: 0, missed: this.#missed, reason: "dtls" }
    this.#context.emit(tlsFact(this.#handshake, this.#startedAt ?? 0, { letter: "d", decryption }))
  }
}

/** A handshake record of a known version; application data alone looks too much like chance. */
export function recogniseDtls(bytes: Uint8Array): boolean {
  const [type, major, minor, epochHigh, epochLow] = bytes
  // 1.0 is what OpenSSL sent before DTLS had its RFC; some VPNs still do.
  const version = (major === 0xfe && (minor === 0xff || minor === 0xfd || minor === 0xfc)) || (major === 1 && minor === 0)
  const length = ((bytes[11] ?? 0) << 8) | (bytes[12] ?? 0)
  return (
    type === 22 &&
    version &&
    epochHigh === 0 &&
    (epochLow ?? 2) < 2 &&
    bytes.length >= RECORD_HEADER + 12 &&
    RECORD_HEADER + length <= bytes.length
  )
}

const RECORD_HEADER = 13

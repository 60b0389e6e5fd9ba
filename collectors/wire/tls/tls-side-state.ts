// One side of a TLS connection: its record boundaries, its handshake messages, how its records are protected, and what was read and missed.
import type { Side } from "../stream.ts"
import type { AeadOpener } from "./aead-opener.ts"
import { MAX_FAST } from "./gcm.ts"
import type { Handshake } from "./handshake.ts"
import { HandshakeMessages } from "./handshake-messages.ts"
import { HEADER, RecordReader, type RecordSink } from "./record-reader.ts"
import type { Tls12Side } from "./tls12-side.ts"
import { Tls13Side } from "./tls13-side.ts"

export class TlsSide {
  readonly name: Side
  readonly reader: RecordReader
  readonly messages = new HandshakeMessages()
  /** Application records. */
  opened = 0
  missed = 0
  lostRecords = 0
  /** A ChangeCipherSpec was seen. */
  changedCipher = false
  lostInClear = false
  ended = false
  stopped = false
  refusal: string | undefined
  /** Wire bytes lost since the last record that was read; undefined when their number is not known, 0 when none. */
  lostBytes: number | undefined = 0
  #protection: Tls12Side | Tls13Side | undefined

  constructor(name: Side, sink: RecordSink) {
    this.name = name
    this.reader = new RecordReader(sink)
  }

  get protection(): Tls12Side | Tls13Side | undefined {
    return this.#protection
  }
  get isProtected(): boolean {
    return this.#protection !== undefined
  }
  get held(): number {
    return this.reader.held + this.messages.held
  }
  get inEarlyData(): boolean {
    return this.#protection instanceof Tls13Side && this.#protection.epoch === "early"
  }

  /** False when it cannot be read, and `refusal` says why. */
  protect(handshake: Handshake): boolean {
    return this.#protection !== undefined || this.protectAnew(handshake)
  }
  protectAnew(handshake: Handshake): boolean {
    const made = handshake.protect(this.name)
    if (typeof made === "string") {
      this.refusal = made
      return false
    }
    this.#protection?.wipe()
    this.#protection = made
    this.messages.reset()
    if (this.lostInClear) made.lost(undefined, undefined)
    this.lostInClear = false
    return true
  }

  /** TLS 1.2 after a loss: the ChangeCipherSpec may have been in it. A handshake record that does not start like a message is protected. */
  looksProtected(record: Uint8Array): boolean {
    if (!this.lostInClear || record[0] === CONTENT.changeCipherSpec || record[0] === CONTENT.alert) return false
    const length = ((record[6] ?? 0) << 16) | ((record[7] ?? 0) << 8) | (record[8] ?? 0)
    return !HANDSHAKE_TYPES.has(record[5] ?? -1) || HEADER + 4 + length > record.length + 65_536
  }

  /** May a record of this length be put off, to be opened with many others? */
  bulkable(length: number): boolean {
    return length <= MAX_FAST && length >= MIN_FAST && this.#protection?.bulkOpener?.fast === true
  }
  /** Takes one record as read that was opened in bulk; false when keys or number are not what was assumed any more. */
  accepts(opener: AeadOpener | undefined, seq: number): boolean {
    const now = this.#protection
    if (now === undefined || now.bulkOpener !== opener || now.seq !== seq) return false
    now.advanced(1)
    return true
  }

  lost({ bytes, records }: { readonly bytes: number | undefined; readonly records: 1 | undefined }): void {
    this.#protection?.lost(bytes, records)
    this.lostBytes = bytes === undefined || this.lostBytes === undefined ? undefined : this.lostBytes + bytes
    this.messages.reset()
  }
  /** A record that has no keys, or that a loss made unreadable. */
  passedOver(record: Uint8Array): void {
    if (this.lostBytes !== 0) this.lostBytes = this.lostBytes === undefined ? undefined : this.lostBytes + record.length
  }

  stop(): void {
    this.stopped = true
    this.#protection?.wipe()
    this.#protection = undefined
    this.messages.reset()
  }
}

export const CONTENT = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23, heartbeat: 24 } as const
// A header, eight bytes of explicit nonce (TLS 1.2) and the tag: what is shorter is for the slow way to judge.
const MIN_FAST = HEADER + 8 + 16
const HANDSHAKE_TYPES = new Set([0, 1, 2, 4, 11, 12, 13, 14, 15, 16, 20, 21, 22])

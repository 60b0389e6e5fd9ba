// permessage-deflate (RFC 7692), one side. The sender cuts 00 00 ff ff off each message, and may refer to the last 32 KB of earlier messages.
//
// After a loss the window is unknown. A fresh inflater refuses references to what it has not seen, so whatever it gives is right: a message that needs the lost
// window gives its beginning and an error, and one that does not is read whole. From there on the window is known again.

import { STOPPED } from "../body/decoder.ts"
import { RawInflater } from "../body/inflate.ts"

export class MessageInflater {
  readonly #takeover: boolean
  #inflater: RawInflater | undefined
  #sink: (bytes: Uint8Array) => void = () => undefined
  #input = 0
  #output = 0
  #failed: string | undefined

  constructor(takeover: boolean) {
    this.#takeover = takeover
  }

  /** Native memory of the window. */
  get held(): number {
    return this.#inflater === undefined ? 0 : NATIVE
  }

  start(sink: (bytes: Uint8Array) => void): void {
    this.#sink = sink
    this.#input = 0
    this.#output = 0
    this.#failed = undefined
    if (!this.#takeover || this.#inflater?.ended === true || this.#inflater?.error !== undefined) this.forget()
  }

  write(bytes: Uint8Array): void {
    if (this.#failed !== undefined) return
    this.#input += bytes.length
    this.#inflater ??= new RawInflater("raw", (piece) => this.#take(piece), 0)
    this.#inflater.write(bytes)
    const { error } = this.#inflater
    if (error !== undefined) this.#failed = error === STOPPED ? "decompression-bomb" : "deflate-broken"
  }

  /** Undefined when the message was read whole. */
  finish(): string | undefined {
    this.write(TAIL)
    if (!this.#takeover || this.#failed !== undefined) this.forget()
    return this.#failed
  }

  /** The window is unknown from here on. */
  forget(): void {
    this.#inflater?.close()
    this.#inflater = undefined
  }

  #take(piece: Uint8Array): boolean {
    this.#output += piece.length
    this.#sink(piece)
    return this.#output < FREE_OUTPUT || this.#output < this.#input * MAX_RATIO
  }
}

const TAIL = Uint8Array.of(0, 0, 0xff, 0xff)
// What zlib takes for an inflate stream with a 32 KB window.
const NATIVE = 45_000
// As for bodies (body/collector.ts).
const FREE_OUTPUT = 32 * 1024 * 1024
const MAX_RATIO = 250

// Bytes by offset into bytes in order: CRYPTO and STREAM data of one side. The first copy of a byte counts.
// QUIC sends lost data again in new packets, so a hole is waited for; when too much is held behind it, or its owner says that time is up, it becomes a gap.
import { copyBytes } from "../bytes.ts"

export interface AssemblerSink {
  data(offset: number, bytes: Uint8Array): void
  gap(offset: number, length: number): void
  /** All bytes up to the final size have been told. */
  fin(offset: number): void
}

export class Assembler {
  readonly #sink: AssemblerSink
  readonly #maxHeld: number
  /** Ahead of what was told, by offset, without overlap. */
  #ahead: { readonly offset: number; readonly bytes: Uint8Array }[] = []
  #held = 0
  #next = 0
  #finalSize: number | undefined
  #ended = false

  constructor(sink: AssemblerSink, maxHeld: number) {
    this.#sink = sink
    this.#maxHeld = maxHeld
  }

  get held(): number {
    return this.#held
  }
  get ended(): boolean {
    return this.#ended
  }

  push(offset: number, bytes: Uint8Array, fin: boolean): void {
    if (this.#ended) return
    if (fin) this.#finalSize ??= offset + bytes.length
    if (offset + bytes.length > this.#next) {
      if (offset <= this.#next) this.#tell(bytes.subarray(this.#next - offset))
      else this.#keep(offset, bytes)
      this.#advance()
      while (this.#held > this.#maxHeld || this.#ahead.length > MAX_PIECES) this.skipHole()
    }
    this.#checkEnd()
  }

  /** The hole in front of what is held will not be filled. */
  skipHole(): void {
    const first = this.#ahead[0]
    if (first === undefined) return
    this.#sink.gap(this.#next, first.offset - this.#next)
    this.#next = first.offset
    this.#advance()
    this.#checkEnd()
  }

  /** Nothing comes any more: all holes become gaps. */
  finish(): void {
    while (this.#ahead.length > 0) this.skipHole()
    if (this.#ended || this.#finalSize === undefined || this.#finalSize <= this.#next) return
    this.#sink.gap(this.#next, this.#finalSize - this.#next)
    this.#next = this.#finalSize
    this.#checkEnd()
  }

  #keep(offset: number, bytes: Uint8Array): void {
    let at = this.#ahead.length
    while (at > 0 && (this.#ahead[at - 1]?.offset ?? 0) > offset) at--
    const before = this.#ahead[at - 1]
    const start = before === undefined ? offset : Math.max(offset, before.offset + before.bytes.length)
    const after = this.#ahead[at]
    const end = Math.min(offset + bytes.length, after?.offset ?? Number.POSITIVE_INFINITY)
    if (start < end) {
      this.#ahead.splice(at, 0, { offset: start, bytes: copyBytes(bytes, start - offset, end - offset) })
      this.#held += end - start
    }
    // What reaches beyond the piece that was there already is kept apart.
    if (after !== undefined && offset + bytes.length > after.offset + after.bytes.length) {
      const beyond = after.offset + after.bytes.length
      this.#keep(beyond, bytes.subarray(beyond - offset))
    }
  }

  #advance(): void {
    for (let first = this.#ahead[0]; first !== undefined && first.offset <= this.#next; first = this.#ahead[0]) {
      this.#ahead.shift()
      this.#held -= first.bytes.length
      const known = this.#next - first.offset
      if (known < first.bytes.length) this.#tell(first.bytes.subarray(known))
    }
  }

  #tell(bytes: Uint8Array): void {
    const offset = this.#next
    this.#next += bytes.length
    this.#sink.data(offset, bytes)
  }

  #checkEnd(): void {
    if (this.#ended || this.#finalSize === undefined || this.#next < this.#finalSize) return
    this.#ended = true
    this.#ahead = []
    this.#held = 0
    this.#sink.fin(this.#next)
  }
}

// Single-byte frames in random order would make insertion slow; real streams hold a few dozen pieces.
const MAX_PIECES = 512

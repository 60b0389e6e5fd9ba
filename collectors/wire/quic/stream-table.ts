// The streams of a connection: STREAM frames into ordered bytes of each side, handed to the layer that reads them.
// A hole that stays open for HOLE_PATIENCE of packet time was lost to us, not to the endpoints, who would have repaired it by then.
import type { Micros, Side } from "../stream.ts"
import { Assembler } from "./assembler.ts"
import type { QuicFrame } from "./frames.ts"
import type { StreamsLayer } from "./streams.ts"

export class StreamTable {
  readonly #layer: () => StreamsLayer | undefined
  readonly #open = new Map<string, OneStream>()
  /** Ended ones, so that a late copy does not begin them anew. */
  readonly #ended = new Set<string>()
  #now: Micros = 0
  /** Streams that could not be followed because there were too many at once. */
  refused = 0

  constructor(layer: () => StreamsLayer | undefined) {
    this.#layer = layer
  }

  get held(): number {
    let total = 0
    for (const { assembler } of this.#open.values()) total += assembler.held
    return total
  }

  onStream(side: Side, frame: QuicFrame & { readonly type: "stream" }, at: Micros): void {
    this.#now = at
    const stream = this.#stream(side, frame.id)
    if (stream === undefined) return
    stream.assembler.push(frame.offset, frame.bytes, frame.fin)
    if (stream.assembler.held === 0) stream.holeSince = undefined
    else stream.holeSince ??= at
    if (stream.assembler.ended) this.#end(stream)
  }

  onReset(side: Side, frame: QuicFrame & { readonly type: "reset" }, at: Micros): void {
    const key = keyOf(side, frame.id)
    if (this.#ended.has(key)) return
    const stream = this.#open.get(key)
    this.#now = at
    while (stream !== undefined && stream.assembler.held > 0) stream.assembler.skipHole()
    this.#layer()?.onStreamReset({ streamId: frame.id, side, at, errorCode: frame.errorCode })
    this.#open.delete(key)
    this.#remember(key)
  }

  /** Closes holes that will not be filled. */
  settle(at: Micros): void {
    for (const stream of this.#open.values()) {
      if (stream.holeSince === undefined || at - stream.holeSince < HOLE_PATIENCE) continue
      this.#now = at
      stream.assembler.skipHole()
      stream.holeSince = stream.assembler.held > 0 ? at : undefined
      if (stream.assembler.ended) this.#end(stream)
    }
  }

  finish(at: Micros): void {
    this.#now = at
    for (const stream of this.#open.values()) stream.assembler.finish()
    this.#open.clear()
  }

  #stream(side: Side, id: number): OneStream | undefined {
    const key = keyOf(side, id)
    const known = this.#open.get(key)
    if (known !== undefined || this.#ended.has(key)) return known
    if (this.#open.size >= MAX_STREAMS) {
      this.refused++
      return undefined
    }
    const assembler = new Assembler(
      {
        data: (offset, bytes) => this.#layer()?.onStreamData({ streamId: id, side, at: this.#now, offset, bytes, fin: false }),
        gap: (offset, length) => this.#layer()?.onStreamGap({ streamId: id, side, at: this.#now, offset, length }),
        fin: (offset) => this.#layer()?.onStreamData({ streamId: id, side, at: this.#now, offset, bytes: EMPTY, fin: true }),
      },
      MAX_HELD,
    )
    const made: OneStream = { key, assembler, holeSince: undefined }
    this.#open.set(key, made)
    return made
  }

  #end(stream: OneStream): void {
    this.#open.delete(stream.key)
    this.#remember(stream.key)
  }
  #remember(key: string): void {
    this.#ended.add(key)
    if (this.#ended.size <= MAX_REMEMBERED) return
    for (const oldest of this.#ended) {
      this.#ended.delete(oldest)
      return
    }
  }
}

interface OneStream {
  readonly key: string
  readonly assembler: Assembler
  /** Packet time since which something is held behind a hole. */
  holeSince: Micros | undefined
}

function keyOf(side: Side, id: number): string {
  return `${side}${id}`
}

const EMPTY = new Uint8Array(0)
// Loss recovery takes two round trips at the most; nobody is two seconds away.
const HOLE_PATIENCE: Micros = 2_000_000
// Servers allow 100 requests at once as a rule; each side of a request counts here.
const MAX_STREAMS = 4_096
const MAX_REMEMBERED = 16_384
// Behind one hole; a flow control window of 1 MB and more is common for downloads.
const MAX_HELD = 4_194_304

// Raw deflate and brotli through node:zlib, synchronously and incrementally.
//
// Theory: node:zlib offers synchronous calls only for whole buffers, and streams only asynchronously. Its streams stand on a handle whose
// `writeSync` is what the synchronous calls use themselves; the npm client has relied on the same handle since Node 10. We use it with our own
// bounded output buffer, so that a decompression bomb never allocates and an endless compressed stream is seen as it comes. Handles are reset and
// used again (0.4 µs instead of 10 µs for a new one). Where a later Node has no such handle, WholeInflater decodes at the end (decision 0050).

import { brotliDecompressSync, constants, createBrotliDecompress, createInflateRaw, inflateRawSync } from "node:zlib"
import { copyBytes } from "../bytes.ts"
import { CUT, type Sink, STOPPED } from "./decoder.ts"

export type InflateKind = "raw" | "br"

export class RawInflater {
  readonly #inner: HandleInflater | WholeInflater

  /** `depth` is the position in a stack of codings: each depth has its own output buffer, since a sink may write into the next decoder. */
  constructor(kind: InflateKind, sink: Sink, depth: number) {
    this.#inner = hasHandles ? new HandleInflater(kind, sink, depth) : new WholeInflater(kind, sink)
  }
  get error(): string | undefined {
    return this.#inner.error
  }
  /** The stream's own end was reached; what is written afterwards is not read. */
  get ended(): boolean {
    return this.#inner.ended
  }
  /** Returns how many bytes belong to the stream. */
  write(bytes: Uint8Array): number {
    return this.#inner.write(bytes)
  }
  /** No more input: an unfinished stream sets the error "cut". */
  end(): void {
    this.#inner.end()
  }
  /** Another stream begins. */
  restart(): void {
    this.#inner.restart()
  }
  close(): void {
    this.#inner.close()
  }
}

class HandleInflater {
  error: string | undefined
  ended = false
  readonly #kind: InflateKind
  readonly #sink: Sink
  readonly #output: Buffer
  #handle: PooledHandle | undefined

  constructor(kind: InflateKind, sink: Sink, depth: number) {
    this.#kind = kind
    this.#sink = sink
    this.#output = outputBuffer(depth)
  }

  write(bytes: Uint8Array): number {
    const flush = this.#kind === "br" ? constants.BROTLI_OPERATION_FLUSH : constants.Z_SYNC_FLUSH
    let used = 0
    // When input is damaged, zlib does not say how much came out of the same call: small steps keep that loss small.
    while (used < bytes.length && this.error === undefined && !this.ended)
      used += this.#run(bytes, used, Math.min(STEP, bytes.length - used), flush)
    return used
  }

  end(): void {
    if (this.error !== undefined || this.ended) return
    this.#run(EMPTY, 0, 0, this.#kind === "br" ? constants.BROTLI_OPERATION_FINISH : constants.Z_FINISH)
    this.ended = this.error === undefined
    this.close()
  }

  restart(): void {
    this.#handle?.native.reset()
    this.ended = false
  }

  close(): void {
    if (this.#handle !== undefined) release(this.#kind, this.#handle)
    this.#handle = undefined
  }

  #run(bytes: Uint8Array, start: number, length: number, flush: number): number {
    this.#handle ??= acquire(this.#kind)
    const handle = this.#handle
    const { native, state } = handle
    let left = length
    for (;;) {
      const before = left
      state[0] = this.#output.length
      state[1] = left
      native.writeSync(flush, bytes, start + length - left, left, this.#output, 0, this.#output.length)
      const room = state[0] ?? 0
      left = state[1] ?? 0
      const produced = this.#output.length - room
      if (produced > 0 && handle.failure === undefined && !this.#sink(this.#output.subarray(0, produced))) handle.failure = STOPPED
      if (handle.failure !== undefined) {
        this.#fail(handle.failure)
        return length - left
      }
      if (room > 0 || (produced === 0 && before === left)) break
    }
    // Input left over although there was room: the stream has ended before it.
    if (left > 0) this.ended = true
    return length - left
  }

  #fail(failure: string): void {
    this.error = failure === "unexpected end of file" ? CUT : failure
    this.close()
  }
}

/** Without the handle: holds the encoded body up to a limit and decodes it at the end. */
export class WholeInflater {
  error: string | undefined
  ended = false
  readonly #kind: InflateKind
  readonly #sink: Sink
  #pieces: Uint8Array[] = []
  #held = 0

  constructor(kind: InflateKind, sink: Sink) {
    this.#kind = kind
    this.#sink = sink
  }

  write(bytes: Uint8Array): number {
    if (this.#held + bytes.length > MAX_WHOLE_INPUT) this.error ??= "too long to be decoded at once"
    else {
      this.#held += bytes.length
      this.#pieces.push(copyBytes(bytes))
    }
    return bytes.length
  }

  end(): void {
    const input = Buffer.concat(this.#pieces)
    this.close()
    try {
      this.#sink(decodeWhole(this.#kind, input, false))
      this.ended = true
    } catch (error) {
      this.#salvage(input, error)
    }
  }

  restart(): void {
    this.ended = false
  }

  close(): void {
    this.#pieces = []
    this.#held = 0
  }

  /** Decodes again without asking for the end of the stream, which gives what came before a cut. */
  #salvage(input: Buffer, error: unknown): void {
    this.error = error instanceof Error && error.message === "unexpected end of file" ? CUT : "does not decode"
    try {
      this.#sink(decodeWhole(this.#kind, input, true))
    } catch {
      // Nothing of it decodes: the error says so.
    }
  }
}

function decodeWhole(kind: InflateKind, input: Uint8Array, cut: boolean): Uint8Array {
  const options = { maxOutputLength: MAX_WHOLE_OUTPUT, ...(cut ? { finishFlush: constants.Z_SYNC_FLUSH } : {}) }
  if (kind === "br")
    return brotliDecompressSync(input, {
      maxOutputLength: MAX_WHOLE_OUTPUT,
      ...(cut ? { finishFlush: constants.BROTLI_OPERATION_FLUSH } : {}),
    })
  return inflateRawSync(input, options)
}

/** The part of a zlib stream of node that is not in its types. */
interface NativeHandle {
  writeSync(flush: number, input: Uint8Array, from: number, length: number, output: Uint8Array, at: number, room: number): void
  onerror: (message: string) => void
  reset(): void
  close(): void
}
interface PooledHandle {
  /** Keeps the stream alive: it owns the handle. */
  readonly stream: unknown
  readonly native: NativeHandle
  /** After each write: free room in the output, unread input. */
  readonly state: Uint32Array
  failure: string | undefined
}

function acquire(kind: InflateKind): PooledHandle {
  const pooled = pools[kind].pop()
  if (pooled === undefined) return openHandle(kind)
  pooled.failure = undefined
  pooled.native.reset()
  return pooled
}

function release(kind: InflateKind, handle: PooledHandle): void {
  if (pools[kind].length < MAX_POOLED) pools[kind].push(handle)
  else handle.native.close()
}

function openHandle(kind: InflateKind): PooledHandle {
  const stream = openStream(kind) as unknown as { _handle: NativeHandle; _writeState: Uint32Array }
  const handle: PooledHandle = { stream, native: stream._handle, state: stream._writeState, failure: undefined }
  handle.native.onerror = (message) => {
    handle.failure = message
  }
  return handle
}

function openStream(kind: InflateKind): unknown {
  return kind === "raw" ? createInflateRaw() : createBrotliDecompress()
}

function outputBuffer(depth: number): Buffer {
  const found = outputs[depth] ?? Buffer.allocUnsafeSlow(OUTPUT_LENGTH)
  outputs[depth] = found
  return found
}

const EMPTY = new Uint8Array(0)
const OUTPUT_LENGTH = 65_536
const STEP = 4096
// A handle costs about 45 KB of native memory; a burst of parallel compressed bodies beyond this opens and closes its own.
const MAX_POOLED = 16
// Only without native handles: what zlib's documented calls may be given and may return at once.
const MAX_WHOLE_INPUT = 16 * 1024 * 1024
const MAX_WHOLE_OUTPUT = 64 * 1024 * 1024
const outputs: Buffer[] = []
const pools: Record<InflateKind, PooledHandle[]> = { raw: [], br: [] }
const hasHandles = (() => {
  const probe = createInflateRaw() as unknown as { _handle?: Partial<NativeHandle>; _writeState?: unknown }
  return typeof probe._handle?.writeSync === "function" && probe._writeState instanceof Uint32Array
})()

// Capture files and pipes as batches of packets. Plain files are read synchronously in large pieces (four times quicker than streams and no
// allocation); gzip and pipes come as a stream and are copied into the same slabs. The event loop gets a turn between slabs.
import { closeSync, openSync, readSync, statSync } from "node:fs"
import { Readable } from "node:stream"
import { setImmediate as nextTurn } from "node:timers/promises"
import { createGunzip } from "node:zlib"
import { ConfigError } from "../../services/contracts/errors.ts"
import { emptyBatch, newBatch, type PacketBatch } from "../wire/packet-batch.ts"
import type { CaptureFormat } from "./format.ts"
import { HEAD_LENGTH, isGzip, openFormat } from "./open-format.ts"
import { Slabs } from "./slabs.ts"

export interface CaptureProgress {
  /** Bytes of the file (compressed, if it is) that were read. */
  bytes: number
}

/** Batches are reused: each is valid until the next is asked for. */
export async function* readCaptureFile(path: string, progress: CaptureProgress = { bytes: 0 }): AsyncGenerator<PacketBatch> {
  const descriptor = openCapture(path)
  try {
    const head = new Uint8Array(HEAD_LENGTH)
    const length = readFully(descriptor, head, 0)
    if (isGzip(head)) yield* readCaptureStream(fileStream(descriptor, progress), path)
    else yield* readPlain({ descriptor, path, head: head.subarray(0, length), progress })
  } finally {
    closeSync(descriptor)
  }
}

/** A pipe (`tcpdump -w - | egret …`), or anything else that streams a capture; gzip is recognised. */
export async function* readCaptureStream(source: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<PacketBatch> {
  const peeked = await peek(source)
  const gzip = isGzip(peeked.head)
  const plain = gzip ? await peekUnzipped(peeked.all, path) : peeked
  const { format, skip } = openFormat(plain.head, path)
  const slabs = new Slabs()
  const batch = newBatch()
  let toSkip = skip
  slabs.turn(0)
  try {
    for await (const chunk of plain.all) {
      let rest = chunk.subarray(Math.min(toSkip, chunk.length))
      toSkip -= chunk.length - rest.length
      while (rest.length > 0) {
        if (slabs.room().length === 0) slabs.turn(format.needed)
        const piece = rest.subarray(0, slabs.room().length)
        slabs.room().set(piece)
        slabs.filled(piece.length)
        rest = rest.subarray(piece.length)
        yield* drain(slabs, format, batch)
        if (format.broken) return
      }
    }
  } catch (error) {
    if (!gzip) throw error
    emptyBatch(batch)
    batch.problems.push({ code: "cut-gzip", detail: error instanceof Error ? error.message : "broken gzip", at: lastTime(batch) })
    yield batch
  }
  yield* finish(slabs, batch)
}

interface PlainFile {
  readonly descriptor: number
  readonly path: string
  readonly head: Uint8Array
  readonly progress: CaptureProgress
}

async function* readPlain({ descriptor, path, head, progress }: PlainFile): AsyncGenerator<PacketBatch> {
  const { format, skip } = openFormat(head, path)
  const slabs = new Slabs()
  const batch = newBatch()
  let position = skip
  for (let round = 0; ; round += 1) {
    slabs.turn(format.needed)
    const read = readSync(descriptor, slabs.room(), 0, slabs.room().length, position)
    if (read === 0) break
    position += read
    progress.bytes = position
    slabs.filled(read)
    yield* drain(slabs, format, batch)
    if (format.broken) return
    if (round % SLABS_PER_TURN === 0) await nextTurn()
  }
  yield* finish(slabs, batch)
}

function* drain(slabs: Slabs, format: CaptureFormat, batch: PacketBatch): Generator<PacketBatch> {
  for (;;) {
    emptyBatch(batch)
    batch.bytes = slabs.bytes
    batch.slab = slabs.number
    const before = slabs.start
    const stopped = format.read(before, slabs.end, batch)
    slabs.consumedUpTo(stopped)
    if (batch.count > 0 || batch.secrets.length > 0 || batch.problems.length > 0) yield batch
    if (stopped === before || format.broken || stopped === slabs.end) return
  }
}

function* finish(slabs: Slabs, batch: PacketBatch): Generator<PacketBatch> {
  const rest = slabs.end - slabs.start
  if (rest === 0) return
  const at = lastTime(batch)
  emptyBatch(batch)
  batch.problems.push({ code: "cut-packet", detail: `the capture ends ${rest} bytes into a record`, at })
  yield batch
}

function lastTime(batch: PacketBatch): number {
  return batch.at[Math.max(0, batch.count - 1)] ?? 0
}

function openCapture(path: string): number {
  const want = "a capture file"
  try {
    if (statSync(path).isDirectory()) throw new ConfigError({ path, got: "a directory", want })
    return openSync(path, "r")
  } catch (error) {
    if (error instanceof ConfigError) throw error
    const { code } = error as NodeJS.ErrnoException
    const got = code === "ENOENT" ? "no such file" : code === "EACCES" ? "a file that may not be read" : String(code)
    throw new ConfigError({ path, got, want })
  }
}

function readFully(descriptor: number, into: Uint8Array, position: number): number {
  let length = 0
  while (length < into.length) {
    const read = readSync(descriptor, into, length, into.length - length, position + length)
    if (read === 0) break
    length += read
  }
  return length
}

async function* fileStream(descriptor: number, progress: CaptureProgress): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    const chunk = new Uint8Array(STREAM_CHUNK)
    const read = readSync(descriptor, chunk, 0, chunk.length, position)
    if (read === 0) return
    position += read
    progress.bytes = position
    yield chunk.subarray(0, read)
  }
}

/** A file that ends before its capture begins holds nothing to go on with. */
async function peekUnzipped(source: AsyncIterable<Uint8Array>, path: string): Promise<Awaited<ReturnType<typeof peek>>> {
  try {
    return await peek(gunzip(source))
  } catch (error) {
    throw new ConfigError({
      path,
      got: `gzip that is broken at its start (${error instanceof Error ? error.message : "no more data"})`,
      want: "a whole capture file",
      hint: "copy it again",
    })
  }
}

function gunzip(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const input = Readable.from(source, { objectMode: false, highWaterMark: STREAM_CHUNK })
  const output = createGunzip({ chunkSize: STREAM_CHUNK })
  input.on("error", (error) => output.destroy(error))
  return input.pipe(output)
}

async function peek(source: AsyncIterable<Uint8Array>): Promise<{ head: Uint8Array; all: AsyncIterable<Uint8Array> }> {
  const iterator = source[Symbol.asyncIterator]()
  const first: Uint8Array[] = []
  let length = 0
  while (length < HEAD_LENGTH) {
    const { value, done } = await iterator.next()
    if (done === true) break
    first.push(value)
    length += value.length
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* first
    for (;;) {
      const { value, done } = await iterator.next()
      if (done === true) return
      yield value
    }
  }
  return { head: Buffer.concat(first).subarray(0, HEAD_LENGTH), all: all() }
}

// Key files are tailed and signals handled between turns: every 8 MB is often enough.
const SLABS_PER_TURN = 16
const STREAM_CHUNK = 256 * 1024

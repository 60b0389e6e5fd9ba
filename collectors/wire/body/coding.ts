// Stacks of content codings: "gzip, br" means that gzip was applied first, so decoding goes from the right.

import { asBuffer } from "../bytes.ts"
import { ChunkedReader } from "./chunked.ts"
import { CUT, type Decoder, type Sink, STOPPED } from "./decoder.ts"
import { GzipDecoder } from "./gzip.ts"
import { type InflateKind, RawInflater } from "./inflate.ts"
import { ZstdDecoder } from "./zstd.ts"

/** Names of the codings to undo, in the order they were applied, "identity" left out. */
export function parseCodings(value: string): string[] {
  if (value === "") return []
  return value
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "" && name !== "identity" && name !== "none")
}

/** One decoder for a stack of codings, or why there is none. */
export function makeDecoder(codings: readonly string[], sink: Sink): Decoder | "coding-unknown" | "coding-depth" {
  if (codings.length > MAX_DEPTH) return "coding-depth"
  if (!codings.every((name) => KNOWN.has(name))) return "coding-unknown"
  return new CodingStack(codings, sink)
}

class CodingStack implements Decoder {
  readonly #stages: Decoder[] = []

  constructor(codings: readonly string[], sink: Sink) {
    let next = sink
    for (const [depth, name] of codings.entries()) {
      const stage = makeStage(name, next, depth)
      this.#stages.unshift(stage)
      next = (bytes) => {
        stage.write(bytes)
        return stage.error === undefined
      }
    }
  }

  get proven(): boolean {
    return this.#stages[0]?.proven ?? false
  }
  get error(): string | undefined {
    return this.#stages.findLast((stage) => stage.error !== undefined)?.error
  }
  write(bytes: Uint8Array): void {
    this.#stages[0]?.write(bytes)
  }
  end(): void {
    for (const stage of this.#stages) stage.end()
  }
  close(): void {
    for (const stage of this.#stages) stage.close()
  }
}

function makeStage(name: string, sink: Sink, depth: number): Decoder {
  switch (name) {
    case "gzip":
    case "x-gzip":
      return new GzipDecoder(sink, depth)
    case "br":
      return new PlainInflater("br", sink, depth)
    case "zstd":
      return new ZstdDecoder(sink)
    case "aws-chunked":
      return new AwsChunkedDecoder(sink)
    default:
      return new DeflateDecoder(sink, depth)
  }
}

/** Brotli and raw deflate have no magic number: plain text may "decode" for a while, so nothing is ever proven. */
class PlainInflater implements Decoder {
  readonly proven = false
  readonly #inflater: RawInflater

  constructor(kind: InflateKind, sink: Sink, depth: number) {
    this.#inflater = new RawInflater(kind, sink, depth)
  }
  get error(): string | undefined {
    return this.#inflater.error
  }
  write(bytes: Uint8Array): void {
    this.#inflater.write(bytes)
  }
  end(): void {
    this.#inflater.end()
  }
  close(): void {
    this.#inflater.close()
  }
}

/** "deflate" is zlib by RFC 9110 §8.4.1.2 and raw deflate by what some servers send: the first two bytes tell. */
class DeflateDecoder implements Decoder {
  proven = false
  readonly #inflater: RawInflater
  #first: number | undefined
  #begun = false

  constructor(sink: Sink, depth: number) {
    this.#inflater = new RawInflater("raw", sink, depth)
  }
  get error(): string | undefined {
    return this.#inflater.error
  }
  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    if (this.#begun) this.#inflater.write(bytes)
    else if (this.#first !== undefined) this.#begin(this.#first, bytes[0] ?? 0, bytes)
    else if (bytes.length === 1) this.#first = bytes[0]
    else this.#begin(bytes[0] ?? 0, bytes[1] ?? 0, bytes.subarray(1))
  }
  /** CMF: method 8; CMF and FLG together are a multiple of 31 (RFC 1950 §2.2). The Adler checksum behind the stream is not read. */
  #begin(first: number, second: number, rest: Uint8Array): void {
    this.#begun = true
    this.proven = (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0
    if (!this.proven) this.#inflater.write(Uint8Array.of(first))
    this.#inflater.write(this.proven ? rest.subarray(1) : rest)
  }
  end(): void {
    this.#inflater.end()
  }
  close(): void {
    this.#inflater.close()
  }
}

/** Uploads signed piece by piece: the framing of chunked, with the signature as extension and checksums as trailers. */
class AwsChunkedDecoder implements Decoder {
  proven = false
  #broken: string | undefined
  readonly #reader: ChunkedReader

  constructor(sink: Sink) {
    this.#reader = new ChunkedReader({
      data: (bytes) => {
        this.proven = true
        if (!sink(bytes)) this.#broken ??= STOPPED
      },
      trailer: () => undefined,
      anomaly: () => undefined,
    })
  }
  get error(): string | undefined {
    return this.#reader.broken ? "does not decode" : this.#broken
  }
  write(bytes: Uint8Array): void {
    if (this.#broken === undefined) this.#reader.read(asBuffer(bytes), 0)
  }
  end(): void {
    if (!this.#reader.done) this.#broken ??= CUT
  }
  close(): void {}
}

const KNOWN = new Set(["gzip", "x-gzip", "deflate", "br", "zstd", "aws-chunked"])
// Servers stack at most two (a pre-compressed file behind a compressing proxy); each stage multiplies what a bomb may reach.
const MAX_DEPTH = 4

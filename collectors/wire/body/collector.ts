// Gathers one message body: decodes its content codings, keeps the first part up to a limit, counts and hashes all of it, and notes when bytes came.
//
// Laws: memory is bounded by the limit plus a small head; output by a ratio to the input; a coding that lies (claims gzip, is plain) gives the bytes as
// they are; a coding that breaks gives what decoded before. After a gap an uncoded body goes on (the missing bytes count in its length, `bytes`
// joins what was seen), a coded one ends, since no decoder survives a hole.

import { createHash, type Hash, hash } from "node:crypto"
import { copyBytes } from "../bytes.ts"
import type { BodyGap, BodyMark, Completeness, HttpBody } from "../facts.ts"
import type { Micros } from "../stream.ts"
import { makeDecoder } from "./coding.ts"
import { CUT, type Decoder } from "./decoder.ts"
import { borrow, giveBack } from "./work-memory.ts"

export interface CollectorOptions {
  readonly codings: readonly string[]
  /** Bytes to keep. */
  readonly limit: number
  /** Length the head promises, when it does. */
  readonly expected?: number | undefined
  anomaly(code: BodyAnomaly, at: Micros, detail?: string): void
  /** Decoded bytes as they come; valid during the call. */
  decoded?: ((bytes: Uint8Array, at: Micros) => void) | undefined
}
export type BodyAnomaly =
  | "coding-unknown"
  | "coding-depth"
  | "coding-lie"
  | "coding-broken"
  | "coding-cut"
  | "decompression-bomb"
  | "gap-in-coded-body"

export class BodyCollector {
  readonly #options: CollectorOptions
  #decoder: Decoder | undefined
  /** Encoded bytes from the start, while it is open whether the coding is a lie. */
  #head: Uint8Array[] | undefined
  #bytes: Buffer = NOTHING
  /** `#bytes` is lent by work-memory.ts. */
  #lent = false
  #kept = 0
  #length = 0
  #encoded = 0
  #hash: Hash | undefined
  #at: Micros = 0
  #broken = false
  #gapped = false
  #marks: BodyMark[] = []
  #gaps: BodyGap[] | undefined

  constructor(options: CollectorOptions) {
    this.#options = options
  }

  /** Bytes of memory kept back. */
  get held(): number {
    return this.#bytes.length
  }
  get encodedLength(): number {
    return this.#encoded
  }

  push(bytes: Uint8Array, at: Micros): void {
    if (bytes.length === 0) return
    if (this.#encoded === 0 && this.#options.codings.length > 0) this.#open(at)
    this.#encoded += bytes.length
    this.#at = at
    if (this.#decoder !== undefined) this.#decode(this.#decoder, bytes)
    else if (!this.#broken) this.#take(bytes)
  }

  /** `length` encoded bytes are missing here; 0 when nobody knows how many. */
  gap(length: number, at: Micros): void {
    this.#gapped = true
    const coded = this.#options.codings.length > 0 && (this.#decoder !== undefined || this.#encoded === 0)
    this.#encoded += length
    if (coded) {
      if (!this.#broken) this.#options.anomaly("gap-in-coded-body", at)
      this.#stopDecoding()
      return
    }
    if (this.#broken) return
    this.#gaps ??= []
    if (this.#gaps.length < MAX_GAPS) this.#gaps.push({ offset: this.#kept, length })
    this.#length += length
  }

  finish(how: Completeness, at: Micros): HttpBody {
    this.#at = at
    this.#endDecoding(how)
    const bytes = this.#trimmed()
    const completeness = this.#completeness(how)
    const sha256 = this.#hash?.digest("hex") ?? (this.#kept === 0 ? EMPTY_SHA256 : hash("sha256", bytes, "hex"))
    const base = { bytes, length: this.#length, sha256, completeness, encodedLength: this.#encoded, marks: this.#marks }
    return this.#gaps === undefined ? base : { ...base, gaps: this.#gaps }
  }

  /** Memory of its own, of the right length. */
  #trimmed(): Buffer {
    const bytes = this.#bytes
    if (this.#kept === bytes.length && !this.#lent) return bytes
    const own = memoryFor(this.#kept)
    own.set(bytes.subarray(0, this.#kept))
    this.#release()
    return own
  }

  #release(): void {
    if (this.#lent) giveBack(this.#bytes)
    this.#lent = false
    this.#bytes = NOTHING
  }

  #completeness(how: Completeness): Completeness {
    if (this.#gapped || how === "gapped") return "gapped"
    if (how !== "full") return how
    return this.#broken || this.#length > this.#kept ? "truncated" : "full"
  }

  #open(at: Micros): void {
    const made = makeDecoder(this.#options.codings, (bytes) => this.#take(bytes))
    if (typeof made === "string") this.#options.anomaly(made, at, this.#options.codings.slice(0, 8).join(",").slice(0, 64))
    else {
      this.#decoder = made
      this.#head = []
    }
  }

  #decode(decoder: Decoder, bytes: Uint8Array): void {
    if (this.#head !== undefined) {
      if (decoder.proven || this.#encoded > MAX_DOUBT) this.#head = undefined
      else this.#head.push(copyBytes(bytes))
    }
    decoder.write(bytes)
    if (this.#isBomb()) this.#bomb()
    else if (decoder.error !== undefined) this.#fail(decoder)
  }

  #endDecoding(how: Completeness): void {
    const decoder = this.#decoder
    if (decoder === undefined) return
    if (how === "full") {
      decoder.end()
      if (decoder.error !== undefined) this.#fail(decoder)
    }
    this.#stopDecoding(false)
  }

  #fail(decoder: Decoder): void {
    const head = this.#head
    const lie = head !== undefined && (this.#length === 0 || !decoder.proven) && decoder.error !== CUT
    this.#options.anomaly(lie ? "coding-lie" : decoder.error === CUT ? "coding-cut" : "coding-broken", this.#at, decoder.error)
    this.#stopDecoding()
    if (!lie) return
    this.#broken = false
    this.#restart()
    for (const bytes of head) this.#take(bytes)
  }

  #bomb(): void {
    this.#options.anomaly("decompression-bomb", this.#at, `${this.#encoded} bytes became ${this.#length}`)
    this.#stopDecoding()
  }

  #stopDecoding(broken = true): void {
    this.#decoder?.close()
    this.#decoder = undefined
    this.#head = undefined
    if (broken) this.#broken = true
  }

  #restart(): void {
    this.#kept = 0
    this.#length = 0
    this.#hash = undefined
    this.#marks = []
  }

  #take(bytes: Uint8Array): boolean {
    this.#mark()
    this.#keep(bytes)
    this.#length += bytes.length
    this.#options.decoded?.(bytes, this.#at)
    return !this.#isBomb()
  }

  #isBomb(): boolean {
    return this.#decoder !== undefined && this.#length > FREE_OUTPUT && this.#length > this.#encoded * MAX_RATIO
  }

  #keep(bytes: Uint8Array): void {
    const room = Math.min(bytes.length, this.#options.limit - this.#kept)
    if (this.#hash === undefined && room < bytes.length) this.#hash = createHash("sha256").update(this.#bytes.subarray(0, this.#kept))
    this.#hash?.update(bytes)
    if (room <= 0) return
    if (this.#kept + room > this.#bytes.length) this.#grow(this.#kept + room)
    this.#bytes.set(room === bytes.length ? bytes : bytes.subarray(0, room), this.#kept)
    this.#kept += room
  }

  /** The promised length is believed only up to FIRST_ROOM, so that a head alone cannot reserve memory. */
  #grow(needed: number): void {
    const promised = this.#options.codings.length === 0 ? this.#options.expected : undefined
    const believed = promised !== undefined && needed <= promised && promised <= this.#options.limit
    const first = this.#bytes.length === 0
    const size = believed ? Math.max(needed, Math.min(promised, first ? FIRST_ROOM : this.#bytes.length * 2)) : needed
    const grown = believed ? memoryFor(size) : borrow(size)
    grown.set(this.#bytes.subarray(0, this.#kept))
    this.#release()
    this.#lent = !believed
    this.#bytes = grown
  }

  #mark(): void {
    const last = this.#marks[this.#marks.length - 1]
    if (last !== undefined && last.at === this.#at) return
    if (this.#marks.length >= MAX_MARKS) this.#marks = this.#marks.filter((_, index) => index % 2 === 0)
    this.#marks.push({ offset: this.#length, at: this.#at })
  }
}

/** Small bodies share slabs of 8 KB: memory of its own costs more than all the rest of a small message. */
function memoryFor(length: number): Buffer {
  return length <= MAX_SHARED ? Buffer.allocUnsafe(length) : Buffer.allocUnsafeSlow(length)
}

const EMPTY = new Uint8Array(0)
const NOTHING = Buffer.alloc(0)
export const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
/** A body that has no bytes. */
export const emptyBody = (completeness: Completeness = "full"): HttpBody => ({
  bytes: EMPTY,
  length: 0,
  sha256: EMPTY_SHA256,
  completeness,
  encodedLength: 0,
  marks: [],
})
/** Bytes of one decoded body that are kept. Prompts with images and skill archives reach several megabytes; larger files are hashed and counted. */
export const DEFAULT_BODY_LIMIT = 16 * 1024 * 1024
const FIRST_ROOM = 64 * 1024
const MAX_SHARED = 2048
// Text of a model may compress 20 : 1, logs 100 : 1, deflate at most 1,032 : 1. Below FREE_OUTPUT nobody is hurt.
const MAX_RATIO = 250
const FREE_OUTPUT = 32 * 1024 * 1024
// Encoded bytes after which a coding without magic number (br, raw deflate) is believed.
const MAX_DOUBT = 64 * 1024
// One mark per packet of a stream of tokens; then every second is dropped, so that first and spread stay.
const MAX_MARKS = 2048
const MAX_GAPS = 64

// The fast path for small AES-GCM records. createDecipheriv costs some 6 microseconds a record, nine tenths of it objects and crossings. Here one
// long-lived ECB cipher makes the key stream of many records in one call (AES stays in OpenSSL), and GHASH with the XOR is done in WebAssembly
// (scripts/gcm-wasm.mjs). Every tag is verified. Above MAX_FAST bytes createDecipheriv wins, because OpenSSL has carry-less multiplication.
//
// The module compares itself with node:crypto before its first use and is left out when WebAssembly with SIMD is missing or disagrees: then nothing
// opens here, and whoever asks goes through createDecipheriv.
import { createCipheriv } from "node:crypto"
import { type Gcm, instantiateGcm, MAX_BLOCKS, STREAM, TEXT } from "./gcm-module.ts"

/** Records up to this many bytes are faster here; measured, see docs/performance.md. */
export const MAX_FAST = 2_304
/** Bytes of a batch: as many blocks as there is key stream for. */
export const BATCH_BYTES = MAX_BLOCKS * 16
/** What was opened is written this many bytes before where it lay: so nothing that is still to be read is overwritten. */
export const AHEAD = 16
/** 16 bytes for the tag, and the last block is written whole. */
export const ITEM_ROOM = 48

/** Sealed texts in one buffer, of several keys. Each has at least 16 bytes before its text: what is opened is written there, 16 bytes ahead. */
export interface GcmBatch {
  /** No more than BATCH_BYTES. */
  readonly bytes: Uint8Array
  readonly used: number
  readonly count: number
  /** Whose key opens it. */
  readonly owner: Uint8Array
  /** Where text and additional data start in `bytes`. The latter is padded with zeros to whole blocks. */
  readonly text: Int32Array
  /** Without the tag. */
  readonly textLength: Int32Array
  readonly aad: Int32Array
  readonly aadLength: Int32Array
  /** Three words an item, little-endian. */
  readonly nonce: Int32Array
  /** Made 1 where the tag fits. */
  readonly good: Uint8Array
}

export interface GcmInput {
  readonly record: Uint8Array
  /** Where the ciphertext starts in the record; the tag is its last 16 bytes. */
  readonly start: number
  /** 12 bytes. */
  readonly nonce: Uint8Array
  readonly aad: Uint8Array
}

export class GcmKey {
  readonly #ecb: ReturnType<typeof createCipheriv>
  #table = -1
  #wiped = false

  constructor(key: Uint8Array, cipher: "aes" | "camellia") {
    this.#ecb = createCipheriv(`${cipher}-${key.length * 8}-ecb`, key, null).setAutoPadding(false)
  }

  /** Opens those texts of a loaded batch that `owner` sealed. */
  openLoaded(batch: GcmBatch, owner: number): void {
    const loaded = loadGcm()
    if (loaded === undefined || this.#wiped) return
    const { memory, open } = loaded
    const { count, text, textLength, aad, aadLength, nonce, good } = batch
    let blocks = 0
    for (let item = 0; item < count; item++) {
      if (batch.owner[item] !== owner) continue
      const needed = blocksOf(textLength[item] ?? 0)
      writeCounters(blocks, needed, nonce, item * 3)
      blocks += needed
    }
    this.#table = loaded.tables.use(this, this.#table, () => this.#ecb.update(ZERO_BLOCK))
    memory.set(this.#ecb.update(counters.subarray(0, blocks * 16)), STREAM)
    let stream = STREAM
    for (let item = 0; item < count; item++) {
      if (batch.owner[item] !== owner) continue
      const at = TEXT + (text[item] ?? 0)
      const length = textLength[item] ?? 0
      good[item] = open(this.#table, TEXT + (aad[item] ?? 0), aadLength[item] ?? 0, at, length, stream, at - AHEAD)
      stream += blocksOf(length) * 16
    }
  }

  openOne({ record, start, nonce, aad }: GcmInput): Uint8Array | undefined {
    const length = record.length - start - TAG
    // Loaded before anything is written: its own test comes this way too.
    if (loadGcm() === undefined || length < 0 || length > MAX_FAST || aad.length > MAX_AAD) return undefined
    ONE.bytes.fill(0, 0, ONE_TEXT)
    ONE.bytes.set(aad)
    ONE.bytes.set(start === 0 ? record : record.subarray(start), ONE_TEXT)
    ONE.textLength[0] = length
    ONE.aadLength[0] = aad.length
    for (let word = 0; word < 3; word++) ONE.nonce[word] = littleEndian(nonce, word * 4)
    ONE.good[0] = 0
    loadBatch(ONE)
    this.openLoaded(ONE, 0)
    return ONE.good[0] === 1 ? takeOpened(ONE_TEXT - AHEAD, length) : undefined
  }

  /** Forgets the key's tables; the key cannot be used after. */
  wipe(): void {
    this.#wiped = true
    loadGcm()?.tables.release(this, this.#table)
    this.#table = -1
  }
}

/** Copies a batch to where `openLoaded` finds it. Nothing may come between this, `openLoaded` for each owner, and `unloadBatch`. */
export function loadBatch({ bytes, used }: GcmBatch): void {
  loadGcm()?.memory.set(used === bytes.length ? bytes : bytes.subarray(0, used), TEXT)
}

/** Copies what was opened to `into`: texts lie 16 bytes ahead of where they were. */
export function unloadBatch({ used }: GcmBatch, into: Uint8Array): void {
  const loaded = loadGcm()
  if (loaded !== undefined) into.set(loaded.memory.subarray(TEXT, TEXT + used))
}

export function littleEndian(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)
}

/** undefined when this machine cannot run it, or runs it wrongly. */
function loadGcm(): Gcm | undefined {
  if (gcm === "untried") {
    gcm = instantiateGcm()
    if (gcm !== undefined && !selfTest()) gcm = undefined
  }
  return gcm
}

/** Compares with node:crypto over the lengths where an error would hide: empty, one block and its neighbours, several blocks. */
function selfTest(): boolean {
  return [16, 32].every((keyLength) => {
    const key = Buffer.alloc(keyLength, 0x5c)
    const fast = new GcmKey(key, "aes")
    const good = [0, 1, 15, 16, 17, 100, 1_000].every((length) => sameAsNode(fast, key, length))
    fast.wipe()
    return good
  })
}

function sameAsNode(fast: GcmKey, key: Buffer, length: number): boolean {
  const text = Buffer.from(Array.from({ length }, (_, at) => (at * 7 + length) & 255))
  const nonce = Buffer.alloc(12, length)
  const aad = Buffer.alloc(13, 3)
  const cipher = createCipheriv(key.length === 16 ? "aes-128-gcm" : "aes-256-gcm", key, nonce)
  cipher.setAAD(aad)
  const sealed = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()])
  const broken = Buffer.from(sealed)
  broken[length] = (broken[length] ?? 0) ^ 1
  const opened = fast.openOne({ record: sealed, start: 0, nonce, aad })
  return opened !== undefined && text.equals(opened) && fast.openOne({ record: broken, start: 0, nonce, aad }) === undefined
}

function takeOpened(at: number, length: number): Uint8Array | undefined {
  return loadGcm()?.memory.slice(TEXT + at, TEXT + at + length)
}

/** The first block of a record's key stream makes its tag. */
function blocksOf(length: number): number {
  return 1 + ((length + 15) >> 4)
}

/** Counter block 1 makes the tag, from 2 on the key stream (NIST SP 800-38D section 7.1 with a 96-bit IV). */
function writeCounters(first: number, count: number, nonce: Int32Array, from: number): void {
  const n0 = nonce[from] ?? 0
  const n1 = nonce[from + 1] ?? 0
  const n2 = nonce[from + 2] ?? 0
  let at = first * 4
  for (let counter = 1; counter <= count; counter++, at += 4) {
    counterWords[at] = n0
    counterWords[at + 1] = n1
    counterWords[at + 2] = n2
    // Big-endian; a record has at most 1,026 blocks, so two bytes do.
    counterWords[at + 3] = ((counter & 0xff) << 24) | ((counter >> 8) << 16)
  }
}

const TAG = 16
// QUIC authenticates its whole header: flags, two connection ids of 20, a token length, lengths and packet number.
const MAX_AAD = 64

const ZERO_BLOCK = Buffer.alloc(16)
// One batch at a time is under way in a thread, so its working memory is shared by all keys.
const counters = Buffer.alloc(BATCH_BYTES)
const counterWords = new Int32Array(counters.buffer, counters.byteOffset, MAX_BLOCKS * 4)
const ONE_TEXT = MAX_AAD + AHEAD
const ONE = {
  bytes: new Uint8Array(ONE_TEXT + MAX_FAST + ITEM_ROOM),
  used: ONE_TEXT + MAX_FAST + ITEM_ROOM,
  count: 1,
  owner: new Uint8Array(1),
  text: new Int32Array([ONE_TEXT]),
  textLength: new Int32Array(1),
  aad: new Int32Array(1),
  aadLength: new Int32Array(1),
  nonce: new Int32Array(3),
  good: new Uint8Array(1),
}
let gcm: Gcm | undefined | "untried" = "untried"

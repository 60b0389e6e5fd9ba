// The fast path for small AES-GCM records. createDecipheriv costs some 6 microseconds a record, nine tenths of it objects and crossings. Here one
// long-lived ECB cipher makes the key stream of many records in one call (AES stays in OpenSSL), and GHASH with the XOR is done in WebAssembly
// (scripts/gcm-wasm.mjs). Every tag is verified. Above MAX_FAST bytes createDecipheriv wins, because OpenSSL has carry-less multiplication.
//
// A batch is begin, add..., run; nothing may come between. The module compares itself with node:crypto before its first use and is left out when
// WebAssembly with SIMD is missing or disagrees.
import { createCipheriv } from "node:crypto"
import { type Gcm, instantiateGcm, MAX_BLOCKS, type OpenRecord, OUT, STREAM, TEXT } from "./gcm-module.ts"

/** Records up to this many bytes are faster here; measured, see docs/performance.md. */
export const MAX_FAST = 2_304

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

  openOne(input: GcmInput): Uint8Array | undefined {
    begin()
    return add(input) ? this.run()[0] : undefined
  }

  /** The plaintexts of what was added since `begin`, undefined where the tag is wrong. They are copies. */
  run(): (Uint8Array | undefined)[] {
    const loaded = loadGcm()
    if (loaded === undefined || this.#wiped) return pending.map(() => undefined)
    this.#table = loaded.tables.use(this, this.#table, () => this.#ecb.update(ZERO_BLOCK))
    const { memory, open } = loaded
    memory.set(this.#ecb.update(counters.subarray(0, blocks * 16)), STREAM)
    const plain = Buffer.allocUnsafe(textBytes)
    const results = pending.map((item) => {
      const good = runOne(open, this.#table, item)
      plain.set(memory.subarray(OUT, OUT + item.length), item.plainAt)
      return good ? plain.subarray(item.plainAt, item.plainAt + item.length) : undefined
    })
    begin()
    return results
  }

  /** Forgets the key's tables; the key cannot be used after. */
  wipe(): void {
    this.#wiped = true
    loadGcm()?.tables.release(this, this.#table)
    this.#table = -1
  }
}

export function begin(): void {
  pending.length = 0
  blocks = 0
  textBytes = 0
  inputEnd = TEXT
}

/** False when the batch is full or the record cannot be one: run the batch first, or take the slow path. */
export function add({ record, start, nonce, aad }: GcmInput): boolean {
  const loaded = loadGcm()
  const length = record.length - start - TAG
  if (loaded === undefined || length < 0 || aad.length > MAX_AAD || pending.length >= MAX_ITEMS) return false
  const needed = 1 + ((length + 15) >> 4)
  const room = MAX_AAD + ((length + TAG + 31) & ~15)
  if (blocks + needed > MAX_BLOCKS || inputEnd + room > STREAM) return false
  const { memory } = loaded
  memory.set(aad, inputEnd)
  memory.fill(0, inputEnd + aad.length, inputEnd + MAX_AAD)
  memory.set(start === 0 ? record : record.subarray(start), inputEnd + MAX_AAD)
  pending.push({
    aadAt: inputEnd,
    aadLength: aad.length,
    textAt: inputEnd + MAX_AAD,
    length,
    streamAt: STREAM + blocks * 16,
    plainAt: textBytes,
  })
  writeCounters(nonce, needed)
  textBytes += length
  inputEnd += room
  return true
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
  begin()
  const added = add({ record: sealed, start: 0, nonce, aad }) && add({ record: broken, start: 0, nonce, aad })
  const [opened, refused] = fast.run()
  return added && opened !== undefined && text.equals(opened) && refused === undefined
}

function runOne(open: OpenRecord, table: number, item: Pending): boolean {
  return open(table, item.aadAt, item.aadLength, item.textAt, item.length, item.streamAt, OUT) === 1
}

/** Counter block 1 makes the tag, from 2 on the key stream (NIST SP 800-38D section 7.1 with a 96-bit IV). */
function writeCounters(nonce: Uint8Array, count: number): void {
  const n0 = littleEndian(nonce, 0)
  const n1 = littleEndian(nonce, 4)
  const n2 = littleEndian(nonce, 8)
  let at = blocks * 4
  for (let counter = 1; counter <= count; counter++, at += 4) {
    counterWords[at] = n0
    counterWords[at + 1] = n1
    counterWords[at + 2] = n2
    // Big-endian; a record has at most 1,026 blocks, so two bytes do.
    counterWords[at + 3] = ((counter & 0xff) << 24) | ((counter >> 8) << 16)
  }
  blocks += count
}

function littleEndian(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)
}

interface Pending {
  readonly aadAt: number
  readonly aadLength: number
  readonly textAt: number
  readonly length: number
  readonly streamAt: number
  readonly plainAt: number
}

const TAG = 16
// QUIC authenticates its whole header: flags, two connection ids of 20, a token length, lengths and packet number.
export const MAX_AAD = 64
const MAX_ITEMS = 64

const ZERO_BLOCK = Buffer.alloc(16)
// One batch at a time is under way in a thread, so its working memory is shared by all keys.
const counters = Buffer.alloc(MAX_BLOCKS * 16)
const counterWords = new Int32Array(counters.buffer, counters.byteOffset, MAX_BLOCKS * 4)
const pending: Pending[] = []
let gcm: Gcm | undefined | "untried" = "untried"
let blocks = 0
let textBytes = 0
let inputEnd = TEXT

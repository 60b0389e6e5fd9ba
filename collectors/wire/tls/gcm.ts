// The fast path for small AES-GCM records. createDecipheriv costs some 6 microseconds a record, nine tenths of it objects and crossings. Here one
// long-lived ECB cipher makes the key stream of many records in one call (AES stays in OpenSSL), and GHASH with the XOR is done in WebAssembly
// (scripts/gcm-wasm.mjs). Every tag is verified. Above MAX_FAST bytes createDecipheriv wins, because OpenSSL has carry-less multiplication.
//
// A batch is begin, add..., run; nothing may come between. The module compares itself with node:crypto before its first use and is left out when
// WebAssembly with SIMD is missing or disagrees.
import { createCipheriv } from "node:crypto"
import { type Gcm, instantiateGcm, MAX_BLOCKS, OUT, STREAM, TEXT } from "./gcm-module.ts"

/** Records up to this many bytes are faster here; measured, see docs/performance.md. */
export const MAX_FAST = 2_304

export interface GcmInput {
  readonly record: Uint8Array
  /** Where the ciphertext starts in the record; the tag is its last 16 bytes. */
  readonly start: number
  /** 12 bytes. */
  readonly nonce: Uint8Array
  readonly aad: Uint8Array
  /** When the additional data is only the beginning of `aad`: saves making a view. */
  readonly aadLength?: number
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
    if (!add(input)) return undefined
    const { plain, good } = this.run()
    return good[0] === 1 ? plain : undefined
  }

  /** Opens what was added since `begin`. */
  run(): GcmOutput {
    const loaded = loadGcm()
    const count = items
    if (loaded === undefined || this.#wiped) {
      begin()
      return { plain: NOTHING, starts, good: good.fill(0, 0, count), count }
    }
    const { memory, open } = loaded
    this.#table = loaded.tables.use(this, this.#table, () => this.#ecb.update(ZERO_BLOCK))
    memory.set(this.#ecb.update(counters.subarray(0, blocks * 16)), STREAM)
    for (let item = 0; item < count; item++) {
      const text = textAt[item] ?? 0
      const out = starts[item] ?? 0
      // Each writes up to 15 bytes beyond its end, where the next one begins: so in order.
      good[item] = open(
        this.#table,
        text - AAD_ROOM,
        aadLength[item] ?? 0,
        text,
        (starts[item + 1] ?? 0) - out,
        streamAt[item] ?? 0,
        OUT + out,
      )
    }
    const plain = memory.slice(OUT, OUT + (starts[count] ?? 0))
    begin()
    return { plain, starts, good, count }
  }

  /** Forgets the key's tables; the key cannot be used after. */
  wipe(): void {
    this.#wiped = true
    loadGcm()?.tables.release(this, this.#table)
    this.#table = -1
  }
}

/** Texts lie one after the other in `plain`; item i from starts[i] to starts[i + 1]. `starts` and `good` are overwritten by the next batch. */
export interface GcmOutput {
  readonly plain: Uint8Array
  readonly starts: Int32Array
  /** 1 where the tag fits. */
  readonly good: Uint8Array
  readonly count: number
}

export function begin(): void {
  items = 0
  blocks = 0
  inputEnd = TEXT
  starts[0] = 0
}

/** False when the batch is full or the record cannot be one: run the batch first, or take the slow path. */
export function add({ record, start, nonce, aad, aadLength: given = aad.length }: GcmInput): boolean {
  const loaded = loadGcm()
  const length = record.length - start - TAG
  if (loaded === undefined || length < 0 || given > MAX_AAD || start > MAX_AAD || items >= MAX_ITEMS) return false
  const needed = 1 + ((length + 15) >> 4)
  const room = AAD_ROOM + ((length + TAG + 31) & ~15)
  if (blocks + needed > MAX_BLOCKS || inputEnd + room > STREAM) return false
  const { memory } = loaded
  const text = inputEnd + AAD_ROOM
  // The whole record, so that no view has to be made: its header falls into the second half of the room before the text, the additional data into the first.
  memory.set(record, text - start)
  // Padded with zeros to whole blocks. A loop: for a few bytes it is faster than calls of set and fill.
  const end = (given + 15) & ~15
  for (let index = 0; index < end; index++) memory[inputEnd + index] = index < given ? (aad[index] ?? 0) : 0
  textAt[items] = text
  aadLength[items] = given
  streamAt[items] = STREAM + blocks * 16
  starts[items + 1] = (starts[items] ?? 0) + length
  writeCounters(nonce, needed)
  items++
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
  const { plain, good: fits } = fast.run()
  return added && fits[0] === 1 && fits[1] === 0 && text.equals(plain.subarray(0, length))
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

const TAG = 16
// QUIC authenticates its whole header: flags, two connection ids of 20, a token length, lengths and packet number.
const MAX_AAD = 64
const AAD_ROOM = 2 * MAX_AAD
const MAX_ITEMS = 64

const ZERO_BLOCK = Buffer.alloc(16)
// One batch at a time is under way in a thread, so its working memory is shared by all keys.
const counters = Buffer.alloc(MAX_BLOCKS * 16)
const counterWords = new Int32Array(counters.buffer, counters.byteOffset, MAX_BLOCKS * 4)
const textAt = new Int32Array(MAX_ITEMS)
const aadLength = new Int32Array(MAX_ITEMS)
const streamAt = new Int32Array(MAX_ITEMS)
const starts = new Int32Array(MAX_ITEMS + 1)
const good = new Uint8Array(MAX_ITEMS)
const NOTHING = new Uint8Array(0)
let gcm: Gcm | undefined | "untried" = "untried"
let items = 0
let blocks = 0
let inputEnd = TEXT

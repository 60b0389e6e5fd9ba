// Loads the WebAssembly module of scripts/gcm-wasm.mjs and owns the tables in its memory: 8 KB a key, the longest unused is overwritten.
import { GCM_WASM } from "./gcm-wasm.ts"

/** table, additional data, its length, text, its length, key stream, out. 1 when the tag fits. Addresses in the module's memory. */
export type OpenRecord = (
  table: number,
  aad: number,
  aadLength: number,
  text: number,
  length: number,
  stream: number,
  out: number,
) => number

export interface Gcm {
  readonly memory: Uint8Array
  readonly open: OpenRecord
  readonly tables: GcmTables
}

/** undefined when this machine has no WebAssembly with SIMD. */
export function instantiateGcm(): Gcm | undefined {
  if (typeof WebAssembly === "undefined") return undefined
  try {
    const memory = new WebAssembly.Memory({ initial: Math.ceil((TABLES + MAX_TABLES * TABLE_BYTES) / PAGE) })
    const module = new WebAssembly.Module(Buffer.from(GCM_WASM, "base64"))
    const { open } = new WebAssembly.Instance(module, { egret: { memory } }).exports
    const bytes = new Uint8Array(memory.buffer)
    bytes.fill(0xff, 0, 16)
    return { memory: bytes, open, tables: new GcmTables(bytes) }
  } catch {
    return undefined
  }
}

export class GcmTables {
  readonly #memory: Uint8Array
  readonly #owners = new Map<number, object>()
  readonly #free: number[] = []

  constructor(memory: Uint8Array) {
    this.#memory = memory
    for (let slot = 0; slot < MAX_TABLES; slot++) this.#free.push(TABLES + slot * TABLE_BYTES)
  }

  /** The address of the owner's table, which is made when there is none or it was overwritten. `hash`: the encryption of sixteen zero bytes. */
  use(owner: object, address: number, hash: () => Uint8Array): number {
    const slot = this.#owners.get(address) === owner ? address : this.#take()
    if (slot !== address) writeTable(this.#memory, slot, hash())
    // Insertion order is the order of use.
    this.#owners.delete(slot)
    this.#owners.set(slot, owner)
    return slot
  }

  release(owner: object, address: number): void {
    if (this.#owners.get(address) !== owner) return
    this.#owners.delete(address)
    this.#memory.fill(0, address, address + TABLE_BYTES)
    this.#free.push(address)
  }

  #take(): number {
    const free = this.#free.pop()
    if (free !== undefined) return free
    for (const oldest of this.#owners.keys()) {
      this.#owners.delete(oldest)
      return oldest
    }
    return TABLES
  }
}

/** Entry n of table p is the nibble n at place p of a block, times H. A place is reached by shifting H right in GF(2^128), bit 0 leftmost. */
function writeTable(memory: Uint8Array, address: number, hash: Uint8Array): void {
  const view = new DataView(memory.buffer, address, TABLE_BYTES)
  const words = new DataView(hash.buffer, hash.byteOffset, 16)
  let [a, b, c, d] = [words.getUint32(0), words.getUint32(4), words.getUint32(8), words.getUint32(12)]
  for (let place = 0; place < 32; place++) {
    const table = place * 256
    for (let weight = 8; weight >= 1; weight >>= 1) {
      view.setUint32(table + weight * 16, a)
      view.setUint32(table + weight * 16 + 4, b)
      view.setUint32(table + weight * 16 + 8, c)
      view.setUint32(table + weight * 16 + 12, d)
      const carry = d & 1
      d = (d >>> 1) | (c << 31)
      c = (c >>> 1) | (b << 31)
      b = (b >>> 1) | (a << 31)
      a = (a >>> 1) ^ (carry === 0 ? 0 : 0xe1000000)
    }
    writeSums(view, table)
  }
}

/** The entries that are not powers of two are sums of those that are. */
function writeSums(view: DataView, table: number): void {
  for (let word = 0; word < 16; word += 4) view.setUint32(table + word, 0)
  for (const sum of [3, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15]) {
    const low = sum & -sum
    for (let word = 0; word < 16; word += 4) {
      view.setUint32(table + sum * 16 + word, view.getUint32(table + low * 16 + word) ^ view.getUint32(table + (sum - low) * 16 + word))
    }
  }
}

const PAGE = 65_536
const TABLE_BYTES = 8_192
// 2 MB of tables; making one anew costs about as much as opening two records.
const MAX_TABLES = 256

// Memory of the module: the masks, then text with additional data, key stream, tables.
export const MAX_BLOCKS = 4_096
export const TEXT = 64
// As many blocks of text at the most as of key stream; beyond its end 16 bytes are read.
export const STREAM = TEXT + MAX_BLOCKS * 16 + 1_024
const TABLES = STREAM + MAX_BLOCKS * 16

// What is used of it; the types of Node 20 do not declare it and those of browsers declare too much.
declare const WebAssembly: {
  Memory: new (limits: { initial: number }) => { readonly buffer: ArrayBuffer }
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: object) => { readonly exports: { readonly open: OpenRecord } }
}

// Git packs, version 2 and 3 (gitformat-pack). "PACK" version(4) count(4), then objects:
//   type(3 bits) and size(4 bits, then 7 bits a byte) [offset or base id of a delta] zlib(data)
// Objects of a repository arrive over several packs (partial clones, fetches), and thin packs name bases of earlier packs: the store keeps them.
import { createHash } from "node:crypto"
import { inflate } from "../archive/inflate.ts"
import { archiveLimits } from "../archive/limits.ts"

export type GitType = "commit" | "tree" | "blob" | "tag"
export interface GitObject {
  readonly type: GitType
  readonly data: Uint8Array
}

export interface PackResult {
  readonly added: number
  /** Named, each once: "pack-cut", "pack-corrupt", "pack-too-large", "delta-base-missing". */
  readonly problems: readonly string[]
}

/** The objects of one repository that crossed the wire. */
export class GitObjects {
  readonly #objects = new Map<string, GitObject>()
  #bytes = 0

  get(id: string): GitObject | undefined {
    return this.#objects.get(id)
  }
  commits(): [string, GitObject][] {
    return [...this.#objects].filter(([, object]) => object.type === "commit")
  }
  get bytes(): number {
    return this.#bytes
  }

  addPack(pack: Uint8Array): PackResult {
    const problems = new Set<string>()
    const before = this.#objects.size
    const pending = this.#readObjects(pack, problems)
    this.#resolveDeltas(pending, problems)
    return { added: this.#objects.size - before, problems: [...problems] }
  }

  #readObjects(pack: Uint8Array, problems: Set<string>): Delta[] {
    const buffer = Buffer.from(pack.buffer, pack.byteOffset, pack.byteLength)
    const deltas: Delta[] = []
    if (buffer.length < 12) problems.add("pack-cut")
    const count = buffer.length < 12 ? 0 : Math.min(buffer.readUInt32BE(8), MAX_OBJECTS)
    let at = 12
    for (let index = 0; index < count; index++) {
      const head = readHead(buffer, at)
      if (head === undefined) {
        problems.add("pack-cut")
        break
      }
      const allowance = Math.min(archiveLimits.entryBytes, MAX_STORE_BYTES - this.#bytes)
      const content = inflate("zlib", buffer.subarray(head.dataAt), Math.min(allowance, Math.max(head.size, 1)))
      if (content.outcome !== "full" || content.bytes.length !== head.size) {
        problems.add(content.outcome === "cut" ? "pack-cut" : content.outcome === "limit" ? "pack-too-large" : "pack-corrupt")
        break
      }
      if (head.base === undefined) this.#keep(head.type as GitType, content.bytes, at)
      else deltas.push({ at, base: head.base, delta: content.bytes })
      at = head.dataAt + content.consumed
    }
    return deltas
  }

  /** Bases may stand after their deltas: go round until nothing more can be resolved. */
  #resolveDeltas(deltas: Delta[], problems: Set<string>): void {
    let left = deltas
    for (let round = 0; round < MAX_DELTA_CHAIN && left.length > 0; round++) {
      const unresolved: Delta[] = []
      for (const item of left) {
        const baseId = typeof item.base === "number" ? this.#byOffset.get(item.base) : item.base
        const base = baseId === undefined ? undefined : this.#objects.get(baseId)
        if (base === undefined) {
          unresolved.push(item)
          continue
        }
        const data = applyDelta(base.data, item.delta)
        if (data === undefined) problems.add("pack-corrupt")
        else this.#keep(base.type, data, item.at)
      }
      if (unresolved.length === left.length) break
      left = unresolved
    }
    if (left.length > 0) problems.add("delta-base-missing")
    this.#byOffset.clear()
  }

  readonly #byOffset = new Map<number, string>()

  #keep(type: GitType, data: Uint8Array, offset: number): void {
    const id = createHash("sha1").update(`${type} ${data.length}\0`).update(data).digest("hex")
    this.#byOffset.set(offset, id)
    if (this.#objects.has(id) || this.#bytes + data.length > MAX_STORE_BYTES) return
    this.#objects.set(id, { type, data })
    this.#bytes += data.length
  }
}

interface Delta {
  readonly at: number
  /** Offset of the base in this pack, or its object id. */
  readonly base: number | string
  readonly delta: Uint8Array
}

interface Head {
  readonly type: string
  readonly size: number
  readonly base: number | string | undefined
  readonly dataAt: number
}

function readHead(buffer: Buffer, start: number): Head | undefined {
  let at = start
  let byte = buffer[at++] ?? -1
  if (byte < 0) return undefined
  const type = (byte >> 4) & 7
  let size = byte & 15
  let factor = 16
  while (byte & 0x80) {
    byte = buffer[at++] ?? -1
    if (byte < 0 || factor > MAX_SIZE_FACTOR) return undefined
    size += (byte & 0x7f) * factor
    factor *= 128
  }
  if (type === OFS_DELTA) {
    byte = buffer[at++] ?? -1
    let distance = byte & 0x7f
    while (byte & 0x80) {
      byte = buffer[at++] ?? -1
      if (byte < 0 || distance > buffer.length) return undefined
      distance = (distance + 1) * 128 + (byte & 0x7f)
    }
    return byte < 0 ? undefined : { type: "delta", size, base: start - distance, dataAt: at }
  }
  if (type === REF_DELTA) {
    if (at + 20 > buffer.length) return undefined
    return { type: "delta", size, base: buffer.toString("hex", at, at + 20), dataAt: at + 20 }
  }
  const name = TYPES[type]
  return name === undefined ? undefined : { type: name, size, base: undefined, dataAt: at }
}

/** Delta: base size, result size (7 bits a byte), then copy (bit 7 set: offset and size bytes by mask) and insert instructions. */
function applyDelta(base: Uint8Array, delta: Uint8Array): Uint8Array | undefined {
  let at = 0
  const varint = (): number => {
    let value = 0
    let factor = 1
    for (;;) {
      const byte = delta[at++]
      if (byte === undefined) return -1
      value += (byte & 0x7f) * factor
      if ((byte & 0x80) === 0) return value
      factor *= 128
      if (factor > MAX_SIZE_FACTOR) return -1
    }
  }
  const baseSize = varint()
  const size = varint()
  if (baseSize !== base.length || size < 0 || size > archiveLimits.entryBytes) return undefined
  const out = new Uint8Array(size)
  let filled = 0
  while (at < delta.length) {
    const op = delta[at++] ?? 0
    if (op & 0x80) {
      let offset = 0
      let length = 0
      for (let i = 0; i < 4; i++) if (op & (1 << i)) offset += (delta[at++] ?? 0) * 256 ** i
      for (let i = 0; i < 3; i++) if (op & (16 << i)) length += (delta[at++] ?? 0) * 256 ** i
      if (length === 0) length = 0x10000
      if (offset + length > base.length || filled + length > size) return undefined
      out.set(base.subarray(offset, offset + length), filled)
      filled += length
    } else {
      if (op === 0 || at + op > delta.length || filled + op > size) return undefined
      out.set(delta.subarray(at, at + op), filled)
      filled += op
      at += op
    }
  }
  return filled === size ? out : undefined
}

const TYPES: Readonly<Record<number, GitType>> = { 1: "commit", 2: "tree", 3: "blob", 4: "tag" }
const OFS_DELTA = 6
const REF_DELTA = 7
// Git itself stops packing deltas at a depth of 50 by default, 4,095 at most.
const MAX_DELTA_CHAIN = 4_096
const MAX_OBJECTS = 200_000
const MAX_STORE_BYTES = archiveLimits.totalBytes
const MAX_SIZE_FACTOR = 2 ** 42

// The bytes of files that wait for an engine, by content. Names come from hashes only; what lies here is hostile and is never executed, opened or linked.
// Parts arrive in any order and are written as they come; a whole is one whose hash is right.
import { createHash } from "node:crypto"
import { mkdirSync, readdirSync, statSync } from "node:fs"
import { mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { writeFileAtomic } from "../runtime/atomic-file.ts"

export interface FilePart {
  readonly sha256: string
  readonly part: number
  readonly parts: number
  readonly bytes: Uint8Array
}

export class Vault {
  readonly #folder: string
  readonly #maxFile: number
  readonly #keep: number
  /** Oldest first. */
  readonly #sizes = new Map<string, number>()
  /** Parts that came of files that are not whole. */
  readonly #begun = new Map<string, { parts: Set<number>; bytes: number }>()
  #held = 0

  constructor(folder: string, { maxFile, keep }: { maxFile: number; keep: number }) {
    this.#folder = folder
    this.#maxFile = maxFile
    this.#keep = keep
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const found = readdirSync(folder)
      .filter((name) => HASH.test(name))
      .map((name) => ({ name, stats: statSync(join(folder, name)) }))
      .sort((a, b) => a.stats.mtimeMs - b.stats.mtimeMs)
    for (const { name, stats } of found) this.#remember(name, stats.size)
    // Half a file of another life never becomes whole: its parts were acknowledged then, or will all come again.
    for (const name of readdirSync(folder)) if (name.endsWith(PARTS)) void rm(join(folder, name), { recursive: true, force: true })
  }

  has(sha256: string): boolean {
    return this.#sizes.has(sha256)
  }

  get bytes(): number {
    return this.#held
  }

  /** True when this part made the file whole. */
  async add({ sha256, part, parts, bytes }: FilePart): Promise<boolean> {
    if (!HASH.test(sha256) || this.has(sha256)) return false
    if (parts === 1) return this.put(sha256, bytes)
    const begun = this.#begun.get(sha256) ?? { parts: new Set<number>(), bytes: 0 }
    this.#begun.delete(sha256)
    this.#begun.set(sha256, begun)
    if (!begun.parts.has(part)) begun.bytes += bytes.length
    begun.parts.add(part)
    const folder = join(this.#folder, `${sha256}${PARTS}`)
    if (begun.bytes > this.#maxFile) {
      await this.#drop(sha256)
      return false
    }
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(join(folder, String(part)), bytes, { mode: 0o600 })
    for (const [oldest] of this.#begun) {
      if (this.#begun.size <= MAX_BEGUN) break
      await this.#drop(oldest)
    }
    if (begun.parts.size < parts) return false
    const whole = Buffer.concat(await Promise.all(Array.from({ length: parts }, (_, index) => readFile(join(folder, String(index))))))
    await this.#drop(sha256)
    return this.put(sha256, whole)
  }

  /** False when the bytes are not those of the hash, or too many. */
  async put(sha256: string, bytes: Uint8Array): Promise<boolean> {
    if (bytes.length > this.#maxFile || createHash("sha256").update(bytes).digest("hex") !== sha256) return false
    if (this.has(sha256)) return true
    await writeFileAtomic(join(this.#folder, sha256), bytes)
    this.#remember(sha256, bytes.length)
    await this.#evict(sha256)
    return true
  }

  /** Under a name of ours that is no content hash: a skill's texts. */
  async putAs(name: string, bytes: Uint8Array): Promise<void> {
    if (!HASH.test(name)) throw new Error("not a vault name")
    await writeFileAtomic(join(this.#folder, name), bytes)
    this.#remember(name, bytes.length)
    await this.#evict(name)
  }

  async get(sha256: string): Promise<Uint8Array | undefined> {
    if (!this.has(sha256)) return undefined
    try {
      return await readFile(join(this.#folder, sha256))
    } catch {
      this.#forget(sha256)
      return undefined
    }
  }

  async remove(sha256: string): Promise<void> {
    if (!this.has(sha256)) return
    this.#forget(sha256)
    await rm(join(this.#folder, sha256), { force: true })
  }

  #remember(name: string, size: number): void {
    this.#forget(name)
    this.#sizes.set(name, size)
    this.#held += size
  }

  #forget(name: string): void {
    this.#held -= this.#sizes.get(name) ?? 0
    this.#sizes.delete(name)
  }

  async #evict(keep: string): Promise<void> {
    for (const [oldest] of this.#sizes) {
      if (this.#held <= this.#keep) return
      if (oldest !== keep) await this.remove(oldest)
    }
  }

  async #drop(sha256: string): Promise<void> {
    this.#begun.delete(sha256)
    await rm(join(this.#folder, `${sha256}${PARTS}`), { recursive: true, force: true })
  }
}

const HASH = /^[0-9a-f]{64}$/
const PARTS = ".parts"
// Files of which some parts came; a file's parts follow each other, so more means that ends are missing.
const MAX_BEGUN = 64

// Idempotency keys of callers that repeat what they did not hear an answer to. On disk before and after the effect: a repetition after our own crash finds
// an unfinished key, and the effect is looked for before it is made again.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from "node:fs"
import { join } from "node:path"

export type Claim =
  /** First time: do it, then call `finish`. */
  | { readonly state: "new" }
  /** A crash came between: do what is not done yet, then call `finish`. */
  | { readonly state: "unfinished" }
  | { readonly state: "done"; readonly result: unknown }
  /** The same request is being carried out right now. */
  | { readonly state: "running" }
  /** The key was used for another request. */
  | { readonly state: "other" }

interface Entry {
  readonly key: string
  readonly request: string
  readonly result?: unknown
}

export class IdempotencyKeys {
  readonly #path: string
  /** Insertion order is age: the oldest are forgotten first. */
  readonly #entries = new Map<string, Entry>()
  readonly #running = new Set<string>()
  #lines = 0

  constructor(folder: string, name: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.#path = join(folder, `${name}.jsonl`)
    if (!existsSync(this.#path)) return
    for (const line of readFileSync(this.#path, "utf8").split("\n")) {
      const entry = parse(line)
      if (entry !== undefined) this.#keep(entry)
      this.#lines += 1
    }
  }

  /** `request` is a hash of what is asked: the same key with another request is a mistake of the caller. */
  claim(key: string, request: string): Claim {
    const known = this.#entries.get(key)
    if (known !== undefined && known.request !== request) return { state: "other" }
    if (this.#running.has(key)) return { state: "running" }
    if (known !== undefined && "result" in known) return { state: "done", result: known.result }
    this.#running.add(key)
    if (known === undefined) this.#write({ key, request })
    return { state: known === undefined ? "new" : "unfinished" }
  }

  finish(key: string, result: unknown): void {
    const known = this.#entries.get(key)
    this.#running.delete(key)
    if (known !== undefined) this.#write({ ...known, result })
  }

  /** It was not done: the key may be used again. */
  release(key: string): void {
    this.#running.delete(key)
  }

  #keep(entry: Entry): void {
    this.#entries.delete(entry.key)
    this.#entries.set(entry.key, entry)
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= MAX_KEYS) break
      this.#entries.delete(key)
    }
  }

  #write(entry: Entry): void {
    this.#keep(entry)
    if (this.#lines >= MAX_KEYS * 3) {
      const beside = `${this.#path}.part`
      writeFileSync(beside, [...this.#entries.values()].map((kept) => `${JSON.stringify(kept)}\n`).join(""), { mode: 0o600 })
      renameSync(beside, this.#path)
      this.#lines = this.#entries.size
      return
    }
    const file = openSync(this.#path, "a", 0o600)
    try {
      writeSync(file, `${JSON.stringify(entry)}\n`)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    this.#lines += 1
  }
}

/** The last line may be cut by the crash itself. */
function parse(line: string): Entry | undefined {
  try {
    const entry = JSON.parse(line) as Entry
    return typeof entry.key === "string" && typeof entry.request === "string" ? entry : undefined
  } catch {
    return undefined
  }
}

// A SOAR repeats within minutes; ten thousand verdicts are a busy month.
const MAX_KEYS = 10_000

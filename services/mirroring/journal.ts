// What was about to be done, and what was done, one JSON line each, on disk before the call is made. After a crash it tells which ids are ours even
// while the cloud's listings lag behind, and how often a thing was deleted (a cloud answers a used token with the deleted thing).
import { appendFileSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync } from "node:fs"
import { dirname } from "node:path"

export type JournalEntry =
  | { readonly step: "intent"; readonly kind: string; readonly key: string; readonly token: string }
  | { readonly step: "created"; readonly kind: string; readonly key: string; readonly id: string }
  | { readonly step: "deleted"; readonly kind: string; readonly key: string; readonly id: string }

export class Journal {
  readonly #path: string
  readonly #entries: JournalEntry[]

  constructor(path: string) {
    this.#path = path
    this.#entries = existsSync(path) ? readLines(path) : []
  }

  write(entry: JournalEntry): void {
    mkdirSync(dirname(this.#path), { recursive: true })
    const file = openSync(this.#path, "a", 0o600)
    try {
      appendFileSync(file, `${JSON.stringify(entry)}\n`)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    this.#entries.push(entry)
  }

  /** How often the thing of that key was deleted: part of its next client token. */
  generation(kind: string, key: string): number {
    return this.#entries.filter((entry) => entry.step === "deleted" && entry.kind === kind && entry.key === key).length
  }

  /** Made and not deleted, by our own account. */
  living(): { readonly kind: string; readonly key: string; readonly id: string }[] {
    const living = new Map<string, { kind: string; key: string; id: string }>()
    for (const entry of this.#entries) {
      if (entry.step === "created") living.set(entry.id, entry)
      else if (entry.step === "deleted") living.delete(entry.id)
    }
    return [...living.values()]
  }
}

/** The last line may be cut by the crash itself. */
function readLines(path: string): JournalEntry[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as JournalEntry]
      } catch {
        return []
      }
    })
}

// What could not arrive, with the reason: NAME.dead.ndjson beside the queue. An operator who has mended the cause sends it again (`egret soc retry NAME`).
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, readSync, renameSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"
import { appendWhole } from "./append.ts"
import type { SocRecord } from "./record.ts"

export interface DeadLetter {
  /** A line that could not be read is kept as it was. */
  readonly record: SocRecord | string
  readonly reason: string
}

export class DeadLetters {
  readonly #folder: string
  readonly #name: string

  constructor(folder: string, name: string) {
    this.#folder = folder
    this.#name = name
  }

  bury(letters: readonly DeadLetter[]): void {
    if (letters.length === 0) return
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    const path = this.#path()
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) >= MAX_BYTES) renameSync(path, `${path}.1`)
    // Whoever was killed in the middle of a line left it without its end: it must not take ours along.
    const start = endsOpen(path) ? "\n" : ""
    appendWhole(path, start + letters.map((letter) => `${JSON.stringify(letter)}\n`).join(""))
  }

  count(): number {
    return [this.#path(), `${this.#path()}.1`].reduce((count, path) => count + readLetters(path).length, 0)
  }

  /** Lays them where the process that owns the queue finds them. Returns how many. */
  sendAgain(stamp: number): number {
    let count = 0
    for (const path of [`${this.#path()}.1`, this.#path()]) {
      if (!existsSync(path)) continue
      count += readLetters(path).length
      renameSync(path, join(this.#folder, `${this.#name}.again-${stamp}-${path.endsWith(".1") ? 0 : 1}.ndjson`))
    }
    return count
  }

  /** What an operator sends again; `done` when it lies in the queue. */
  takeReturned(): { readonly records: SocRecord[]; done(): void } | undefined {
    if (!existsSync(this.#folder)) return undefined
    const [file] = readdirSync(this.#folder).filter((name) => name.startsWith(`${this.#name}.again-`))
    if (file === undefined) return undefined
    const path = join(this.#folder, file)
    const records = readLetters(path).flatMap(({ record }) => (typeof record === "string" ? [] : [record]))
    return { records, done: () => rmSync(path) }
  }

  #path(): string {
    return join(this.#folder, `${this.#name}.dead.ndjson`)
  }
}

function endsOpen(path: string): boolean {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size === 0) return false
  const file = openSync(path, "r")
  try {
    const last = Buffer.alloc(1)
    readSync(file, last, 0, 1, size - 1)
    return last[0] !== NEWLINE
  } finally {
    closeSync(file)
  }
}

function readLetters(path: string): DeadLetter[] {
  if (!existsSync(path)) return []
  return readFileSync(path, "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as DeadLetter]
      } catch {
        return []
      }
    })
}

const NEWLINE = 0x0a
// Twice that at most: nobody has looked for weeks.
const MAX_BYTES = 64 * 1024 * 1024

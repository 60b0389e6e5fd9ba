// Cases on disk. `open/` is the queue and is read at the start; `closed/` is the cache, one folder for each first byte of the hash, read one by one.
// A case moves from one to the other by a rename, so it is never in neither.
import { mkdirSync, readdirSync, readFileSync } from "node:fs"
import { readdir, readFile, rename, rm } from "node:fs/promises"
import { join } from "node:path"
import { writeFileAtomic } from "../runtime/atomic-file.ts"
import type { Case } from "./case.ts"

export class CaseStore {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(join(folder, "open"), { recursive: true, mode: 0o700 })
    mkdirSync(join(folder, "closed"), { recursive: true, mode: 0o700 })
  }

  /** The queue as the last process left it. A file that is no case (cut by a full disk) is set aside, not lost and not in the way. */
  loadOpen(): { cases: Case[]; broken: string[] } {
    const cases: Case[] = []
    const broken: string[] = []
    for (const name of readdirSync(join(this.#folder, "open"))) {
      if (!name.endsWith(".json")) continue
      const found = parse(readFileSync(join(this.#folder, "open", name), "utf8"))
      if (found === undefined) broken.push(name)
      else cases.push(found)
    }
    return { cases, broken }
  }

  async saveOpen(one: Case): Promise<void> {
    await writeFileAtomic(this.#openPath(one.key), JSON.stringify(one))
  }

  async close(one: Case): Promise<void> {
    await this.saveOpen(one)
    const path = this.#closedPath(one.key)
    mkdirSync(join(path, ".."), { recursive: true, mode: 0o700 })
    await rename(this.#openPath(one.key), path)
  }

  async reopen(key: string): Promise<void> {
    await rename(this.#closedPath(key), this.#openPath(key))
  }

  async loadClosed(key: string): Promise<Case | undefined> {
    return readCase(this.#closedPath(key))
  }

  async saveClosed(one: Case): Promise<void> {
    await writeFileAtomic(this.#closedPath(one.key), JSON.stringify(one))
  }

  /** For the command line, which reads beside a running examiner. */
  async find(key: string): Promise<Case | undefined> {
    return (await readCase(this.#openPath(key))) ?? (await readCase(this.#closedPath(key)))
  }

  async *closed(): AsyncGenerator<Case> {
    for (const shard of await readdir(join(this.#folder, "closed"))) {
      for (const name of await readdir(join(this.#folder, "closed", shard)).catch(() => [])) {
        const found = await readCase(join(this.#folder, "closed", shard, name))
        if (found !== undefined) yield found
      }
    }
  }

  async forget(key: string): Promise<void> {
    await rm(this.#closedPath(key), { force: true })
  }

  #openPath(key: string): string {
    return join(this.#folder, "open", `${checked(key)}.json`)
  }

  #closedPath(key: string): string {
    const { shard, name } = place(key)
    return join(this.#folder, "closed", shard, name)
  }
}

function place(key: string): { shard: string; name: string } {
  return { shard: checked(key).slice(-2), name: `${key}.json` }
}

/** A key comes from traffic in the end, and becomes a file name. */
function checked(key: string): string {
  if (!/^(?:file|skill)-[0-9a-f]{64}$/.test(key)) throw new Error("not a case key")
  return key
}

async function readCase(path: string): Promise<Case | undefined> {
  try {
    return parse(await readFile(path, "utf8"))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw error
  }
}

function parse(text: string): Case | undefined {
  try {
    const json = JSON.parse(text) as Partial<Case>
    return json.v === 1 && typeof json.key === "string" && Array.isArray(json.tasks) ? (json as Case) : undefined
  } catch {
    return undefined
  }
}

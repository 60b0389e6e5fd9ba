import { createHash } from "node:crypto"
import { mkdirSync } from "node:fs"
import { appendFile, readFile, rm } from "node:fs/promises"
import { join } from "node:path"
import type { KeyMemory } from "../contracts/bus.ts"
import { writeFileAtomic } from "../runtime/atomic-file.ts"

/** Two files a workload, named by a hash, because a key is whatever a mirror's virtual network and address say. Several processes need a shared folder. */
export function fileKeeper(folder: string): KeyMemory {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const pathOf = (key: string, kind: "json" | "journal"): string =>
    join(folder, `${createHash("sha256").update(key).digest("hex").slice(0, 32)}.${kind}`)
  return {
    load: async ({ key }) => {
      const snapshot = await readIfThere(pathOf(key, "json"))
      const journal = await readIfThere(pathOf(key, "journal"))
      if (journal !== undefined && !journal.endsWith("\n")) await appendFile(pathOf(key, "journal"), "\n")
      if (snapshot === undefined && journal === undefined) return undefined
      return { snapshot, entries: wholeLines(journal ?? "") }
    },
    note: ({ key }, entry) => appendFile(pathOf(key, "journal"), `${entry}\n`, { mode: 0o600 }),
    snapshot: async ({ key }, state) => {
      await writeFileAtomic(pathOf(key, "json"), state)
      // Between the two the entries are older than the snapshot, which says so.
      await rm(pathOf(key, "journal"), { force: true })
    },
  }
}

/** A process that died while writing leaves half a line: its batch was not acknowledged and comes again. */
function wholeLines(text: string): string[] {
  return text.split("\n").filter((line) => {
    try {
      JSON.parse(line)
      return true
    } catch {
      return false
    }
  })
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8")
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw error
  }
}

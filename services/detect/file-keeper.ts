import { createHash } from "node:crypto"
import { mkdirSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { writeFileAtomic } from "../runtime/atomic-file.ts"
import type { StateKeeper } from "./correlate/correlation.ts"

/** One file a workload, named by a hash, because a key is whatever a mirror's virtual network and address say. Several processes need a shared folder. */
export function fileKeeper(folder: string): StateKeeper {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const pathOf = (key: string): string => join(folder, `${createHash("sha256").update(key).digest("hex").slice(0, 32)}.json`)
  return {
    load: async (key) => {
      try {
        return await readFile(pathOf(key), "utf8")
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
        throw error
      }
    },
    save: (key, state) => writeFileAtomic(pathOf(key), state),
  }
}

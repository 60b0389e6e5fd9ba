import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"

/** From the package.json above, which sits at another depth in the sources than in dist. */
export const version: string = readVersion(import.meta.dirname)

function readVersion(folder: string): string {
  try {
    const parsed = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { name?: string; version?: string }
    if (parsed.name === "egret" && parsed.version !== undefined) return parsed.version
  } catch {
    // no package.json here: look further up
  }
  const parent = dirname(folder)
  if (parent === folder) return "0.0.0"
  return readVersion(parent)
}

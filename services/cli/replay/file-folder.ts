import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { ConfigError } from "../../contracts/errors.ts"

/** Files out of traffic, each under its sha256 and nothing else: their own names are the sender's choice, and so is what they do when opened. */
export class FileFolder {
  readonly #folder: string
  readonly #written = new Set<string>()

  constructor(folder: string) {
    this.#folder = folder
    try {
      mkdirSync(folder, { recursive: true })
    } catch (error) {
      throw new ConfigError({
        path: "--extract",
        got: error instanceof Error ? error.message : String(error),
        want: "a folder that may be written",
      })
    }
  }

  get count(): number {
    return this.#written.size
  }

  add(sha256: string, bytes: Uint8Array): void {
    if (this.#written.has(sha256)) return
    this.#written.add(sha256)
    writeFileSync(join(this.#folder, sha256), bytes, { mode: 0o600 })
  }
}

// Lines in a file, rotated by size: NAME, NAME.1, NAME.2, …
import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs"
import { dirname } from "node:path"
import type { SocDestination } from "../../contracts/config/soc.ts"
import { lineOf } from "../formats/format.ts"
import type { Sender } from "../sender.ts"

type FileDestination = Extract<SocDestination, { type: "file" }>

export function fileSender(destination: FileDestination, version: string): Sender {
  mkdirSync(dirname(destination.path), { recursive: true })
  return {
    send: async (records) => {
      try {
        if (existsSync(destination.path) && statSync(destination.path).size >= destination.rotateAt) rotate(destination)
        appendFileSync(
          destination.path,
          records.map((record) => `${lineOf(destination.format, record, { version, content: destination.content })}\n`).join(""),
          { mode: 0o600 },
        )
        return { outcome: "delivered" }
      } catch (error) {
        return { outcome: "retry", reason: error instanceof Error ? error.message : String(error) }
      }
    },
    close: async () => {},
  }
}

function rotate({ path, keep }: FileDestination): void {
  rmSync(`${path}.${keep}`, { force: true })
  for (let at = keep - 1; at >= 1; at--) if (existsSync(`${path}.${at}`)) renameSync(`${path}.${at}`, `${path}.${at + 1}`)
  renameSync(path, `${path}.1`)
}

// Lines in a file, rotated by size: NAME, NAME.1, NAME.2, … After a kill the file itself says what of the last batch is there: those lines are not
// written twice, and a line that was cut is taken off first.
import { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, rmSync, statSync, truncateSync } from "node:fs"
import { dirname } from "node:path"
import type { SocDestination } from "../../contracts/config/soc.ts"
import { appendWhole } from "../append.ts"
import { lineOf } from "../formats/format.ts"
import type { Sender } from "../sender.ts"

type FileDestination = Extract<SocDestination, { type: "file" }>

export function fileSender(destination: FileDestination, version: string): Sender {
  const { path, format, content, rotateAt } = destination
  /** Lines that an earlier process may have written of the batch that we send first. */
  let earlier: ReadonlySet<string> | undefined
  return {
    send: async (records) => {
      try {
        mkdirSync(dirname(path), { recursive: true })
        earlier ??= new Set([...lastLines(path), ...(existsSync(`${path}.1`) ? lastLines(`${path}.1`) : [])])
        const known = earlier
        const lines = records.map((record) => lineOf(format, record, { version, content })).filter((line) => !known.has(line))
        earlier = NOTHING
        if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) >= rotateAt) rotate(destination)
        if (lines.length > 0) appendWhole(path, lines.map((line) => `${line}\n`).join(""))
        return { outcome: "delivered" }
      } catch (error) {
        return { outcome: "retry", reason: error instanceof Error ? error.message : String(error) }
      }
    },
    close: async () => {},
  }
}

/** Whole lines at the end, more than a batch has. A line without its end is cut off the file. */
function lastLines(path: string): string[] {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size === 0) return []
  const from = Math.max(0, size - TAIL_BYTES)
  const bytes = Buffer.alloc(size - from)
  const file = openSync(path, "r")
  try {
    readSync(file, bytes, 0, bytes.length, from)
  } finally {
    closeSync(file)
  }
  const whole = bytes.lastIndexOf(0x0a) + 1
  if (whole < bytes.length) truncateSync(path, from + whole)
  return bytes.toString("utf8", 0, whole).split("\n").slice(0, -1)
}

function rotate({ path, keep }: FileDestination): void {
  rmSync(`${path}.${keep}`, { force: true })
  for (let at = keep - 1; at >= 1; at--) if (existsSync(`${path}.${at}`)) renameSync(`${path}.${at}`, `${path}.${at + 1}`)
  renameSync(path, `${path}.1`)
}

const NOTHING: ReadonlySet<string> = new Set()
// A thousand records, the largest batch, of four kilobytes each.
const TAIL_BYTES = 4 * 1024 * 1024

// The queue of one destination, on disk: what was accepted survives a kill and an outage of any length, within its bound. Records are appended to segments;
// a cursor file says how far delivery has come. Delivery is at least once: after a kill the last batch may go out again, with the same ids.
import { appendFileSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"
import { writeFileAtomic } from "../runtime/atomic-file.ts"
import type { SocRecord } from "./record.ts"

interface Cursor {
  readonly segment: number
  /** Lines of that segment that are done. */
  readonly line: number
}

export class Outbox {
  readonly #folder: string
  readonly #limit: number
  readonly #segmentBytes: number
  #cursor: Cursor
  /** Where the batch that is under way began: a queue that overflows meanwhile moves the cursor itself. */
  #peeked: Cursor | undefined
  #read: { segment: number; lines: string[] } | undefined

  constructor(folder: string, { limit, segmentBytes = 4 * 1024 * 1024 }: { limit: number; segmentBytes?: number }) {
    this.#folder = folder
    this.#limit = limit
    this.#segmentBytes = segmentBytes
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.#cursor = readCursor(join(folder, "cursor.json")) ?? { segment: this.#stored()[0] ?? 1, line: 0 }
  }

  /** On disk before it returns. What no longer fits is returned, oldest first, for the dead letters. */
  append(records: readonly SocRecord[]): SocRecord[] {
    const dropped: SocRecord[] = []
    while (this.bytes > this.#limit) {
      const [oldest] = this.#segments()
      if (oldest === undefined || oldest >= (this.#segments().at(-1) ?? 0)) break
      dropped.push(
        ...this.#lines(oldest)
          .slice(oldest === this.#cursor.segment ? this.#cursor.line : 0)
          .map(parse),
      )
      rmSync(this.#path(oldest), { force: true })
      this.#cursor = { segment: oldest + 1, line: 0 }
      this.#read = undefined
    }
    let segment = this.#segments().at(-1) ?? this.#cursor.segment
    if (existsSync(this.#path(segment)) && statSync(this.#path(segment)).size >= this.#segmentBytes) segment += 1
    const file = openSync(this.#path(segment), "a", 0o600)
    try {
      appendFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(""))
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    if (this.#read?.segment === segment) this.#read = undefined
    return dropped
  }

  /** The oldest that are not done; the same again until `done` is called. */
  peek(count: number): SocRecord[] {
    const found: SocRecord[] = []
    this.#peeked = this.#cursor
    let { segment, line } = this.#cursor
    const last = this.#segments().at(-1) ?? 0
    while (found.length < count && segment <= last) {
      const lines = this.#lines(segment)
      found.push(...lines.slice(line, line + count - found.length).map(parse))
      segment += 1
      line = 0
    }
    return found
  }

  async done(count: number): Promise<void> {
    const from = this.#peeked ?? this.#cursor
    // The batch's own segment was given up meanwhile: what of it lies further on goes out again rather than being lost.
    if (from.segment < this.#cursor.segment) {
      this.#peeked = undefined
      return
    }
    let { segment, line } = from
    let left = count
    const last = this.#segments().at(-1) ?? 0
    while (left > 0 && segment <= last) {
      const lines = this.#lines(segment).length
      const step = Math.min(left, lines - line)
      line += step
      left -= step
      if (line < lines || segment === last) break
      segment += 1
      line = 0
    }
    this.#cursor = { segment, line }
    this.#peeked = this.#cursor
    await writeFileAtomic(join(this.#folder, "cursor.json"), JSON.stringify(this.#cursor))
    for (const old of this.#stored()) if (old < segment) rmSync(this.#path(old), { force: true })
  }

  get bytes(): number {
    return this.#segments().reduce((total, segment) => total + statSync(this.#path(segment)).size, 0)
  }
  get waiting(): number {
    return this.#segments().reduce(
      (total, segment) => total + this.#lines(segment).length - (segment === this.#cursor.segment ? this.#cursor.line : 0),
      0,
    )
  }

  #segments(): number[] {
    return this.#stored().filter((segment) => segment >= this.#cursor.segment)
  }
  #stored(): number[] {
    return readdirSync(this.#folder)
      .flatMap((name) => /^(\d{10})\.ndjson$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b)
  }
  #path(segment: number): string {
    return join(this.#folder, `${String(segment).padStart(10, "0")}.ndjson`)
  }
  /** A last line without its end was being written when the process was killed: it was never acknowledged. */
  #lines(segment: number): string[] {
    if (this.#read?.segment === segment) return this.#read.lines
    const path = this.#path(segment)
    const text = existsSync(path) ? readFileSync(path, "utf8") : ""
    const lines = text.split("\n").slice(0, -1).filter(isRecord)
    this.#read = { segment, lines }
    return lines
  }
}

function isRecord(line: string): boolean {
  try {
    return typeof (JSON.parse(line) as { kind?: unknown }).kind === "string"
  } catch {
    return false
  }
}

function parse(line: string): SocRecord {
  return JSON.parse(line) as SocRecord
}

function readCursor(path: string): Cursor | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Cursor
  } catch {
    return undefined
  }
}

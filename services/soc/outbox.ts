// The queue of one destination, on disk: what was accepted survives a kill and an outage of any length, within its bound. Records are lines of segments; a
// cursor says how far delivery has come, and which batch is under way. After a kill exactly that batch, less what of it is settled, goes out again: the
// same records in the same request, so that a receiver that can know a repetition does.
//
// Only the cursor's lines are held in memory, a batch at a time. A record that is accepted twice (the bus delivers at least once) is kept once, as far
// back as the last two segments reach.
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { appendWhole } from "./append.ts"
import { essenceOf, type SocRecord } from "./record.ts"

interface Cursor {
  readonly segment: number
  /** Lines of that segment that are settled, and where the next begins. */
  readonly line: number
  readonly offset: number
  /** The batch under way: so many lines from here, of which these are not settled. */
  readonly sending?: { readonly count: number; readonly left: readonly number[] }
}

interface Segment {
  readonly number: number
  lines: number
  bytes: number
}

export interface Batch {
  /** Lines from the cursor on. */
  readonly count: number
  /** What is still to be settled, by place in the batch. A line that cannot be read (a damaged disk) has no record. */
  readonly items: readonly { readonly place: number; readonly record?: SocRecord; readonly line: string }[]
  readonly bytes: number
  /** Where it began: a queue that overflows meanwhile moves on. */
  readonly segment: number
  readonly line: number
}

interface AppendOptions {
  /** Also what was accepted before: dead letters that are sent again. */
  readonly again?: boolean
  bury(dropped: readonly SocRecord[]): void
}

export class Outbox {
  readonly #folder: string
  readonly #limit: number
  readonly #segmentBytes: number
  #segments: Segment[] = []
  #cursor: Cursor
  /** Versions accepted lately, in order. */
  readonly #recent = new Set<string>()

  constructor(folder: string, { limit, segmentBytes = SEGMENT_BYTES }: { limit: number; segmentBytes?: number }) {
    this.#folder = folder
    this.#limit = limit
    this.#segmentBytes = Math.min(segmentBytes, Math.max(1, Math.floor(limit / 4)))
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const number of storedSegments(folder)) this.#segments.push(this.#scan(number))
    const first = this.#segments[0]?.number ?? 1
    const cursor = readCursor(join(folder, "cursor.json"))
    this.#cursor =
      cursor !== undefined && this.#segments.some(({ number }) => number === cursor.segment)
        ? cursor
        : { segment: first, line: 0, offset: 0 }
  }

  /**
   * On disk before it returns; when it throws (a full disk) nothing of it is there, and the same records can come again. What no longer fits is handed to
   * `bury`, oldest first, before it goes.
   */
  append(records: readonly SocRecord[], { again = false, bury }: AppendOptions): void {
    const keys = new Set<string>()
    const fresh = records.filter((record) => {
      const key = keyOf(record)
      if (!again && (this.#recent.has(key) || keys.has(key))) return false
      keys.add(key)
      return true
    })
    if (fresh.length === 0) return
    while (this.bytes > this.#limit && this.#open().length > 1) this.#dropOldest(bury)
    let last = this.#segments.at(-1)
    if (last === undefined || last.bytes >= this.#segmentBytes) {
      last = { number: (last?.number ?? this.#cursor.segment - 1) + 1, lines: 0, bytes: 0 }
      this.#segments.push(last)
    }
    const text = fresh.map((record) => `${JSON.stringify(record)}\n`).join("")
    appendWhole(this.#path(last.number), text)
    last.lines += fresh.length
    last.bytes += Buffer.byteLength(text)
    for (const key of keys) this.#remember(key)
  }

  /** The oldest that are not settled: the batch that was under way, if one was; at most so many otherwise. */
  next(most: number): Batch | undefined {
    this.#skipFinished()
    const { segment, line, offset, sending } = this.#cursor
    const there = this.#segments.find(({ number }) => number === segment)
    const count = Math.min(sending?.count ?? most, (there?.lines ?? 0) - line)
    if (count <= 0) return undefined
    const { lines, bytes } = readLines(this.#path(segment), { offset, count })
    const left = sending?.left ?? lines.map((_, place) => place)
    const items = left.flatMap((place) => {
      const text = lines[place]
      return text === undefined ? [] : [{ place, line: text, ...parsed(text) }]
    })
    return { count: lines.length, items, bytes, segment, line }
  }

  /** Before the batch is sent: whoever starts after a kill sends this one. */
  begin(batch: Batch): void {
    if (this.#moved(batch)) return
    this.#move({ ...this.#cursor, sending: { count: batch.count, left: batch.items.map(({ place }) => place) } })
  }

  /** What of the batch is still to be settled; nothing left ends it. */
  settle(batch: Batch, left: readonly number[]): void {
    if (this.#moved(batch)) return
    const { segment, line, offset } = this.#cursor
    if (left.length > 0) this.#move({ segment, line, offset, sending: { count: batch.count, left } })
    else this.#move({ segment, line: line + batch.count, offset: offset + batch.bytes })
    this.#skipFinished()
  }

  get bytes(): number {
    return this.#open().reduce((total, { number, bytes }) => total + bytes - (number === this.#cursor.segment ? this.#cursor.offset : 0), 0)
  }
  get waiting(): number {
    const settled = this.#cursor.sending === undefined ? 0 : this.#cursor.sending.count - this.#cursor.sending.left.length
    return this.#open().reduce(
      (total, { number, lines }) => total + lines - (number === this.#cursor.segment ? this.#cursor.line + settled : 0),
      0,
    )
  }

  #open(): Segment[] {
    return this.#segments.filter(({ number }) => number >= this.#cursor.segment)
  }

  #remember(key: string): void {
    this.#recent.add(key)
    if (this.#recent.size <= MAX_RECENT) return
    for (const oldest of this.#recent) {
      this.#recent.delete(oldest)
      break
    }
  }

  /** On to the next segment when this one is done. The one before is kept: it says what was accepted. */
  #skipFinished(): void {
    const at = this.#segments.findIndex(({ number }) => number === this.#cursor.segment)
    const here = this.#segments[at]
    const next = this.#segments[at + 1]
    if (here === undefined || next === undefined || this.#cursor.line < here.lines || this.#cursor.sending !== undefined) return
    this.#move({ segment: next.number, line: 0, offset: 0 })
    for (const old of this.#segments.slice(0, at)) rmSync(this.#path(old.number), { force: true })
    this.#segments = this.#segments.slice(at)
    this.#skipFinished()
  }

  #dropOldest(bury: AppendOptions["bury"]): void {
    const [oldest, next] = this.#open()
    if (oldest === undefined || next === undefined) return
    const from = oldest.number === this.#cursor.segment ? this.#cursor : { line: 0, offset: 0, sending: undefined }
    const { lines } = readLines(this.#path(oldest.number), { offset: from.offset, count: oldest.lines - from.line })
    const settled =
      from.sending === undefined ? [] : [...Array(from.sending.count).keys()].filter((place) => !from.sending?.left.includes(place))
    bury(lines.filter((_, place) => !settled.includes(place)).flatMap((line) => parsed(line).record ?? []))
    this.#move({ segment: next.number, line: 0, offset: 0 })
    rmSync(this.#path(oldest.number), { force: true })
    this.#segments = this.#segments.filter(({ number }) => number !== oldest.number)
  }

  /** The batch's own place was given up: what of it lies further on goes out again rather than being lost. */
  #moved({ segment, line }: Batch): boolean {
    return this.#cursor.segment !== segment || this.#cursor.line !== line
  }

  /** Whole or not at all, by the rename. Not synced: after a power cut an older cursor sends again, and nothing is lost. */
  #move(cursor: Cursor): void {
    this.#cursor = cursor
    const path = join(this.#folder, "cursor.json")
    writeFileSync(`${path}.part`, JSON.stringify(cursor), { mode: 0o600 })
    renameSync(`${path}.part`, path)
  }

  /** A last line without its end was being written when the process was killed: it was never acknowledged. */
  #scan(number: number): Segment {
    const path = this.#path(number)
    const text = readFileSync(path)
    const whole = text.lastIndexOf(NEWLINE) + 1
    if (whole < text.length) truncateSync(path, whole)
    let lines = 0
    for (let at = 0; at < whole; at = text.indexOf(NEWLINE, at) + 1) {
      lines += 1
      const { record } = parsed(text.toString("utf8", at, text.indexOf(NEWLINE, at)))
      if (record !== undefined) this.#remember(keyOf(record))
    }
    return { number, lines, bytes: whole }
  }

  #path(segment: number): string {
    return segmentPath(this.#folder, segment)
  }
}

function keyOf(record: SocRecord): string {
  return `${record.kind} ${essenceOf(record).version}`
}

/** How much waits in a queue that another process owns. Changes nothing. */
export function waitingIn(folder: string): number {
  const cursor = readCursor(join(folder, "cursor.json"))
  let waiting = 0
  for (const number of storedSegments(folder)) {
    if (cursor !== undefined && number < cursor.segment) continue
    waiting += readFileSync(segmentPath(folder, number)).reduce((lines, byte) => lines + (byte === NEWLINE ? 1 : 0), 0)
    if (cursor?.segment === number) waiting -= cursor.line
  }
  return waiting
}

function readLines(path: string, { offset, count }: { offset: number; count: number }): { lines: string[]; bytes: number } {
  const file = openSync(path, "r")
  try {
    let held = Buffer.alloc(0)
    const lines: string[] = []
    let start = 0
    const chunk = Buffer.alloc(READ_BYTES)
    while (lines.length < count) {
      const end = held.indexOf(NEWLINE, start)
      if (end >= 0) {
        lines.push(held.toString("utf8", start, end))
        start = end + 1
        continue
      }
      const read = readSync(file, chunk, 0, chunk.length, offset + held.length)
      if (read === 0) break
      held = Buffer.concat([held, chunk.subarray(0, read)])
    }
    return { lines, bytes: start }
  } finally {
    closeSync(file)
  }
}

function storedSegments(folder: string): number[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .flatMap((name) => /^(\d{10})\.ndjson$/.exec(name)?.[1] ?? [])
    .map(Number)
    .filter((number) => statSync(segmentPath(folder, number)).isFile())
    .sort((a, b) => a - b)
}

function segmentPath(folder: string, segment: number): string {
  return join(folder, `${String(segment).padStart(10, "0")}.ndjson`)
}

function parsed(line: string): { readonly record?: SocRecord } {
  try {
    const record = JSON.parse(line) as SocRecord
    return typeof record.kind === "string" && typeof record.value === "object" ? { record } : {}
  } catch {
    return {}
  }
}

function readCursor(path: string): Cursor | undefined {
  try {
    const cursor = JSON.parse(readFileSync(path, "utf8")) as Cursor
    return Number.isInteger(cursor.segment) && Number.isInteger(cursor.line) && Number.isInteger(cursor.offset) ? cursor : undefined
  } catch {
    return undefined
  }
}

const NEWLINE = 0x0a
const SEGMENT_BYTES = 4 * 1024 * 1024
const READ_BYTES = 256 * 1024
// Two segments of events of a few hundred bytes.
const MAX_RECENT = 20_000

// Every response and how far it has come, one JSON line each, on disk before the call it announces. What the journal says after a crash is enough to go
// on or to take everything back.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, truncateSync, writeSync } from "node:fs"
import { join } from "node:path"
import type { Response } from "./model.ts"

export type Entry =
  | { readonly at: number; readonly is: "planned"; readonly response: Response }
  | { readonly at: number; readonly id: string; readonly is: "applying"; readonly until: number; readonly by: string }
  | { readonly at: number; readonly id: string; readonly is: "call"; readonly step: number; readonly does: "apply" | "revert" }
  | {
      readonly at: number
      readonly id: string
      readonly is: "called"
      readonly step: number
      readonly does: "apply" | "revert"
      readonly left?: string
    }
  | { readonly at: number; readonly id: string; readonly is: "applied" }
  | {
      readonly at: number
      readonly id: string
      readonly is: "reverting"
      readonly why: string
      readonly by: string
      readonly failed?: boolean
    }
  | { readonly at: number; readonly id: string; readonly is: "reverted" }

export class RespondJournal {
  readonly #path: string
  #responses = new Map<string, Response>()
  #lines = 0

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.#path = join(folder, "journal.ndjson")
    this.read()
  }

  /** Another process (`egret respond`) may have written meanwhile: called under the lock, before every operation. */
  read(): void {
    this.#responses = new Map()
    this.#lines = 0
    if (!existsSync(this.#path)) return
    const text = readFileSync(this.#path, "utf8")
    const whole = text.lastIndexOf("\n") + 1
    // A line without its end was being written when the process was killed: what it announced was not done yet.
    if (whole < text.length) truncateSync(this.#path, Buffer.byteLength(text.slice(0, whole)))
    for (const line of text.slice(0, whole).split("\n")) {
      if (line === "") continue
      this.#take(JSON.parse(line) as Entry)
      this.#lines += 1
    }
  }

  write(entry: Entry): void {
    if (this.#lines >= MAX_LINES) this.#shorten()
    const file = openSync(this.#path, "a", 0o600)
    try {
      writeSync(file, `${JSON.stringify(entry)}\n`)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    this.#lines += 1
    this.#take(entry)
  }

  get(id: string): Response | undefined {
    return this.#responses.get(id)
  }

  /** The latest first. */
  list(): Response[] {
    return [...this.#responses.values()].reverse()
  }

  #take(entry: Entry): void {
    if (entry.is === "planned") {
      this.#responses.set(entry.response.id, entry.response)
      return
    }
    const known = this.#responses.get(entry.id)
    if (known !== undefined) this.#responses.set(entry.id, after(known, entry))
  }

  /** Keeps what is in force and the newest of the rest. */
  #shorten(): void {
    const open = this.list().filter(({ state }) => state !== "reverted" && state !== "failed" && state !== "planned")
    const kept = new Set([...open, ...this.list().slice(0, KEPT)].map(({ id }) => id))
    this.#responses = new Map([...this.#responses].filter(([id]) => kept.has(id)))
    const lines = [...this.#responses.values()].map(
      (response) => `${JSON.stringify({ at: response.plannedAt, is: "planned", response })}\n`,
    )
    const file = openSync(`${this.#path}.part`, "w", 0o600)
    try {
      writeSync(file, lines.join(""))
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(`${this.#path}.part`, this.#path)
    this.#lines = lines.length
  }
}

function after(known: Response, entry: Exclude<Entry, { is: "planned" }>): Response {
  switch (entry.is) {
    case "applying":
      return { ...known, state: "applying", until: entry.until }
    case "call":
      // From here on it may be in force, whether or not anybody lives to write that it is.
      return entry.does === "apply" ? { ...known, inForce: [...new Set([...known.inForce, entry.step])] } : known
    case "called":
      if (entry.does === "apply") return known
      return {
        ...known,
        inForce: known.inForce.filter((step) => step !== entry.step),
        ...(entry.left !== undefined && { problem: known.problem === undefined ? entry.left : `${known.problem}; ${entry.left}` }),
      }
    case "applied":
      return { ...known, state: "applied" }
    case "reverting":
      return { ...known, state: "reverting", ...(entry.failed === true && { problem: entry.why }) }
    case "reverted":
      return { ...known, state: known.problem?.startsWith(APPLY_FAILED) === true ? "failed" : "reverted" }
  }
}

export const APPLY_FAILED = "could not be applied: "
// A response has some ten lines: a thousand responses.
const MAX_LINES = 10_000
const KEPT = 200

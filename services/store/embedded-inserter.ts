import { rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { Row } from "../contracts/store.ts"
import type { EngineProcess } from "./engine/engine-process.ts"
import type { Inserter } from "./inserter.ts"
import { type Column, encodeRows } from "./row-binary.ts"

/**
 * Rows go to the embedded engine as a RowBinary file that one INSERT ... SELECT reads: twice the speed of JSON through the client, whose
 * connection can carry only text. The same way the identities of a batch are looked up.
 */
export class EmbeddedInserter implements Inserter {
  readonly #engine: EngineProcess
  #files = 0

  constructor(engine: EngineProcess) {
    this.#engine = engine
  }

  async stored(table: string, identity: readonly Column[], rows: readonly Row[]): Promise<Set<string>> {
    const names = identity.map(({ name }) => name).join(", ")
    const range = timeRange(identity, rows)
    return this.#withFile(identity, rows, async (source) => {
      const sql = `SELECT ${keyExpression(identity)} FROM ${table} WHERE ${range}(${names}) IN (SELECT ${names} FROM ${source})`
      const bytes = await this.#engine.run({ lane: "write", sql, format: "JSONCompactEachRow" })
      return new Set(
        Buffer.from(bytes)
          .toString("utf8")
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => (JSON.parse(line) as [string])[0]),
      )
    })
  }

  async insert(table: string, columns: readonly Column[], rows: readonly Row[]): Promise<void> {
    const names = columns.map(({ name }) => quoteName(name)).join(", ")
    await this.#withFile(columns, rows, (source) =>
      this.#engine.run({ lane: "write", sql: `INSERT INTO ${table} (${names}) SELECT ${names} FROM ${source}`, format: "TSV" }),
    )
  }

  async #withFile<T>(columns: readonly Column[], rows: readonly Row[], use: (source: string) => Promise<T>): Promise<T> {
    const path = join(this.#engine.spool, `${process.pid}-${++this.#files}.bin`)
    await writeFile(path, encodeRows(columns, rows), { mode: 0o600 })
    try {
      const structure = columns.map(({ name, type }) => `${quoteName(name)} ${plainType(type)}`).join(", ")
      return await use(`file(${quoteText(path)}, 'RowBinary', ${quoteText(structure)})`)
    } finally {
      await rm(path, { force: true })
    }
  }
}

/** The identity as one text, for a set in this process. */
export function keyExpression(identity: readonly Column[]): string {
  const parts = identity.map(({ name, type }) =>
    type.startsWith("DateTime64") ? `toString(toUnixTimestamp64Micro(${name}))` : `toString(${name})`,
  )
  return `concat(${parts.join(", '\\t', ")}, '')`
}

/** Narrows the lookup to the batch's own hours before any identity is compared. */
export function timeRange(identity: readonly Column[], rows: readonly Row[]): string {
  if (!identity.some(({ name }) => name === "at")) return ""
  let low = Number.POSITIVE_INFINITY
  let high = 0
  for (const { at } of rows) {
    if (typeof at !== "number") return ""
    low = Math.min(low, at)
    high = Math.max(high, at)
  }
  return `at BETWEEN fromUnixTimestamp64Micro(${low}) AND fromUnixTimestamp64Micro(${high}) AND `
}

/** A file has no aggregate states and no dictionaries: only the value's own type. */
function plainType(type: string): string {
  const aggregate = /^SimpleAggregateFunction\([^()]*(?:\([^()]*\))?, (.*)\)$/.exec(type)
  if (aggregate !== null) return plainType(aggregate[1] ?? "")
  const inner = /^LowCardinality\((.*)\)$/.exec(type)
  return inner === null ? type : plainType(inner[1] ?? "")
}

function quoteName(name: string): string {
  return `\`${name}\``
}

function quoteText(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`
}

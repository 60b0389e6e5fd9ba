import type { ClickHouseClient } from "@clickhouse/client"
import type { Row, Store } from "../contracts/store.ts"
import type { EngineProcess } from "./engine/engine-process.ts"
import type { Inserter } from "./inserter.ts"
import { type Column, toMicros } from "./row-binary.ts"
import { tableRules } from "./tables.ts"

interface Parts {
  readonly engine: "embedded" | "server"
  /** Each with its own rights: statements, read-only queries, long read-only exports. */
  readonly clients: { readonly write: ClickHouseClient; readonly read: ClickHouseClient; readonly export: ClickHouseClient }
  readonly inserter: Inserter
  readonly process?: EngineProcess
  readonly close: () => Promise<void>
}

export interface RawOptions {
  readonly format: "CSVWithNames" | "TSVWithNames" | "JSON" | "JSONEachRow" | "JSONCompactEachRowWithNamesAndTypes"
  readonly params?: Readonly<Record<string, unknown>>
  readonly write?: boolean
}

/** The store over either engine. What differs is how rows go in; everything else is the same client and the same SQL. */
export class ClickHouseStore implements Store {
  readonly engine: "embedded" | "server"
  /** The engine's own process, when it is embedded. */
  readonly process: EngineProcess | undefined
  readonly #parts: Parts
  readonly #columns = new Map<string, Promise<readonly Column[]>>()
  /** One insert in flight a table: the check for what is stored and the insert must not interleave with another's. */
  readonly #turns = new Map<string, Promise<unknown>>()

  constructor(parts: Parts) {
    this.engine = parts.engine
    this.process = parts.process
    this.#parts = parts
  }

  insert(table: string, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return Promise.resolve()
    const turn = (this.#turns.get(table) ?? Promise.resolve()).then(() => this.#insert(table, rows))
    this.#turns.set(
      table,
      turn.catch(() => {}),
    )
    return turn
  }

  async query<T = Row>(sql: string, params?: Readonly<Record<string, unknown>>): Promise<T[]> {
    const result = await this.#parts.clients.read.query({ query: sql, format: "JSONEachRow", ...withParams(params) })
    return await result.json<T>()
  }

  async *stream<T = Row>(sql: string, params?: Readonly<Record<string, unknown>>): AsyncIterable<T> {
    const result = await this.#parts.clients.export.query({ query: sql, format: "JSONEachRow", ...withParams(params) })
    for await (const rows of result.stream<T>()) for (const row of rows) yield row.json<T>()
  }

  /** The answer's bytes in any of the engine's formats. With `write` any statement is run, otherwise only reading ones. */
  async *raw(sql: string, { format, params, write = false }: RawOptions): AsyncIterable<Uint8Array> {
    const client = write ? this.#parts.clients.write : this.#parts.clients.export
    const { stream } = await client.exec({ query: `${sql}\nFORMAT ${format}`, ...withParams(params) })
    for await (const piece of stream) yield piece as Uint8Array
  }

  async command(sql: string): Promise<void> {
    await this.#parts.clients.write.command({ query: sql })
    this.#columns.clear()
  }

  close(): Promise<void> {
    return this.#parts.close()
  }

  async #insert(table: string, rows: readonly Row[]): Promise<void> {
    const columns = await this.#columnsOf(table)
    const fresh = await this.#unstored(table, columns, rows)
    if (fresh.length === 0) return
    refuseUnknown(table, columns, fresh)
    await this.#parts.inserter.insert(
      table,
      columns.filter(({ name }) => fresh.some((row) => row[name] !== undefined)),
      fresh,
    )
  }

  /** The rows whose identity is neither stored nor earlier in the batch. */
  async #unstored(table: string, columns: readonly Column[], rows: readonly Row[]): Promise<readonly Row[]> {
    const names = tableRules[table]?.identity
    if (names === undefined) return rows
    const identity = names.map((name) => columns.find((column) => column.name === name) ?? { name, type: "String" })
    const byKey = new Map<string, Row>()
    for (const row of rows) {
      const key = identityOf(identity, row)
      if (!byKey.has(key)) byKey.set(key, row)
    }
    const once = [...byKey.values()]
    const stored = await this.#parts.inserter.stored(table, identity, once)
    return stored.size === 0 ? once : once.filter((row) => !stored.has(identityOf(identity, row)))
  }

  #columnsOf(table: string): Promise<readonly Column[]> {
    const known = this.#columns.get(table)
    if (known !== undefined) return known
    if (tableRules[table] === undefined) return Promise.reject(new Error(`no such table: ${table}`))
    const asked = this.query<Column>(
      "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String} ORDER BY position",
      { table },
    )
    this.#columns.set(table, asked)
    asked.catch(() => this.#columns.delete(table))
    return asked
  }
}

/** A bug of ours, so the ends of the batch show it: rows of one table are made by one function. Looking at every row would cost more than encoding it. */
function refuseUnknown(table: string, columns: readonly Column[], rows: readonly Row[]): void {
  const known = new Set(columns.map(({ name }) => name))
  for (const row of [rows[0], rows.at(-1)]) {
    const unknown = Object.keys(row ?? {}).filter((name) => !known.has(name))
    if (unknown.length > 0) throw new Error(`table ${table} has no column ${unknown.join(", ")}`)
  }
}

function identityOf(identity: readonly Column[], row: Row): string {
  return identity.map(({ name, type }) => (type.startsWith("DateTime64") ? toMicros(row[name]) : (row[name] ?? ""))).join("\t")
}

function withParams(params: Readonly<Record<string, unknown>> | undefined): { query_params?: Record<string, unknown> } {
  return params === undefined ? {} : { query_params: { ...params } }
}

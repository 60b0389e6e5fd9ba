// The store as its users see it; services/store implements it over the embedded engine and a ClickHouse server through the same client.

/** One row as column name to value. Times are "YYYY-MM-DD hh:mm:ss.ffffff" UTC strings or microseconds as the table says. */
export type Row = Readonly<Record<string, unknown>>

export interface StoreWriter {
  /** Resolves when the rows are stored. Rows with an id that is already stored change nothing. */
  insert(table: string, rows: readonly Row[]): Promise<void>
}

export interface StoreReader {
  /** Read-only, with server-side limits. Parameters are bound as {name:Type}, never spliced. */
  query<T = Row>(sql: string, params?: Readonly<Record<string, unknown>>): Promise<T[]>
  /** Rows as they come, for exports. */
  stream<T = Row>(sql: string, params?: Readonly<Record<string, unknown>>): AsyncIterable<T>
}

export interface Store extends StoreWriter, StoreReader {
  readonly engine: "embedded" | "server"
  /** For migrations and retention; not reachable from the API. */
  command(sql: string): Promise<void>
  close(): Promise<void>
}

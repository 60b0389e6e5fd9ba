import { Readable } from "node:stream"
import type { ClickHouseClient } from "@clickhouse/client"
import type { Row } from "../contracts/store.ts"
import { keyExpression, timeRange } from "./embedded-inserter.ts"
import type { Inserter } from "./inserter.ts"
import { type Column, encodeRows, toMicros } from "./row-binary.ts"

/** Rows go to a server as RowBinary in the body of the INSERT. */
export class ServerInserter implements Inserter {
  readonly #client: ClickHouseClient

  constructor(client: ClickHouseClient) {
    this.#client = client
  }

  async stored(table: string, identity: readonly Column[], rows: readonly Row[]): Promise<Set<string>> {
    const found = new Set<string>()
    const names = identity.map(({ name }) => name).join(", ")
    for (let from = 0; from < rows.length; from += LOOKUP_ROWS) {
      const some = rows.slice(from, from + LOOKUP_ROWS)
      const tuples = some.map((row) => `(${identity.map((column) => literal(column, row[column.name])).join(",")})`).join(",")
      const result = await this.#client.query({
        query: `SELECT ${keyExpression(identity)} AS key FROM ${table} WHERE ${timeRange(identity, some)}(${names}) IN (${tuples})`,
        format: "JSONCompactEachRow",
        clickhouse_settings: { max_query_size: "20000000" },
      })
      for (const [key] of await result.json<[string]>()) found.add(key)
    }
    return found
  }

  async insert(table: string, columns: readonly Column[], rows: readonly Row[]): Promise<void> {
    const names = columns.map(({ name }) => `\`${name}\``).join(", ")
    const { stream } = await this.#client.exec({
      query: `INSERT INTO ${table} (${names}) FORMAT RowBinary`,
      values: Readable.from([encodeRows(columns, rows)], { objectMode: false }),
      clickhouse_settings: { throw_on_max_partitions_per_insert_block: 0 },
    })
    stream.resume()
  }
}

function literal({ type }: Column, value: unknown): string {
  if (type.startsWith("DateTime64")) return `fromUnixTimestamp64Micro(${toMicros(value)})`
  if (typeof value === "number") return String(value)
  return `'${String(value ?? "").replace(/[\\']/g, "\\$&")}'`
}

// About 100 bytes a literal: a statement of at most a few hundred kB.
const LOOKUP_ROWS = 5_000

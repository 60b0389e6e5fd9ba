// CSV and NDJSON of everything that matches, as a stream: page after page by cursor, never all in memory.

import type { z } from "@hono/zod-openapi"
import type { Context } from "hono"
import { stream } from "hono/streaming"
import type { StoreReader } from "../contracts/store.ts"
import type { NamedQuery } from "../store/queries/named-query.ts"

export type ExportFormat = "csv" | "ndjson"

interface Export {
  readonly store: StoreReader
  readonly query: NamedQuery<z.ZodType, unknown>
  readonly params: Readonly<Record<string, unknown>>
  readonly format: ExportFormat
  /** Column that the cursor holds; lists without a cursor are one page. */
  readonly cursor: "at" | "last_seen" | undefined
}

export function exportRows(context: Context, wanted: Export): Response {
  context.header("content-type", wanted.format === "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson")
  context.header("content-disposition", `attachment; filename="egret-${wanted.query.name}.${wanted.format}"`)
  return stream(context, async (out) => {
    const lineOf = wanted.format === "csv" ? csvLines() : (row: Record<string, unknown>) => `${JSON.stringify(row)}\n`
    let text = ""
    for await (const row of rowsOf(wanted)) {
      text += lineOf(row)
      // A write for each row costs more than everything else about it.
      if (text.length < CHUNK) continue
      if (out.aborted) return
      await out.write(text)
      text = ""
    }
    await out.write(text)
  })
}

/** The first row brings the names of the columns. */
function csvLines(): (row: Record<string, unknown>) => string {
  let columns: string[] | undefined
  return (row) => {
    const head = columns === undefined
    columns ??= Object.keys(row)
    const line = columns.map((column) => csvField(row[column])).join(",")
    return head ? `${columns.map(csvField).join(",")}\r\n${line}\r\n` : `${line}\r\n`
  }
}

async function* rowsOf({ store, query, params, cursor }: Export): AsyncGenerator<Record<string, unknown>> {
  let before: unknown = params["before"]
  for (let page = 0; page < MAX_PAGES; page++) {
    const { sql, params: bound } = query.build(query.params.parse({ ...params, ...(before !== undefined && { before }), limit: PAGE }))
    const rows = await store.query<Record<string, unknown>>(sql, bound)
    yield* rows
    const last = rows.at(-1)
    if (cursor === undefined || last === undefined || rows.length < PAGE) return
    before = { at: Number(last[cursor]), id: String(last["id"]) }
  }
}

/** RFC 4180. A leading =, +, - or @ would be run as a formula by spreadsheets: such texts get an apostrophe before them. */
function csvField(value: unknown): string {
  const text = value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value)
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const CHUNK = 64 * 1024
const PAGE = 5_000
const MAX_PAGES = 2_000

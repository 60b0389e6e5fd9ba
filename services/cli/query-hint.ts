// What is there, when a statement asks for what is not: the engine names the unknown word, a user needs the known ones.
import { z } from "zod"

interface Asker {
  query<T>(sql: string, params?: Readonly<Record<string, unknown>>): Promise<T[]>
}

/** Columns of the tables a statement reads, those most like the unknown one first; the tables, where none of them exists. */
export async function hintFor(store: Asker, { code, message, sql }: { code: string; message: string; sql: string }): Promise<string> {
  if (code === UNKNOWN_TABLE) return 'egret query "SHOW TABLES" lists them'
  if (code !== UNKNOWN_COLUMN) return code === READ_ONLY ? "give --write to run statements that change the store" : ""
  const wanted = unknownWord(message)
  const named = tablesOf(sql)
  const columns = await store
    .query<unknown>(
      "SELECT table, name FROM system.columns WHERE database = currentDatabase() AND table IN {tables:Array(String)} ORDER BY table, position",
      {
        tables: named,
      },
    )
    .then((rows) => rows.map((row) => column.parse(row)))
    .catch(() => [])
  if (columns.length === 0) return 'egret query "SHOW TABLES" lists the tables, egret query "DESCRIBE TABLE llm_calls" the columns of one'
  const likely = [...new Set(columns.map(({ name }) => name))]
    .filter((name) => isLike(name, wanted))
    .sort((one, other) => distance(one, wanted) - distance(other, wanted))
    .slice(0, MAX_LIKELY)
  const all = [...new Set(columns.map(({ table }) => table))].map(
    (table) =>
      `${table} has ${columns
        .filter((one) => one.table === table)
        .map(({ name }) => name)
        .join(", ")}`,
  )
  return `${likely.length === 0 ? "" : `did you mean ${likely.join(" or ")}? `}${all.join("; ")}`
}

const column = z.object({ table: z.string(), name: z.string() })

/** The engine writes: Unknown expression identifier `modle` in scope …, or Missing columns: 'modle' while … */
function unknownWord(message: string): string {
  return (/(?:identifier|columns:|column)\s{0,4}[`']([^`']{1,100})[`']/i.exec(message)?.[1] ?? "").split(".").at(-1) ?? ""
}

function tablesOf(sql: string): string[] {
  const names = [...sql.slice(0, MAX_SQL).matchAll(/\b(?:FROM|JOIN)\s{1,20}(?:[A-Za-z_]\w{0,63}\.)?[`"]?([A-Za-z_]\w{0,63})/gi)].map(
    ([, name = ""]) => name,
  )
  return [...new Set(names)].slice(0, MAX_TABLES)
}

/** One is part of the other, they share a word, or few letters differ. */
function isLike(name: string, wanted: string): boolean {
  const [one, other] = [name.toLowerCase(), wanted.toLowerCase()]
  if (other.length < 3) return false
  const words = new Set(other.split(/[_.]/).filter((word) => word.length > 3))
  return (
    one.includes(other) ||
    other.includes(one) ||
    one.split("_").some((word) => words.has(word)) ||
    distance(one, other) <= Math.max(1, other.length / 4)
  )
}

/** Levenshtein, over names of at most some dozens of letters. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let at = 1; at <= one.length; at++) {
    const next = [at]
    for (let to = 1; to <= other.length; to++)
      next.push(Math.min((row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1, (row[to - 1] ?? 0) + (one[at - 1] === other[to - 1] ? 0 : 1)))
    row = next
  }
  return row[other.length] ?? 0
}

const UNKNOWN_COLUMN = "47"
const UNKNOWN_TABLE = "60"
const READ_ONLY = "164"
const MAX_SQL = 100_000
const MAX_TABLES = 20
const MAX_LIKELY = 5

// Many activities touch the same few agents, models and destinations: their inventory rows are folded here, so that a batch of ten thousand
// activities adds some dozen rows to the inventories and not some fifty thousand.
import type { Row } from "../contracts/store.ts"
import type { TableRow } from "./rows.ts"

export function foldRows(rows: readonly TableRow[]): Map<string, Row[]> {
  const tables = new Map<string, Row[]>()
  const folded = new Map<string, Map<string, Record<string, unknown>>>()
  for (const { table, row } of rows) {
    const key = inventoryKeys[table]
    if (key === undefined) {
      const list = tables.get(table)
      if (list === undefined) tables.set(table, [row])
      else list.push(row)
      continue
    }
    const entries = folded.get(table) ?? new Map<string, Record<string, unknown>>()
    folded.set(table, entries)
    const name = JSON.stringify(key.map((column) => row[column]))
    const entry = entries.get(name)
    if (entry === undefined) entries.set(name, { ...row })
    else fold(entry, row)
  }
  for (const [table, entries] of folded) tables.set(table, [...entries.values()])
  return tables
}

/** The sort keys of the inventory tables. */
export const inventoryKeys: Readonly<Record<string, readonly string[]>> = {
  agent: ["gen_ai_agent_id"],
  agent_use: ["thing", "name", "gen_ai_agent_id"],
  model: ["gen_ai_provider_name", "gen_ai_request_model"],
  mcp_server: ["server"],
  tool: ["server", "name", "hash"],
  skill: ["name", "source", "hash"],
  destination: ["server_address", "server_port"],
  workload: ["workload_id"],
}

/** As the table folds: first and last times, the newest description, sets. */
function fold(entry: Record<string, unknown>, row: Row): void {
  for (const [column, value] of Object.entries(row)) {
    const before = entry[column]
    if (before === undefined) entry[column] = value
    else if (column === "first_seen") entry[column] = Math.min(Number(before), Number(value))
    else if (column === "last_seen" || column === "activated" || column === "certain")
      entry[column] = Math.max(Number(before), Number(value))
    else if (column === "latest") entry[column] = newest(before as unknown[], value as unknown[])
    else if (Array.isArray(before) && Array.isArray(value)) entry[column] = union(before, value)
  }
}

function newest(one: readonly unknown[], other: readonly unknown[]): readonly unknown[] {
  for (const [at, value] of one.entries()) {
    const compared = other[at]
    if (value === compared) continue
    return (value as number | string) > (compared as number | string) ? one : other
  }
  return one
}

function union(one: readonly unknown[], other: readonly unknown[]): unknown[] {
  const added = other.filter((value) => !one.includes(value))
  return added.length === 0 ? (one as unknown[]) : [...one, ...added].slice(0, MAX_SET)
}

// The tables keep at most as many.
const MAX_SET = 256

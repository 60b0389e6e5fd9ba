// npm run bench              all benchmarks
// npm run bench NAME...      those whose name starts so
//   --update                 writes the rows into docs/performance.md
//   --gate                   exit code 1 when a row misses its floor
// JSON lines go to standard output, the table to standard error.
import { readdirSync } from "node:fs"
import { join } from "node:path"
import type { Benchmark, Row } from "./benchmark.ts"
import { measure } from "./measure.ts"
import { reached, table, updateDocument } from "./report.ts"

const args = process.argv.slice(2)
const names = args.filter((arg) => !arg.startsWith("--"))
const chosen = (await loadAll()).filter(({ name }) => names.length === 0 || names.some((start) => name.startsWith(start)))
if (chosen.length === 0) {
  process.stderr.write(`no benchmark ${names.join(" ")}; there are: ${(await loadAll()).map(({ name }) => name).join(" ")}\n`)
  process.exit(2)
}
const rows: Row[] = []
for (const benchmark of chosen) {
  process.stderr.write(`${benchmark.name}: ${benchmark.title}\n`)
  const row = await measure(benchmark)
  if ("unavailable" in row) {
    process.stdout.write(`${JSON.stringify({ name: benchmark.name, skipped: row.unavailable })}\n`)
    continue
  }
  rows.push(row)
  process.stdout.write(`${JSON.stringify(row)}\n`)
}
process.stderr.write(`\n${table(rows)}`)
if (args.includes("--update")) updateDocument(rows)
process.exit(args.includes("--gate") && rows.some((row) => !reached(row, row.floor)) ? 1 : 0)

async function loadAll(): Promise<Benchmark[]> {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".bench.ts"))
  const loaded = await Promise.all(
    files.sort().map(async (name) => (await import(join(import.meta.dirname, name))) as { benchmarks: readonly Benchmark[] }),
  )
  return loaded.flatMap(({ benchmarks }) => benchmarks)
}

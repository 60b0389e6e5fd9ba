import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { cpus } from "node:os"
import { resolve } from "node:path"
import type { Row } from "./benchmark.ts"

export function reached({ ratio, bound }: Row, mark: number): boolean {
  return bound === "at-most" ? ratio <= mark : ratio >= mark
}

/** For a terminal. */
export function table(rows: readonly Row[]): string {
  const cells = [HEAD, ...rows.map(cellsOf)]
  const widths = HEAD.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  return cells
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("")
}

/** Replaces the rows just measured in docs/performance.md and keeps the others. */
export function updateDocument(rows: readonly Row[]): void {
  const path = resolve(import.meta.dirname, "../../docs/performance.md")
  const old = existsSync(path) ? readFileSync(path, "utf8") : ""
  const [before = "", rest = ""] = old.includes(START) ? old.split(START) : [`${old.trimEnd()}\n\n`, END]
  const [inside = "", after = ""] = rest.split(END)
  const kept = new Map(
    inside
      .split("\n")
      .filter((line) => /^\| [a-z]/.test(line) && !line.startsWith("| name"))
      .map((line) => [line.split("|")[1]?.trim() ?? "", line]),
  )
  for (const row of rows) kept.set(row.name, `| ${[...cellsOf(row), machine()].join(" | ")} |`)
  const lines = [
    `| ${[...HEAD, "measured on"].join(" | ")} |`,
    `|${"---|".repeat(HEAD.length + 1)}`,
    ...[...kept.keys()].sort().map((name) => kept.get(name)),
  ]
  writeFileSync(path, `${before}${START}\n${lines.join("\n")}\n${END}${after}`)
}

function cellsOf(row: Row): string[] {
  const sign = row.bound === "at-most" ? "<=" : ">="
  const verdict = reached(row, row.goal) ? "goal" : reached(row, row.floor) ? "floor" : "MISSED"
  return [
    row.name,
    `${row.ours} ${row.unit}`,
    `${row.yardstick} ${row.unit}`,
    `${row.ratio}`,
    `${sign} ${row.goal}`,
    `${sign} ${row.floor}`,
    verdict,
    row.title,
  ]
}

function machine(): string {
  return `${cpus().length} x ${cpus()[0]?.model.trim() ?? "?"}, Node ${process.versions.node}`
}

const HEAD = ["name", "ours", "yardstick", "ratio", "goal", "at least", "reached", "what is compared"]
const START = "<!-- bench -->"
const END = "<!-- /bench -->"

// An answer as a table for people. What was on the wire is hostile: control and bidirectional characters are shown, not obeyed.
import { LineWriter } from "./line-writer.ts"

/** `pieces` are lines of JSON arrays: the names, the types, then the rows. */
export async function printTable(pieces: AsyncIterable<Uint8Array>, to: NodeJS.WritableStream): Promise<void> {
  const output = new LineWriter(to)
  const [names = [], types = [], ...rows] = await firstLines(pieces)
  const cells = [names, ...rows.slice(0, MAX_ROWS)].map((row) => row.map(cellText))
  const widths = names.map((_name, column) => Math.min(MAX_WIDTH, Math.max(...cells.map((row) => displayWidth(row[column] ?? "")))))
  for (const [at, row] of cells.entries()) {
    output.line(
      row
        .map((cell, column) => pad(cell, widths[column] ?? 0, at > 0 && isNumber(types[column])))
        .join("  ")
        .trimEnd(),
    )
    if (at === 0) output.line(widths.map((width) => "-".repeat(width)).join("  "))
    await output.drained()
  }
  const count =
    rows.length > MAX_ROWS
      ? `more than ${MAX_ROWS} rows, the first ${MAX_ROWS} shown; --format csv prints all`
      : `${rows.length} ${rows.length === 1 ? "row" : "rows"}`
  output.line(`(${count})`)
  await output.end()
}

async function firstLines(pieces: AsyncIterable<Uint8Array>): Promise<unknown[][]> {
  const lines: unknown[][] = []
  const decoder = new TextDecoder()
  let rest = ""
  for await (const piece of pieces) {
    const parts = (rest + decoder.decode(piece, { stream: true })).split("\n")
    rest = parts.pop() ?? ""
    for (const line of parts) if (line !== "") lines.push(JSON.parse(line) as unknown[])
    // Names, types, the rows and one more, which tells that there are more.
    if (lines.length > MAX_ROWS + 2) break
  }
  if (rest !== "") lines.push(JSON.parse(rest) as unknown[])
  return lines
}

function cellText(value: unknown): string {
  const text = typeof value === "string" ? value : value === null ? "" : JSON.stringify(value)
  const visible = text.replace(
    UNSAFE,
    (character) => ESCAPED[character] ?? `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  )
  return displayWidth(visible) > MAX_WIDTH
    ? `${Array.from(visible)
        .slice(0, MAX_WIDTH - 1)
        .join("")}…`
    : visible
}

function pad(text: string, width: number, right: boolean): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)))
  return right ? space + text : text + space
}

function isNumber(type: unknown): boolean {
  return /^(?:Nullable\()?(?:U?Int|Float|Decimal)/.test(String(type))
}

/** Chinese, Japanese and Korean characters take two columns of a terminal. */
function displayWidth(text: string): number {
  let width = 0
  for (const character of text) width += WIDE.test(character) ? 2 : 1
  return width
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]|[\u{20000}-\u{3fffd}]/u
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g
const ESCAPED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }
const MAX_WIDTH = 80
const MAX_ROWS = 1_000

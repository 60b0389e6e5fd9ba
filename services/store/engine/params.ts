import type { EngineParams } from "./protocol.ts"

/** Query parameters as ClickHouse reads them from text; the engine binds them by `SET param_name`. */
export function textParams(params: Readonly<Record<string, unknown>> = {}): EngineParams {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      // A name goes into the statement as it is.
      if (!/^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(name)) throw new Error(`not a parameter name: ${JSON.stringify(name.slice(0, 100))}`)
      return [name, textOf(value)]
    }),
  )
}

function textOf(value: unknown): string {
  if (typeof value === "string") return escapeText(value)
  if (value === null || value === undefined) return "\\N"
  if (typeof value === "boolean") return value ? "1" : "0"
  if (Array.isArray(value)) return `[${value.map(elementOf).join(",")}]`
  return String(value)
}

function elementOf(value: unknown): string {
  if (typeof value === "string") return `'${escapeText(value)}'`
  if (value === null || value === undefined) return "NULL"
  return textOf(value)
}

function escapeText(value: string): string {
  return value.replace(/[\\\t\n\r'\0]/g, (character) => ESCAPES[character] ?? character)
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "'": "\\'", "\0": "\\0" }

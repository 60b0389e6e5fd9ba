// Front matter as the laxest client reads it: what one agent refuses another one runs. Each leniency that was needed is recorded.
import { parseDocument } from "yaml"

export interface FrontMatter {
  readonly fields: Readonly<Record<string, unknown>>
  readonly body: string
  /** "no-front-matter", "bom", "invalid-yaml", "duplicate-key", "unclosed", … */
  readonly problems: readonly string[]
}

export function readFrontMatter(text: string): FrontMatter {
  const problems: string[] = []
  let rest = text
  if (rest.startsWith("\ufeff")) {
    problems.push("bom")
    rest = rest.slice(1)
  }
  const lead = /^\s*/.exec(rest)?.[0] ?? ""
  if (lead !== "" && rest.startsWith("---", lead.length)) problems.push("leading-space")
  rest = rest.slice(lead.length)
  if (!/^---[ \t]*\r?\n/.test(rest)) return { fields: {}, body: rest, problems: [...problems, "no-front-matter"] }
  const start = rest.indexOf("\n") + 1
  const close = /^(?:---|\.\.\.)[ \t]*\r?$/m.exec(rest.slice(start))
  const yaml = close === null ? rest.slice(start, start + MAX_YAML) : rest.slice(start, start + close.index)
  if (close === null) problems.push("unclosed-front-matter")
  const body = close === null ? "" : rest.slice(start + close.index + close[0].length).replace(/^\r?\n/, "")
  return { fields: parseFields(yaml.slice(0, MAX_YAML), problems), body, problems }
}

function parseFields(yaml: string, problems: string[]): Record<string, unknown> {
  try {
    const document = parseDocument(yaml.replaceAll("\t", "  "), {
      uniqueKeys: false,
      maxAliasCount: MAX_ALIASES,
      logLevel: "silent",
    } as never)
    if (document.errors.length === 0) {
      const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES })
      if (hasDuplicateKeys(yaml)) problems.push("duplicate-key")
      if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
    }
  } catch {
    // alias bombs and the like end here; the lines are read below
  }
  problems.push("invalid-yaml")
  return readLines(yaml)
}

/** "key: value" lines with everything after the first colon as the value, as lenient loaders repair unquoted colons. */
function readLines(yaml: string): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  let last: string | undefined
  for (const line of yaml.split(/\r?\n/).slice(0, MAX_LINES)) {
    const pair = /^([A-Za-z][\w-]*)[ ]*:[ ]*(.*)$/.exec(line)
    if (pair?.[1] !== undefined) {
      last = pair[1]
      fields[last] = (pair[2] ?? "").replace(/^(["'])(.*)\1$/, "$2")
    } else if (last !== undefined && /^\s+\S/.test(line)) fields[last] = `${String(fields[last])} ${line.trim()}`.trim()
  }
  return fields
}

function hasDuplicateKeys(yaml: string): boolean {
  const keys = yaml.split(/\r?\n/).flatMap((line) => /^([A-Za-z][\w-]*)\s*:/.exec(line)?.[1] ?? [])
  return new Set(keys).size < keys.length
}

// A front matter is a few lines; the specification bounds name and description at 1,088 characters together.
const MAX_YAML = 64 * 1024
const MAX_LINES = 2_000
const MAX_ALIASES = 50

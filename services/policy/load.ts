// A policy file to a policy, or one clear error with line, column and a hint. The caller keeps the old policy when this throws.
import { type Document, isMap, isNode, LineCounter, parseDocument } from "yaml"
import type { z } from "zod"
import { ConfigError } from "../contracts/errors.ts"
import { type CountryLookup, compilePolicy, type Policy } from "./decide.ts"
import { budget, conditions, policyFile, policyRule, suppression } from "./schema.ts"

export function loadPolicy(text: string, name: string, countryOf?: CountryLookup): Policy {
  if (text.length > MAX_FILE) throw new ConfigError({ path: name, got: `${text.length} characters`, want: `at most ${MAX_FILE}` })
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const broken = document.errors[0]
  if (broken !== undefined) {
    const { line, col } = lines.linePos(broken.pos[0])
    throw new ConfigError({
      path: `${name}:${line}:${col}`,
      got: broken.message,
      want: "valid YAML",
      hint: "check indentation and quotes on this line",
    })
  }
  const parsed = policyFile.safeParse(document.toJS({ maxAliasCount: 20 }) ?? {})
  if (!parsed.success) throw describe(parsed.error.issues[0], { document, lines, name })
  refuseDuplicates("rules", parsed.data.rules, { document, lines, name })
  refuseDuplicates("budgets", parsed.data.budgets, { document, lines, name })
  return compilePolicy(parsed.data, countryOf)
}

interface Source {
  readonly document: Document.Parsed
  readonly lines: LineCounter
  readonly name: string
}

function describe(issue: z.core.$ZodIssue | undefined, source: Source): ConfigError {
  if (issue === undefined) return new ConfigError({ path: source.name, got: "an invalid file", want: "a policy" })
  const path = issue.path.map(String)
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0] ?? ""
    const known = knownKeys(path)
    const close = closest(key, known)
    return new ConfigError({
      path: `${place([...issue.path, key], source, true)} (${[...path, key].join(".")})`,
      got: `unknown key "${key}"`,
      want: `one of ${known.join(", ")}`,
      hint: close === undefined ? "remove it" : `did you mean "${close}"?`,
    })
  }
  const got = source.document.getIn(issue.path)
  return new ConfigError({
    path: `${place(issue.path, source, false)} (${path.join(".") || "top level"})`,
    got: got === undefined ? "nothing" : JSON.stringify(got),
    want: issue.message.replace(/^(?:Invalid (?:input|option): expected|want) /, ""),
    hint: "run egret policy check after the change",
  })
}

function refuseDuplicates(list: "rules" | "budgets", entries: readonly { id: string }[], source: Source): void {
  const seen = new Set<string>()
  for (const [index, { id }] of entries.entries()) {
    if (seen.has(id))
      throw new ConfigError({
        path: place([list, index, "id"], source, false),
        got: `a second "${id}" in ${list}`,
        want: "ids that are used once",
      })
    seen.add(id)
  }
}

/** file:line:column of the value at a path; of its key when the key itself is wrong. */
function place(path: readonly PropertyKey[], { document, lines, name }: Source, key: boolean): string {
  for (let depth = path.length; depth >= 0; depth--) {
    const offset = offsetOf(document, path.slice(0, depth), key && depth === path.length)
    if (offset === undefined) continue
    const { line, col } = lines.linePos(offset)
    return `${name}:${line}:${col}`
  }
  return `${name}:1:1`
}

function offsetOf(document: Document.Parsed, path: readonly PropertyKey[], key: boolean): number | undefined {
  if (key) {
    const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
    if (!isMap(parent)) return undefined
    const pair = parent.items.find((item) => isNode(item.key) && String(item.key) === String(path.at(-1)))
    return isNode(pair?.key) ? pair.key.range?.[0] : undefined
  }
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true)
  return isNode(node) ? node.range?.[0] : undefined
}

function knownKeys(path: readonly string[]): string[] {
  if (path[0] === "rules") return Object.keys(path[2] === "when" ? conditions.shape : policyRule.shape)
  if (path[0] === "budgets") return Object.keys(path[2] === "when" ? budget.shape.when.unwrap().shape : budget.shape)
  if (path[0] === "suppress") return Object.keys(path[2] === "when" ? suppression.shape.when.shape : suppression.shape)
  if (path[0] === "allow_only") return path.length === 1 ? ["models", "mcp_servers", "tools", "hosts"] : ["values", "action"]
  if (path[0] === "access")
    return path.length === 1 ? ["country", "email_domain", "country_header", "country_database", "email_header"] : ["mode", "values"]
  return Object.keys(policyFile.shape)
}

function closest(word: string, candidates: readonly string[]): string | undefined {
  const scored = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .sort((a, b) => a.distance - b.distance)
  const best = scored[0]
  return best !== undefined && best.distance <= Math.max(2, word.length / 3) ? best.candidate : undefined
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= Math.min(a.length, 64); i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length] ?? 0
}

// A thousand long rules fit many times over.
const MAX_FILE = 2_000_000

// Turns what zod says into what an operator can act on: place, path, got, want, and an example taken from the schema itself.
import { z } from "zod"
import { config } from "../../contracts/config/config.ts"
import { ConfigError } from "../../contracts/errors.ts"
import type { ConfigPath } from "./yaml-source.ts"

interface Written {
  readonly value: unknown
  placeOf(path: ConfigPath): string
}

type Issue = z.core.$ZodIssue

export function explainIssue(issue: Issue, written: Written): ConfigError[] {
  const path = issue.path.map((segment) => (typeof segment === "number" ? segment : String(segment)))
  const rule = schemaAt(path)
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey([...path, key], rule, written))
  return [
    new ConfigError({
      path: path.join(".") || "configuration",
      place: written.placeOf(path),
      got: rule?.writeOnly === true ? hiddenGot(valueAt(written.value, path)) : show(valueAt(written.value, path)),
      want: wantOf(issue),
      hint: hintOf(path, rule),
    }),
  ]
}

function unknownKey(path: ConfigPath, parent: Rule | undefined, written: Written): ConfigError {
  const known = Object.keys(parent?.properties ?? {})
  const key = String(path.at(-1))
  const near = known.filter((name) => distance(name.toLowerCase(), key.toLowerCase()) <= (key.length < 4 ? 1 : 2))
  return new ConfigError({
    path: path.join("."),
    place: written.placeOf(path),
    got: "an unknown key",
    want: known.length === 0 ? "nothing here" : `one of ${known.join(", ")}`,
    hint: near.length === 0 ? "" : `did you mean ${near.join(" or ")}?`,
  })
}

function wantOf(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return TYPES[issue.expected] ?? issue.expected
    case "invalid_value":
      return issue.values.length === 1 ? show(issue.values[0]) : `one of ${issue.values.map(show).join(", ")}`
    case "too_small":
      return `at least ${issue.minimum}${unitOf(issue.origin)}`
    case "too_big":
      return `at most ${issue.maximum}${unitOf(issue.origin)}`
    case "invalid_format":
      return issue.format === "url" ? "a URL" : issue.message
    default:
      return issue.message
  }
}

function unitOf(origin: string): string {
  if (origin === "string") return " characters"
  return origin === "array" || origin === "set" ? " entries" : ""
}

function hintOf(path: ConfigPath, rule: Rule | undefined): string {
  const example = rule?.examples?.[0] ?? rule?.default
  const parts = [
    rule?.description?.replace(/\.$/, ""),
    example === undefined ? undefined : `example: ${String(path.at(-1))}: ${JSON.stringify(example)}`,
  ]
  return parts.filter((part) => part !== undefined).join("; ")
}

interface Rule {
  readonly type?: string
  readonly description?: string
  readonly examples?: readonly unknown[]
  readonly default?: unknown
  readonly writeOnly?: boolean
  readonly properties?: Readonly<Record<string, Rule>>
  readonly additionalProperties?: Rule | boolean
  readonly items?: Rule | boolean
  readonly anyOf?: readonly Rule[]
  readonly oneOf?: readonly Rule[]
  readonly allOf?: readonly Rule[]
}

function schemaAt(path: ConfigPath): Rule | undefined {
  jsonSchema ??= z.toJSONSchema(config, { io: "input", unrepresentable: "any", reused: "inline" }) as Rule
  return path.reduce<Rule | undefined>((rule, segment) => (rule === undefined ? undefined : childOf(rule, segment)), jsonSchema)
}

function childOf(rule: Rule, segment: string | number): Rule | undefined {
  const own = typeof segment === "number" ? rule.items : (rule.properties?.[segment] ?? rule.additionalProperties)
  if (typeof own === "object") return own
  for (const variant of [...(rule.anyOf ?? []), ...(rule.oneOf ?? []), ...(rule.allOf ?? [])]) {
    const found = childOf(variant, segment)
    if (found !== undefined) return found
  }
  return undefined
}

function valueAt(value: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>(
    (at, segment) => (typeof at === "object" && at !== null ? (at as Record<string, unknown>)[segment] : undefined),
    value,
  )
}

function show(value: unknown): string {
  if (value === undefined) return "nothing"
  if (Array.isArray(value)) return value.length > 3 ? "a list" : JSON.stringify(value)
  if (typeof value === "object" && value !== null) return "a section"
  const text = typeof value === "bigint" ? String(value) : JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}

function hiddenGot(value: unknown): string {
  return value === undefined ? "nothing" : "something that is not a reference (not shown)"
}

/** Levenshtein over short key names. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length] ?? 0
}

const TYPES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a section",
  record: "a section",
}
let jsonSchema: Rule | undefined

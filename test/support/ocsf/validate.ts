// Checks a record against what OCSF 1.8 publishes about its class: required attributes, no unknown ones, types, enumerations, constraints, profiles.
import { readFileSync } from "node:fs"
import { isIP } from "node:net"

type Attribute = readonly [type: string, required: string, list: string, values?: readonly string[]]
interface Kind {
  readonly constraints: Readonly<Record<string, readonly string[]>>
  readonly attributes: Readonly<Record<string, Attribute>>
}
interface Facts {
  readonly version: string
  readonly profiles: Readonly<Record<string, readonly string[]>>
  readonly classes: Readonly<Record<string, Kind & { readonly name: string; readonly profiles: readonly string[] }>>
  readonly objects: Readonly<Record<string, Kind>>
}

const facts = JSON.parse(readFileSync(new URL("ocsf-1.8.json", import.meta.url), "utf8")) as Facts

/** What is wrong, with its place; nothing when the record is as the schema wants it. */
export function ocsfProblems(record: Readonly<Record<string, unknown>>): string[] {
  const kind = facts.classes[String(record["class_uid"])]
  if (kind === undefined) return [`class_uid ${String(record["class_uid"])} is not one of ours`]
  const problems = problemsOf(record, kind, "")
  const metadata = (record["metadata"] ?? {}) as { version?: unknown; profiles?: unknown }
  const named = Array.isArray(metadata.profiles) ? (metadata.profiles as string[]) : []
  for (const profile of named) if (!kind.profiles.includes(profile)) problems.push(`${kind.name} has no profile ${profile}`)
  for (const [profile, names] of Object.entries(facts.profiles))
    for (const name of names) if (name in record && !named.includes(profile)) problems.push(`${name} needs the profile ${profile}`)
  if (metadata.version !== facts.version) problems.push(`metadata.version is ${String(metadata.version)}`)
  if (record["type_uid"] !== Number(record["class_uid"]) * 100 + Number(record["activity_id"]))
    problems.push("type_uid is not class_uid * 100 + activity_id")
  if (record["activity_id"] === 99 && record["activity_name"] === undefined) problems.push("activity_id 99 without activity_name")
  return problems
}

function problemsOf(value: Readonly<Record<string, unknown>>, { attributes, constraints }: Kind, at: string): string[] {
  const problems: string[] = []
  for (const [name, [, required]] of Object.entries(attributes))
    if (required !== "" && value[name] === undefined) problems.push(`${at}${name} is required`)
  for (const [name, one] of Object.entries(value)) {
    const attribute = attributes[name]
    if (attribute === undefined) problems.push(`${at}${name} is not in the schema`)
    else problems.push(...attributeProblems(one, attribute, `${at}${name}`))
  }
  const oneOf = constraints["at_least_one"]
  if (oneOf !== undefined && !oneOf.some((name) => value[name] !== undefined)) problems.push(`${at} needs one of ${oneOf.join(", ")}`)
  return problems
}

function attributeProblems(value: unknown, [type, , list, values]: Attribute, at: string): string[] {
  if (list !== "") {
    if (!Array.isArray(value)) return [`${at} is not a list`]
    const one: Attribute = values === undefined ? [type, "", ""] : [type, "", "", values]
    return value.flatMap((each, index) => attributeProblems(each, one, `${at}[${index}]`))
  }
  if (values !== undefined && !values.includes(String(value))) return [`${at} ${String(value)} is not one of its values`]
  const basic = basicTypes[type]
  if (basic !== undefined) return basic(value) ? [] : [`${at} ${JSON.stringify(value)} is no ${type}`]
  if (type === "object") return typeof value === "object" ? [] : [`${at} is no object`]
  const kind = facts.objects[type]
  if (kind === undefined) return [`${at}: the facts do not hold ${type}; add it in scripts/ocsf-facts.mjs`]
  return typeof value === "object" && value !== null
    ? problemsOf(value as Record<string, unknown>, kind, `${at}.`)
    : [`${at} is no ${type}`]
}

const text = (value: unknown) => typeof value === "string"
const integer = (value: unknown) => Number.isSafeInteger(value)
const basicTypes: Readonly<Record<string, (value: unknown) => boolean>> = {
  string_t: text,
  file_hash_t: text,
  file_name_t: text,
  file_path_t: text,
  hostname_t: text,
  url_t: (value) => typeof value === "string" && URL.canParse(value),
  username_t: text,
  integer_t: integer,
  long_t: integer,
  port_t: (value) => integer(value) && Number(value) >= 0 && Number(value) <= 65_535,
  // Milliseconds: seconds or microseconds would be far off.
  timestamp_t: (value) => integer(value) && Number(value) > 1e12 && Number(value) < 1e13,
  boolean_t: (value) => typeof value === "boolean",
  ip_t: (value) => typeof value === "string" && isIP(value) !== 0,
  json_t: (value) => value !== undefined,
}

// `egret explain`: one finding, told to a person.
import type { Command } from "commander"
import { ConfigError } from "../../contracts/errors.ts"
import { type StoreChoice, storeFrom } from "../policy/source.ts"

export function addExplain(program: Command): void {
  program
    .command("explain")
    .description("Tell all about one finding: what was seen, where, why it matters, what was decided, by which rule, and what changes it.")
    .argument("<finding>", "id of the finding, or the first characters of it")
    .option("-c, --config <file>", "configuration that names the store (default: EGRET_CONFIG, ./egret.yaml, /etc/egret/egret.yaml)")
    .option("-d, --data <directory>", "directory of an embedded store, instead of the configured store")
    .addHelpText(
      "after",
      '\nThe clear text of a match is never shown here: the content role reads it in the activity.\n\nExamples:\n  $ egret query "SELECT id, rule, severity FROM finding ORDER BY at DESC LIMIT 5"\n  $ egret explain 3f9a0c51',
    )
    .action(explain)
}

async function explain(id: string, choice: StoreChoice): Promise<void> {
  if (!/^[0-9a-f]{4,64}$/i.test(id))
    throw new ConfigError({ path: "finding", got: id, want: "an id of hexadecimal digits, at least the first four" })
  const store = await storeFrom(choice)
  try {
    const rows = await store.query<FindingRow>(
      "SELECT *, toString(finding.at) AS seen, toString(severity) AS level FROM finding WHERE startsWith(id, {id:String}) ORDER BY finding.at DESC LIMIT 2",
      { id: id.toLowerCase() },
    )
    const [row, other] = rows
    if (row === undefined)
      throw new ConfigError({
        path: "finding",
        got: id,
        want: "the id of a stored finding",
        hint: 'egret query "SELECT id, rule FROM finding ORDER BY at DESC LIMIT 20"',
      })
    if (other !== undefined && other.id !== row.id)
      throw new ConfigError({
        path: "finding",
        got: id,
        want: "more characters of the id",
        hint: `${row.id} and ${other.id} both begin so`,
      })
    const events = await store.query<EventRow>(
      "SELECT id, title, status, toUInt64(count) AS n FROM events WHERE has(findings, {id:String}) LIMIT 5",
      { id: row.id },
    )
    process.stdout.write(`${tell(row, events).join("\n")}\n`)
  } finally {
    await store.close()
  }
}

function tell(row: FindingRow, events: readonly EventRow[]): string[] {
  const where = row.server_address === "" ? row.server_ip : row.server_address
  return [
    `${row.title}  [${row.level}, confidence ${Math.round(row.confidence * 100)} %]`,
    "",
    `rule         ${row.rule} (${row.family})`,
    `when         ${row.seen} UTC`,
    `who          ${row.gen_ai_agent_name || "unknown agent"} on ${row.workload_id}`,
    `where        ${row.direction} ${where}:${row.server_port} (${row.destination_class || "unknown"}), ${row.activity_kind} ${row.activity_id}`,
    `evidence     ${shown(row.masked)}`,
    `             in ${row.place} at ${row.path || "-"}, characters ${row.span_start} to ${row.span_end}${row.decoded.length === 0 ? "" : `, after decoding ${row.decoded.join(", ")}`}`,
    ...(row.masked_context === "" ? [] : [`context      ${shown(row.masked_context)}`]),
    `why          ${shown(row.reason)}`,
    ...(row.facts === "{}" ? [] : [`facts        ${shown(row.facts)}`]),
    ...(row.related.length === 0 ? [] : [`rests on     ${row.related.join(", ")}`]),
    ...(row.references.length === 0 ? [] : [`references   ${row.references.join(", ")}`]),
    "",
    `decision     ${row.action}${row.enforced ? "" : " (wanted; seen where it cannot be done)"}`,
    `by rule      ${row.policy_rule}: ${row.policy_reason}`,
    `to change    ${row.policy_knob || "-"}`,
    ...events.map(({ id, title, status, n }) => `event        ${id}: ${title}, ${status}, ${n} times`),
  ]
}

/** A terminal must not obey what an attacker wrote. */
function shown(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}

interface EventRow {
  readonly id: string
  readonly title: string
  readonly status: string
  readonly n: number | string
}
type FindingRow = Readonly<
  Record<
    | "id"
    | "title"
    | "level"
    | "rule"
    | "family"
    | "seen"
    | "gen_ai_agent_name"
    | "workload_id"
    | "direction"
    | "server_address"
    | "server_ip"
    | "destination_class"
    | "activity_kind"
    | "activity_id"
    | "masked"
    | "masked_context"
    | "place"
    | "path"
    | "reason"
    | "facts"
    | "action"
    | "policy_rule"
    | "policy_reason"
    | "policy_knob",
    string
  >
> & {
  readonly confidence: number
  readonly server_port: number
  readonly span_start: number
  readonly span_end: number
  readonly enforced: boolean
  readonly decoded: readonly string[]
  readonly related: readonly string[]
  readonly references: readonly string[]
}

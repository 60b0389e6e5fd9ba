// What another policy would have done: stored findings and activities are decided again, without reading their content.

import { classOf } from "../../../detectors/destinations/classify.ts"
import type { Action } from "../../contracts/finding.ts"
import type { Severity } from "../../contracts/severity.ts"
import type { StoreReader } from "../../contracts/store.ts"
import { actionRank, type Policy } from "../../policy/decide.ts"
import type { PolicyFacts } from "../../policy/facts.ts"

export interface Change {
  readonly what: string
  readonly agent: string
  readonly destination: string
  readonly from: Action | "nothing"
  readonly to: Action | "nothing"
  readonly rule: string
  readonly count: number
}

export interface Difference {
  readonly findings: number
  readonly activities: number
  readonly changes: readonly Change[]
}

export async function difference(
  store: StoreReader,
  { before, after, days }: { before: Policy; after: Policy; days: number },
): Promise<Difference> {
  const findings = await store.query<FindingRow>(FINDINGS, { days })
  const activities = await store.query<ActivityRow>(ACTIVITIES, { days })
  const changes = new Map<string, Change>()
  for (const row of findings) compareFinding(row, { before, after, changes })
  for (const row of activities) compareActivity(row, { before, after, changes })
  return {
    findings: findings.reduce((sum, { n }) => sum + Number(n), 0),
    activities: activities.reduce((sum, { n }) => sum + Number(n), 0),
    changes: [...changes.values()].sort((a, b) => rankOf(b.to) - rankOf(a.to) || b.count - a.count),
  }
}

interface Comparison {
  readonly before: Policy
  readonly after: Policy
  readonly changes: Map<string, Change>
}

function compareFinding(row: FindingRow, { before, after, changes }: Comparison): void {
  const facts = { ...factsOfRow(row), destinationClass: row.class }
  const finding = { rule: row.rule, family: row.family, severity: row.severity, confidence: row.confidence, place: row.place }
  const old = before.decide(facts, finding)
  const now = after.decide(facts, finding)
  if (old.action !== now.action)
    add(changes, {
      what: row.rule,
      agent: row.agent,
      destination: row.host,
      from: old.action,
      to: now.action,
      rule: now.rule,
      count: Number(row.n),
    })
}

/** Lists and rules about any activity object to what no detector found. */
function compareActivity(row: ActivityRow, { before, after, changes }: Comparison): void {
  const facts = factsOfRow(row)
  const old = new Map(before.violations(facts).map((violation) => [violation.reason, violation]))
  const now = new Map(after.violations(facts).map((violation) => [violation.reason, violation]))
  for (const [reason, { action, rule }] of now) {
    const from = old.get(reason)?.action ?? "nothing"
    if (from !== action)
      add(changes, { what: reason, agent: row.agent, destination: row.host, from, to: action, rule, count: Number(row.n) })
  }
  for (const [reason, { action, rule }] of old)
    if (!now.has(reason))
      add(changes, { what: reason, agent: row.agent, destination: row.host, from: action, to: "nothing", rule, count: Number(row.n) })
}

function add(changes: Map<string, Change>, change: Change): void {
  const key = [change.what, change.agent, change.destination, change.from, change.to].join("\n")
  const known = changes.get(key)
  changes.set(key, known === undefined ? change : { ...known, count: known.count + change.count })
}

function rankOf(action: Change["to"]): number {
  return action === "nothing" ? -1 : actionRank[action]
}

interface Common {
  readonly kind: string
  readonly agent: string
  readonly workload: string
  readonly egress: string
  readonly host: string
  readonly ip: string
  readonly port: number
  readonly provider: string
  readonly vantage: string
  readonly client: string
  readonly models: readonly string[]
  readonly tools: readonly string[]
  readonly method: string
  readonly server_name: string
  readonly direction: string
  readonly at: number | string
  readonly n: number | string
}
interface FindingRow extends Common {
  readonly class: string
  readonly rule: string
  readonly family: string
  readonly severity: Severity
  readonly confidence: number
  readonly place: string
}
type ActivityRow = Common

function factsOfRow(row: Common): PolicyFacts {
  return {
    at: Number(row.at),
    vantage: row.vantage === "gateway" || row.vantage === "sdk" ? row.vantage : "mirror",
    kind: row.kind,
    agent: row.agent,
    workload: row.workload,
    ...(row.egress === "" ? {} : { egressIp: row.egress }),
    host: row.host,
    ip: row.ip,
    port: Number(row.port),
    destinationClass: classOf({ kind: row.kind, host: row.host, ip: row.ip, provider: row.provider || undefined }),
    application: row.kind,
    ...(row.provider === "" ? {} : { provider: row.provider }),
    models: row.models.filter((model) => model !== ""),
    tools: row.tools.filter((tool) => tool !== ""),
    method: row.method,
    ...(row.kind === "mcp" ? { mcpServer: row.host || row.server_name } : {}),
    // Headers are content, which a test of a policy does not read: countries come from the database, nobody's e-mail is known.
    ...(row.direction === "inbound"
      ? { direction: "inbound" as const, caller: { ip: row.client, headers: {} } }
      : { direction: "outbound" as const }),
  }
}

// What a policy may ask of an activity, from its columns.
const ASKED = `vantage, client_ip AS client, arrayDistinct([gen_ai_request_model, gen_ai_response_model]) AS models,
  arrayDistinct(arrayConcat(llm_tools_invoked, [gen_ai_tool_name])) AS tools, mcp_server_name AS server_name,
  multiIf(kind = 'mcp', mcp_method_name, kind = 'llm', gen_ai_operation_name, kind = 'dns', dns_question_type, kind = 'a2a', a2a_method, http_request_method) AS method`
const PLACE = `workload_id AS workload, egress_ip AS egress, server_address AS host, server_ip AS ip, server_port AS port, gen_ai_provider_name AS provider, direction`
// Rules about time see the hour of each group, which is why it is part of the grouping.
const HOUR = (table: string) => `toUnixTimestamp64Micro(toDateTime64(toStartOfHour(${table}.at), 6, 'UTC')) AS at, count() AS n`
const FINDINGS = `SELECT activity_kind AS kind, gen_ai_agent_name AS agent, ${PLACE}, destination_class AS class, rule, family, toString(severity) AS severity,
  round(confidence, 2) AS confidence, place, vantage, client, models, tools, server_name, method, ${HOUR("finding")}
  FROM finding LEFT ANY JOIN (SELECT id AS activity_id, ${ASKED} FROM activity WHERE id IN (SELECT activity_id FROM finding WHERE finding.at >= now() - toIntervalDay({days:UInt32}))) AS seen USING (activity_id)
  WHERE finding.at >= now() - toIntervalDay({days:UInt32}) AND family NOT IN ('policy', 'access') GROUP BY ALL LIMIT 100000`
const ACTIVITIES = `SELECT kind, gen_ai_agent_name AS agent, ${PLACE.replace("server_address AS host", "if(kind = 'dns', dns_question_name, server_address) AS host")}, ${ASKED}, ${HOUR("activity")}
  FROM activity WHERE activity.at >= now() - toIntervalDay({days:UInt32}) GROUP BY ALL LIMIT 200000`

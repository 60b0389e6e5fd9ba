import { z } from "zod"
import { asMicros, defineQuery, micros, Where } from "./named-query.ts"
import { cursor, limit, timeRange } from "./params.ts"

const strings = z.array(z.string().max(2_000)).max(100).optional()

export interface JudgementRow {
  readonly id: string
  readonly severity: string
  readonly title: string
  readonly [column: string]: unknown
}

const findingFilters = z.object({
  severity: strings,
  family: strings,
  rule: strings,
  agent: strings,
  host: strings,
  provider: strings,
  destinationClass: strings,
  direction: strings,
  fingerprint: strings,
  activity: strings,
  action: strings,
  egressIp: strings,
  id: strings,
})

export const findings = defineQuery<JudgementRow & { readonly at: number; readonly rule: string }>()({
  name: "findings",
  description: "What detectors found, newest first, page by page. Matches are masked.",
  params: timeRange.extend({
    filters: findingFilters.default({}),
    search: z.string().max(200).optional(),
    before: cursor.optional(),
    limit,
  }),
  build: (params) => {
    const { filters } = params
    const where = new Where().range("finding.at", params)
    where
      .oneOf("severity", filters.severity)
      .oneOf("family", filters.family)
      .oneOf("rule", filters.rule)
      .oneOf("gen_ai_agent_id", filters.agent)
    where
      .oneOf("server_address", filters.host)
      .oneOf("gen_ai_provider_name", filters.provider)
      .oneOf("destination_class", filters.destinationClass)
    where.oneOf("direction", filters.direction).oneOf("fingerprint", filters.fingerprint).oneOf("activity_id", filters.activity)
    where.oneOf("action", filters.action).oneOf("egress_ip", filters.egressIp).oneOf("id", filters.id)
    if (params.search !== undefined)
      where.and("positionCaseInsensitiveUTF8(concat(title, ' ', reason, ' ', rule), {search:String}) > 0", { search: params.search })
    if (params.before !== undefined)
      where.and(`(finding.at, id) < (${micros("before_at")}, {before_id:String})`, {
        before_at: params.before.at,
        before_id: params.before.id,
      })
    return {
      sql: `SELECT * EXCEPT (at, stored_at), ${asMicros("finding.at", "at")} FROM finding WHERE ${where} ORDER BY finding.at DESC, id DESC LIMIT {limit:UInt32}`,
      params: { ...where.params, limit: params.limit },
    }
  },
})

export const findingCounts = defineQuery<{ readonly bucket: number; readonly series: string; readonly count: number }>()({
  name: "finding-counts",
  description: "Findings over time by severity, family, rule, agent or destination.",
  params: timeRange.extend({
    bucketSeconds: z.number().int().min(1).max(31_536_000).default(3_600),
    by: z.enum(["severity", "family", "rule", "gen_ai_agent_name", "server_address"]).default("severity"),
  }),
  build: (params) => {
    const where = new Where().range("at", params)
    return {
      sql: `SELECT toUnixTimestamp(toStartOfInterval(at, toIntervalSecond({bucket_seconds:UInt32}))) * 1000000 AS bucket, toString(${params.by}) AS series, count() AS count
FROM finding WHERE ${where} GROUP BY bucket, series ORDER BY bucket, series LIMIT 50000`,
      params: { ...where.params, bucket_seconds: params.bucketSeconds },
    }
  },
})

const EVENT_COLUMNS = `* EXCEPT (stored_at, first_seen, last_seen, suppression_until), ${asMicros("events.first_seen", "first_seen")}, ${asMicros("events.last_seen", "last_seen")}, ${asMicros("events.suppression_until", "suppression_until")}`

export const events = defineQuery<JudgementRow & { readonly status: string; readonly revision: number; readonly last_seen: number }>()({
  name: "events",
  description: "Security events, the latest first, page by page. The cursor's `at` is the event's last_seen.",
  params: timeRange.extend({
    status: strings,
    severity: strings,
    class: strings,
    agent: strings,
    assignee: strings,
    host: strings,
    rule: z.string().optional(),
    search: z.string().max(200).optional(),
    /** "worst" is for the top of a list: cursors go on from the latest only. */
    order: z.enum(["latest", "worst"]).optional(),
    before: cursor.optional(),
    limit,
  }),
  build: (params) => {
    const where = new Where().range("events.last_seen", params)
    where
      .oneOf("status", params.status)
      .oneOf("severity", params.severity)
      .oneOf("class", params.class)
      .oneOf("gen_ai_agent_id", params.agent)
    where.oneOf("assignee", params.assignee).oneOf("server_address", params.host)
    if (params.rule !== undefined) where.and("has(rules, {rule:String})", { rule: params.rule })
    if (params.search !== undefined)
      where.and("positionCaseInsensitiveUTF8(concat(title, ' ', summary), {search:String}) > 0", { search: params.search })
    if (params.before !== undefined)
      where.and(`(events.last_seen, id) < (${micros("before_at")}, {before_id:String})`, {
        before_at: params.before.at,
        before_id: params.before.id,
      })
    return {
      sql: `SELECT ${EVENT_COLUMNS} FROM events WHERE ${where} ORDER BY ${params.order === "worst" ? "severity DESC, " : ""}events.last_seen DESC, id DESC LIMIT {limit:UInt32}`,
      params: { ...where.params, limit: params.limit },
    }
  },
})

export const eventById = defineQuery<JudgementRow & { readonly revision: number }>()({
  name: "event-by-id",
  description: "One security event in its newest revision.",
  params: z.object({ id: z.string() }),
  build: ({ id }) => ({ sql: `SELECT ${EVENT_COLUMNS} FROM events WHERE id = {id:String}`, params: { id } }),
})

export const eventHistory = defineQuery<{
  readonly revision: number
  readonly status: string
  readonly assignee: string
  readonly stored_at: string
}>()({
  name: "event-history",
  description: "The revisions of one event that merges have left.",
  params: z.object({ id: z.string() }),
  build: ({ id }) => ({
    sql: "SELECT revision, status, assignee, count, stored_at FROM event WHERE id = {id:String} ORDER BY revision",
    params: { id },
  }),
})

export const eventCounts = defineQuery<{
  readonly status: string
  readonly severity: string
  readonly class: string
  readonly count: number
}>()({
  name: "event-counts",
  description: "Events by status, severity and class.",
  params: timeRange,
  build: (params) => {
    const where = new Where().range("events.last_seen", params)
    return {
      sql: `SELECT status, severity, class, count() AS count FROM events WHERE ${where} GROUP BY status, severity, class ORDER BY severity DESC, status, class`,
      params: where.params,
    }
  },
})

export const verdicts = defineQuery<{
  readonly sha256: string
  readonly engine: string
  readonly result: string
  readonly score: number
}>()({
  name: "verdicts",
  description: "What engines said of files and skills.",
  params: timeRange.extend({ sha256: z.string().optional(), subject: z.enum(["file", "skill"]).optional(), result: strings, limit }),
  build: (params) => {
    const where = new Where()
      .range("verdicts.submitted_at", params)
      .equals("sha256", params.sha256)
      .equals("subject", params.subject)
      .oneOf("result", params.result)
    return {
      sql: `SELECT * EXCEPT (stored_at, revision, submitted_at, completed_at), ${asMicros("verdicts.submitted_at", "submitted_at")}, ${asMicros("verdicts.completed_at", "completed_at")}
FROM verdicts WHERE ${where} ORDER BY verdicts.submitted_at DESC, id LIMIT {limit:UInt32}`,
      params: { ...where.params, limit: params.limit },
    }
  },
})

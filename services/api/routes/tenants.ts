// Access blocks by country and e-mail domain, per tenant, in the form that other agent firewalls' consoles expect.
import { createRoute, z } from "@hono/zod-openapi"
import type { Api } from "../api.ts"
import { needs } from "../auth.ts"
import type { ApiParts } from "../parts.ts"
import { ProblemError } from "../problem.ts"
import { jsonReply } from "./openapi.ts"

const range = {
  days: z.coerce.number().int().min(0).max(3_650).default(30),
  start_date: z.string().optional(),
  end_date: z.string().optional(),
}
const eventsQuery = z.object({
  rule_type: z.enum(["geo", "domain"]).optional(),
  user_email: z.string().max(320).optional(),
  ...range,
  limit: z.coerce.number().int().min(1).max(1_000).default(50),
  offset: z.coerce.number().int().min(0).default(0),
})
const statsQuery = z.object({ ...range, top_n: z.coerce.number().int().min(1).max(100).default(10) })
const block = z.object({
  timestamp: z.string(),
  user_email: z.string(),
  rule_type: z.string(),
  rule_mode: z.string(),
  blocked_value: z.string(),
  country: z.string(),
  agent_id: z.string(),
  reason: z.string(),
})

export function addTenantRoutes(app: Api, parts: ApiParts): void {
  const params = z.object({ id: z.string().max(200) })
  const common = { tags: ["tenants"], middleware: needs("read") }
  app.openapi(
    createRoute({
      ...common,
      method: "get",
      path: "/tenants/{id}/firewall/events",
      summary: "Requests that were blocked by country or e-mail domain, newest first",
      request: { params, query: eventsQuery },
      responses: jsonReply(z.object({ total: z.number(), limit: z.number(), offset: z.number(), events: z.array(block) })),
    }),
    async (context) => {
      const query = context.req.valid("query")
      const { where, values } = conditions(context.req.valid("param").id, query, parts.now())
      if (query.rule_type !== undefined) {
        where.push(`${TYPE} = {type:String}`)
        values["type"] = query.rule_type
      }
      if (query.user_email !== undefined) {
        where.push(`${fact("userEmail")} = {email:String}`)
        values["email"] = query.user_email
      }
      const events = await parts.store.query<z.infer<typeof block>>(
        `SELECT ${BLOCK_COLUMNS} FROM findings WHERE ${where.join(" AND ")} ORDER BY findings.at DESC, id LIMIT {limit:UInt32} OFFSET {offset:UInt32}`,
        { ...values, limit: query.limit, offset: query.offset },
      )
      const [count] = await parts.store.query<{ total: number }>(
        `SELECT count() AS total FROM findings WHERE ${where.join(" AND ")}`,
        values,
      )
      return context.json({ total: count?.total ?? 0, limit: query.limit, offset: query.offset, events }, 200)
    },
  )
  app.openapi(
    createRoute({
      ...common,
      method: "get",
      path: "/tenants/{id}/firewall/stats",
      summary: "Totals of blocked requests, with the most frequent values and people",
      request: { params, query: statsQuery },
      responses: jsonReply(z.looseObject({})),
    }),
    async (context) => {
      const query = context.req.valid("query")
      const { where, values } = conditions(context.req.valid("param").id, query, parts.now())
      const top = (expression: string) =>
        parts.store.query<{ value: string; count: number }>(
          `SELECT ${expression} AS value, count() AS count FROM findings WHERE ${where.join(" AND ")} AND value != '' GROUP BY value ORDER BY count DESC, value LIMIT {top:UInt32}`,
          { ...values, top: query.top_n },
        )
      const [byType, topValues, topUsers] = await Promise.all([top(TYPE), top(fact("blockedValue")), top(fact("userEmail"))])
      return context.json(
        {
          total_blocks: byType.reduce((total, row) => total + row.count, 0),
          by_rule_type: Object.fromEntries(byType.map((row) => [row.value, row.count])),
          top_blocked_values: topValues,
          top_blocked_users: topUsers,
        },
        200,
      )
    },
  )
}

interface Range {
  readonly days: number
  readonly start_date?: string | undefined
  readonly end_date?: string | undefined
}

/** `days=0` is all time; explicit dates win. The tenant "default" is everything that names no tenant. */
function conditions(
  tenant: string,
  { days, start_date, end_date }: Range,
  now: number,
): { where: string[]; values: Record<string, unknown> } {
  const where = ["family = 'access'", tenant === "default" ? `${fact("tenant")} IN ('', 'default')` : `${fact("tenant")} = {tenant:String}`]
  const values: Record<string, unknown> = tenant === "default" ? {} : { tenant }
  const from = start_date === undefined ? (days === 0 ? undefined : now - days * DAY) : dateOf("start_date", start_date)
  if (from !== undefined) {
    where.push("findings.at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')")
    values["from"] = from
  }
  if (end_date !== undefined) {
    where.push("findings.at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')")
    // A bare date means the whole of that day.
    values["to"] = dateOf("end_date", end_date) + (/^\d{4}-\d{2}-\d{2}$/.test(end_date) ? DAY : 0)
  }
  return { where, values }
}

function dateOf(field: string, text: string): number {
  const time = Date.parse(text)
  if (Number.isNaN(time))
    throw new ProblemError({ status: 422, title: "Not a date", detail: `"${text}": give 2026-11-21 or an ISO time`, field })
  return time
}

function fact(name: string): string {
  return `JSONExtractString(facts, '${name}')`
}

const TYPE = fact("ruleType")
const BLOCK_COLUMNS = `formatDateTime(findings.at, '%Y-%m-%dT%H:%i:%SZ', 'UTC') AS timestamp, ${fact("userEmail")} AS user_email, ${TYPE} AS rule_type, ${fact("ruleMode")} AS rule_mode, ${fact("blockedValue")} AS blocked_value, ${fact("country")} AS country, gen_ai_agent_id AS agent_id, reason`
const DAY = 86_400_000

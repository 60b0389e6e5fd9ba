import { z } from "zod"
import { asMicros, defineQuery, micros, Where } from "./named-query.ts"
import { cursor, limit, timeRange } from "./params.ts"
import { parseSearch, searchCondition } from "./text-search.ts"

/** Columns a caller may filter by equality with one of several values. */
export const activityFilters = {
  kind: "kind",
  sensor: "sensor",
  vantage: "vantage",
  direction: "direction",
  agent: "gen_ai_agent_id",
  agentName: "gen_ai_agent_name",
  workload: "workload_id",
  egressIp: "egress_ip",
  clientIp: "client_ip",
  serverIp: "server_ip",
  host: "server_address",
  flow: "flow_id",
  id: "id",
  provider: "gen_ai_provider_name",
  operation: "gen_ai_operation_name",
  model: "gen_ai_request_model",
  responseModel: "gen_ai_response_model",
  responseId: "gen_ai_response_id",
  conversation: "gen_ai_conversation_id",
  tool: "gen_ai_tool_name",
  mcpMethod: "mcp_method_name",
  mcpServer: "mcp_server_name",
  mcpSession: "mcp_session_id",
  method: "http_request_method",
  path: "url_path",
  decryption: "tls_decryption",
  ja4: "tls_ja4",
  dnsName: "dns_question_name",
  fileName: "file_name",
  fileSha256: "file_sha256",
  mediaType: "file_media_type",
  skill: "skill_name",
  skillHash: "skill_hash",
  anomaly: "anomaly_code",
  completeness: "completeness",
  errorType: "error_type",
} as const
export type ActivityFilter = keyof typeof activityFilters

const filterParams = Object.fromEntries(
  Object.keys(activityFilters).map((name) => [name, z.array(z.string().max(2_000)).max(100).optional()]),
) as Record<ActivityFilter, z.ZodOptional<z.ZodArray<z.ZodString>>>

export const activityWhere = timeRange.extend({
  filters: z.strictObject(filterParams).default({}),
  /** HTTP status, inclusive. */
  status: z.object({ from: z.number().int(), to: z.number().int() }).optional(),
  /** Tools that a model call invoked. */
  toolInvoked: z.string().optional(),
  minConfidence: z.number().min(0).max(1).optional(),
  /** Words, and "phrases in quotes". */
  search: z.string().max(1_000).optional(),
  /** Search what was said, which needs the content role; otherwise only the summary line. */
  searchContent: z.boolean().default(false),
})
type ActivityWhere = z.output<typeof activityWhere>

export interface ActivityRow {
  readonly id: string
  readonly at: number
  readonly kind: string
  readonly summary: string
  readonly [column: string]: unknown
}

export const activitySearch = defineQuery<ActivityRow>()({
  name: "activity-search",
  description: "The audit log, newest first, page by page.",
  params: activityWhere.extend({ before: cursor.optional(), limit, columns: z.enum(["list", "all"]).default("list") }),
  build: (params) => {
    const where = conditions(params)
    if (params.before !== undefined)
      where.and(`(activity.at, id) < (${micros("before_at")}, {before_id:String}) AND activity.at <= ${micros("before_at")}`, {
        before_at: params.before.at,
        before_id: params.before.id,
      })
    return {
      sql: `SELECT ${params.columns === "all" ? ALL_COLUMNS : LIST_COLUMNS} FROM activity WHERE ${where} ORDER BY activity.at DESC, id DESC LIMIT {limit:UInt32}`,
      params: { ...where.params, limit: params.limit },
    }
  },
})

export const activityHistogram = defineQuery<{
  readonly bucket: number
  readonly series: string
  readonly count: number
  readonly bytes?: number
}>()({
  name: "activity-histogram",
  description: "Activities over time by one column, in buckets.",
  params: activityWhere.extend({
    bucketSeconds: z.number().int().min(1).max(31_536_000).default(60),
    by: z.enum(["kind", "agentName", "provider", "model", "host", "egressIp", "vantage", "direction", "decryption"]).default("kind"),
    /** Reading them is more than half of the time that counting takes. */
    bytes: z.boolean().default(true),
  }),
  build: (params) => {
    const where = conditions(params)
    return {
      sql: `SELECT toUnixTimestamp(start) * 1000000 AS bucket, ${activityFilters[params.by]} AS series, count() AS count${params.bytes ? ", sum(request_bytes + response_bytes) AS bytes" : ""}
FROM activity WHERE ${where} GROUP BY toStartOfInterval(at, toIntervalSecond({bucket_seconds:UInt32})) AS start, series ORDER BY bucket, series LIMIT 50000`,
      params: { ...where.params, bucket_seconds: params.bucketSeconds },
    }
  },
})

export const activityFacets = defineQuery<{ readonly value: string; readonly count: number }>()({
  name: "activity-facets",
  description: "The most frequent values of one column among the activities that match.",
  params: activityWhere.extend({
    of: z.enum(Object.keys(activityFilters) as [ActivityFilter, ...ActivityFilter[]]),
    limit: limit.default(20),
  }),
  build: (params) => {
    const where = conditions(params)
    const column = activityFilters[params.of]
    return {
      sql: `SELECT ${column} AS value, count() AS count FROM activity WHERE ${where} AND ${column} != '' GROUP BY value ORDER BY count DESC, value LIMIT {limit:UInt32}`,
      params: { ...where.params, limit: params.limit },
    }
  },
})

export const activityById = defineQuery<ActivityRow>()({
  name: "activity-by-id",
  description: "One activity with all its columns.",
  params: z.object({ id: z.string() }),
  build: ({ id }) => ({ sql: `SELECT ${ALL_COLUMNS} FROM activity WHERE id = {id:String} LIMIT 1`, params: { id } }),
})

export interface ContentRow {
  readonly id: string
  readonly kind: string
  readonly at: number
  readonly gen_ai_system_instructions: string
  readonly gen_ai_input_messages: string
  readonly gen_ai_output_messages: string
  readonly body: string
}
const CONTENT_COLUMNS = `id, kind, ${asMicros("at", "at")}, gen_ai_system_instructions, gen_ai_input_messages, gen_ai_output_messages, body`

export const contentById = defineQuery<ContentRow>()({
  name: "content-by-id",
  content: true,
  description: "What one activity said: prompts, bodies, headers, arguments.",
  params: z.object({ id: z.string() }),
  build: ({ id }) => ({ sql: `SELECT ${CONTENT_COLUMNS} FROM content WHERE id = {id:String} LIMIT 1`, params: { id } }),
})

export const conversation = defineQuery<ContentRow>()({
  name: "conversation",
  content: true,
  description: "Every call of one conversation with its messages, in order.",
  params: timeRange.extend({ conversation: z.string(), limit: limit.default(1_000) }),
  build: (params) => {
    const where = new Where().equals("kind", "llm").equals("gen_ai_conversation_id", params.conversation).range("content.at", params)
    return {
      sql: `SELECT ${CONTENT_COLUMNS} FROM content WHERE ${where} ORDER BY content.at, id LIMIT {limit:UInt32}`,
      params: { ...where.params, limit: params.limit },
    }
  },
})

export const conversations = defineQuery<{
  readonly conversation: string
  readonly agent: string
  readonly calls: number
  readonly first: number
  readonly last: number
}>()({
  name: "conversations",
  description: "Conversations with models, the latest first.",
  params: timeRange.extend({ agent: z.string().optional(), model: z.string().optional(), limit }),
  build: (params) => {
    const where = new Where().equals("kind", "llm").and("gen_ai_conversation_id != ''").range("at", params)
    where.equals("gen_ai_agent_id", params.agent).equals("gen_ai_request_model", params.model)
    return {
      sql: `SELECT gen_ai_conversation_id AS conversation, any(gen_ai_agent_id) AS agent, any(gen_ai_agent_name) AS agent_name, groupUniqArray(gen_ai_request_model) AS models,
  count() AS calls, sum(gen_ai_usage_input_tokens) AS input_tokens, sum(gen_ai_usage_output_tokens) AS output_tokens,
  arrayDistinct(arrayFlatten(groupUniqArray(llm_tools_invoked))) AS tools, ${asMicros("min(at)", "first")}, ${asMicros("max(at)", "last")}
FROM activity WHERE ${where} GROUP BY conversation ORDER BY last DESC LIMIT {limit:UInt32}`,
      params: { ...where.params, limit: params.limit },
    }
  },
})

export const toolCallsOfAgent = defineQuery<{
  readonly at: number
  readonly tool: string
  readonly arguments: string
  readonly server: string
  readonly via: string
}>()({
  name: "tool-calls-of-agent",
  content: true,
  description: "Every tool call of one agent in order: those its models asked for and those that crossed the wire as MCP.",
  params: timeRange.extend({ agent: z.string(), limit: limit.default(1_000) }),
  build: (params) => {
    const where = new Where().equals("gen_ai_agent_id", params.agent).range("at", params)
    return {
      sql: `SELECT ${asMicros("at", "at")}, id, via, tool, server, arguments FROM (
  SELECT at, id, 'model' AS via, JSONExtractString(call, 'name') AS tool, JSONExtractString(call, 'server') AS server, JSONExtractString(call, 'arguments') AS arguments
  FROM content ARRAY JOIN JSONExtractArrayRaw(body, 'toolCalls') AS call WHERE kind = 'llm' AND ${where}
  UNION ALL
  SELECT at, id, 'mcp', JSONExtractString(body, 'toolName'), JSONExtractString(body, 'host'), JSONExtractString(body, 'arguments')
  FROM content WHERE kind = 'mcp' AND JSONExtractString(body, 'method') = 'tools/call' AND ${where}
) AS calls ORDER BY calls.at, id LIMIT {limit:UInt32}`,
      params: { ...where.params, limit: params.limit },
    }
  },
})

export const sentToModel = defineQuery<{ readonly at: number; readonly id: string; readonly role: string; readonly parts: string }>()({
  name: "sent-to-model",
  content: true,
  description: "What one agent sent to one model, message by message, in order.",
  params: timeRange.extend({ agent: z.string(), model: z.string(), limit: limit.default(1_000) }),
  build: (params) => {
    const where = new Where().equals("gen_ai_agent_id", params.agent).range("content.at", params)
    return {
      sql: `SELECT ${asMicros("at", "at")}, id, JSONExtractString(message, 'role') AS role, JSONExtractRaw(message, 'parts') AS parts
FROM content ARRAY JOIN JSONExtractArrayRaw(gen_ai_input_messages) AS message
WHERE kind = 'llm' AND ${where} AND JSONExtractString(body, 'requestModel') = {model:String} ORDER BY content.at, id LIMIT {limit:UInt32}`,
      params: { ...where.params, model: params.model, limit: params.limit },
    }
  },
})

export const flowById = defineQuery<ActivityRow>()({
  name: "flow-by-id",
  description: "The connection that carried an activity.",
  params: z.object({ flow: z.string() }),
  build: ({ flow }) => ({
    sql: `SELECT * EXCEPT (at, start, end, stored_at), ${asMicros("flow.at", "at")}, ${asMicros("flow.start", "start")}, ${asMicros("flow.end", "end")} FROM flow WHERE flow_id = {flow:String} LIMIT 100`,
    params: { flow },
  }),
})

function conditions(params: ActivityWhere): Where {
  const where = new Where()
  for (const [name, column] of Object.entries(activityFilters)) where.oneOf(column, params.filters[name as ActivityFilter])
  where.range("activity.at", params)
  if (params.status !== undefined)
    where.and("http_response_status_code BETWEEN {status_from:UInt16} AND {status_to:UInt16}", {
      status_from: params.status.from,
      status_to: params.status.to,
    })
  if (params.toolInvoked !== undefined) where.and("has(llm_tools_invoked, {tool_invoked:String})", { tool_invoked: params.toolInvoked })
  if (params.minConfidence !== undefined)
    where.and("agent_confidence >= {min_confidence:Float32}", { min_confidence: params.minConfidence })
  if (params.search !== undefined && params.search.trim() !== "") addSearch(where, params)
  return where
}

function addSearch(where: Where, { search = "", searchContent, filters, from, to }: ActivityWhere): void {
  if (!searchContent) {
    where.and("positionCaseInsensitiveUTF8(summary, {search:String}) > 0", { search })
    return
  }
  const { sql, params } = searchCondition("text", parseSearch(search))
  const inner = new Where().oneOf("kind", filters.kind).oneOf("gen_ai_agent_id", filters.agent).range("at", { from, to })
  where.and(`(kind, activity.at, id) IN (SELECT kind, at, id FROM content WHERE ${sql} AND ${inner})`, { ...params, ...inner.params })
}

const LIST_COLUMNS = [
  "kind",
  asMicros("activity.at", "at"),
  "id",
  "vantage",
  "direction",
  "summary",
  "flow_id",
  "client_ip",
  "server_ip",
  "server_port",
  "server_address",
  "gen_ai_agent_id",
  "gen_ai_agent_name",
  "workload_id",
  "egress_ip",
  "completeness",
  "request_bytes",
  "response_bytes",
  "duration_us",
  "http_response_status_code",
  "error_type",
  "gen_ai_provider_name",
  "gen_ai_request_model",
  "gen_ai_conversation_id",
  "gen_ai_tool_name",
  "mcp_method_name",
].join(", ")
const ALL_COLUMNS = `* EXCEPT (at, stored_at), ${asMicros("activity.at", "at")}`

import { z } from "zod"
import { defineQuery, Where } from "./named-query.ts"
import { limit, timeRange } from "./params.ts"

export interface Overview {
  readonly activities: number
  readonly agents: number
  readonly llm_calls: number
  readonly [count: string]: number
}

export const overview = defineQuery<Overview>()({
  name: "overview",
  description: "The numbers at the top of the first page.",
  params: timeRange,
  build: (params) => {
    const where = new Where().range("at", params)
    // Each kind by itself: the key begins with it, so that a column is read only where it says something. Distinct values by grouping, which on these
    // columns is several times quicker than an estimate of their number.
    const of = (kind: string, columns: string) => `(SELECT ${columns} FROM activity WHERE kind = '${kind}' AND ${where}) AS of_${kind}`
    const distinct = (column: string, name: string) =>
      `(SELECT count() AS ${name} FROM (SELECT ${column} FROM activity WHERE ${column} != '' AND ${where} GROUP BY ${column})) AS of_${name}`
    return {
      sql: `SELECT activities, agents, egress_ips, llm_calls, models, mcp_messages, called + invoked AS tool_calls, files, skills, anomalies, destinations, bytes_out, bytes_in,
  input_tokens, output_tokens, tls_decrypted, tls_partial, tls_opaque
FROM (SELECT count() AS activities, countIf(kind = 'llm') AS llm_calls, countIf(kind = 'mcp') AS mcp_messages, countIf(kind = 'file') AS files,
    countIf(kind = 'skill') AS skills, countIf(kind = 'anomaly') AS anomalies FROM activity WHERE ${where}) AS of_all,
  ${distinct("gen_ai_agent_id", "agents")},
  ${distinct("egress_ip", "egress_ips")},
  ${distinct("server_address", "destinations")},
  ${of("llm", "uniq(gen_ai_request_model) AS models, sum(length(llm_tools_invoked)) AS invoked, sum(gen_ai_usage_input_tokens) AS input_tokens, sum(gen_ai_usage_output_tokens) AS output_tokens")},
  ${of("mcp", "countIf(mcp_method_name = 'tools/call') AS called")},
  ${of("http", "sum(request_bytes) AS bytes_out, sum(response_bytes) AS bytes_in")},
  ${of("tls", "countIf(tls_decryption = 'full') AS tls_decrypted, countIf(tls_decryption = 'partial') AS tls_partial, countIf(tls_decryption = 'none') AS tls_opaque")}`,
      params: where.params,
    }
  },
})

export const coverage = defineQuery<{ readonly key: string; readonly tls: number; readonly decrypted: number; readonly share: number }>()({
  name: "coverage",
  description:
    "How much could be read, by egress IP, agent, workload, sensor or destination; and why the rest could not. Connections count from their TLS handshake; bytes, gaps and connections without TLS from their end.",
  params: timeRange.extend({
    by: z.enum(["egress_ip", "gen_ai_agent_id", "gen_ai_agent_name", "workload_id", "sensor", "server_address"]).default("egress_ip"),
    limit: limit.default(200),
  }),
  build: (params) => {
    const where = new Where().range("at", params)
    return {
      sql: `SELECT key, tls, decrypted, partial, opaque, reasons, if(tls = 0, 1, decrypted / tls) AS share, tls_flows + other_flows AS flows, packets, bytes, gap_bytes, gapped, cut
FROM (
  SELECT ${params.by} AS key, count() AS tls, uniq(flow_id) AS tls_flows, countIf(tls_decryption = 'full') AS decrypted, countIf(tls_decryption = 'partial') AS partial, countIf(tls_decryption = 'none') AS opaque,
    sumMapIf([tls_decryption_reason], [toUInt64(1)], tls_decryption != 'full') AS reason_counts, arrayZip(reason_counts.1, reason_counts.2) AS reasons
  FROM activity WHERE kind = 'tls' AND ${where} GROUP BY key
) AS sessions FULL OUTER JOIN (
  SELECT ${params.by} AS key, countIf(NOT has(layers, 'tls')) AS other_flows, sum(client_bytes + server_bytes) AS bytes, sum(client_packets + server_packets) AS packets,
    sum(client_gap_bytes + server_gap_bytes) AS gap_bytes, countIf(client_gap_bytes + server_gap_bytes > 0) AS gapped, sum(cut_packets) AS cut FROM flow WHERE ${where} GROUP BY key
) AS connections USING (key) ORDER BY bytes DESC, key LIMIT {limit:UInt32}`,
      params: { ...where.params, limit: params.limit },
    }
  },
})

export const tokens = defineQuery<{
  readonly agent: string
  readonly model: string
  readonly calls: number
  readonly input_tokens: number
}>()({
  name: "tokens-by-agent-and-model",
  description: "Tokens by agent and model.",
  params: timeRange.extend({ agent: z.string().optional(), limit: limit.default(1_000) }),
  build: (params) => {
    const where = new Where().equals("kind", "llm").range("at", params).equals("gen_ai_agent_id", params.agent)
    return {
      sql: `SELECT gen_ai_agent_id AS agent, any(gen_ai_agent_name) AS agent_name, gen_ai_provider_name AS provider, gen_ai_request_model AS model, count() AS calls,
  sum(gen_ai_usage_input_tokens) AS input_tokens, sum(gen_ai_usage_output_tokens) AS output_tokens, sum(gen_ai_usage_cache_read_input_tokens) AS cached_tokens,
  sum(gen_ai_usage_reasoning_output_tokens) AS reasoning_tokens
FROM activity WHERE ${where} GROUP BY agent, provider, model ORDER BY input_tokens + output_tokens DESC, agent, model LIMIT {limit:UInt32}`,
      params: { ...where.params, limit: params.limit },
    }
  },
})

export const traffic = defineQuery<{
  readonly key: string
  readonly exchanges: number
  readonly bytes_out: number
  readonly bytes_in: number
}>()({
  name: "traffic",
  description: "Exchanges and bytes by provider, destination, agent or egress IP.",
  params: timeRange.extend({
    by: z.enum(["gen_ai_provider_name", "server_address", "gen_ai_agent_name", "egress_ip", "kind"]).default("gen_ai_provider_name"),
    limit: limit.default(50),
  }),
  build: (params) => {
    const kind = params.by === "gen_ai_provider_name" ? "llm" : params.by === "kind" ? undefined : "http"
    const where = new Where().equals("kind", kind).range("at", params)
    return {
      sql: `SELECT ${params.by} AS key, count() AS exchanges, sum(request_bytes) AS bytes_out, sum(response_bytes) AS bytes_in, uniq(gen_ai_agent_id) AS agents
FROM activity WHERE ${where} GROUP BY key ORDER BY exchanges DESC, key LIMIT {limit:UInt32}`,
      params: { ...where.params, limit: params.limit },
    }
  },
})

export const riskiestAgents = defineQuery<{ readonly gen_ai_agent_id: string; readonly findings: number; readonly risk: number }>()({
  name: "riskiest-agents",
  description: "Agents by what was found of them, worse findings weighing more.",
  params: timeRange.extend({ limit: limit.default(10) }),
  build: (params) => {
    const where = new Where().range("at", params).and("gen_ai_agent_id != ''")
    return {
      sql: `SELECT gen_ai_agent_id, any(gen_ai_agent_name) AS name, count() AS findings, toString(max(severity)) AS worst, sum(pow(4, toInt8(severity)) * confidence) AS risk, uniq(rule) AS rules
FROM finding WHERE ${where} GROUP BY gen_ai_agent_id ORDER BY risk DESC, gen_ai_agent_id LIMIT {limit:UInt32}`,
      params: { ...where.params, limit: params.limit },
    }
  },
})

export const anomalies = defineQuery<{ readonly layer: string; readonly code: string; readonly count: number }>()({
  name: "anomalies",
  description: "Malformed traffic by code.",
  params: timeRange.extend({ limit: limit.default(100) }),
  build: (params) => {
    const where = new Where().equals("kind", "anomaly").range("at", params)
    return {
      sql: `SELECT anomaly_layer AS layer, anomaly_code AS code, count() AS count, uniq(flow_id) AS flows, any(summary) AS example FROM activity WHERE ${where} GROUP BY layer, code ORDER BY count DESC, layer, code LIMIT {limit:UInt32}`,
      params: { ...where.params, limit: params.limit },
    }
  },
})

export const storage = defineQuery<{ readonly table: string; readonly rows: number; readonly bytes: number }>()({
  name: "storage",
  description: "Rows and bytes on disk by table.",
  params: z.object({}),
  build: () => ({
    sql: `SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes, sum(data_uncompressed_bytes) AS raw_bytes, count() AS parts, min(toUnixTimestamp(min_time)) AS oldest
FROM system.parts WHERE active AND database = currentDatabase() GROUP BY table ORDER BY bytes DESC`,
    params: {},
  }),
})

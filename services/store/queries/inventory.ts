import { z } from "zod"
import { asMicros, defineQuery, Where } from "./named-query.ts"
import { limit, offset, timeRange } from "./params.ts"

const page = timeRange.extend({ limit, offset, search: z.string().max(200).optional() })
const paged = "LIMIT {limit:UInt32} OFFSET {offset:UInt32}"
const seen = `${asMicros("first_seen", "first_seen")}, ${asMicros("last_seen", "last_seen")}`

export interface Seen {
  readonly first_seen: number
  readonly last_seen: number
  readonly [column: string]: unknown
}

// Numbers that only one kind of activity has are summed over that kind alone: the table's key begins with it, so that the rest is not read. Distinct values
// are counted by their hashes, which are computed once a block for columns of few values.

export const agents = defineQuery<Seen & { readonly gen_ai_agent_id: string; readonly name: string }>()({
  name: "agents",
  description: "Which agents exist, what they did in the time asked for, and when they were first and last seen.",
  params: page.extend({ agent: z.string().optional() }),
  build: (params) => {
    const counted = new Where().range("at", params).equals("gen_ai_agent_id", params.agent)
    const listed = contains(new Where().equals("gen_ai_agent_id", params.agent), "name", params.search)
    return {
      sql: `SELECT gen_ai_agent_id, name, version, confidence, versions, workloads, egress_ips, vantages, signals, conflicts, workload, ${seen},
  activities, llm_calls, mcp_calls, tool_calls, files, skills, anomalies, input_tokens, output_tokens, bytes_out, bytes_in, destinations, findings, worst
FROM agents LEFT JOIN (
  SELECT gen_ai_agent_id, count() AS activities, countIf(kind = 'llm') AS llm_calls, countIf(kind = 'mcp') AS mcp_calls,
    sum(length(llm_tools_invoked)) + countIf(mcp_method_name = 'tools/call') AS tool_calls, countIf(kind = 'file') AS files, countIf(kind = 'skill') AS skills,
    countIf(kind = 'anomaly') AS anomalies, uniq(sipHash64(server_address)) AS destinations
  FROM activity WHERE ${counted} GROUP BY gen_ai_agent_id
) AS counted USING (gen_ai_agent_id) LEFT JOIN (
  SELECT gen_ai_agent_id, sum(gen_ai_usage_input_tokens) AS input_tokens, sum(gen_ai_usage_output_tokens) AS output_tokens
  FROM activity WHERE kind = 'llm' AND ${counted} GROUP BY gen_ai_agent_id
) AS called USING (gen_ai_agent_id) LEFT JOIN (
  SELECT gen_ai_agent_id, sum(request_bytes) AS bytes_out, sum(response_bytes) AS bytes_in FROM activity WHERE kind = 'http' AND ${counted} GROUP BY gen_ai_agent_id
) AS carried USING (gen_ai_agent_id) LEFT JOIN (
  SELECT gen_ai_agent_id, count() AS findings, toString(max(severity)) AS worst FROM finding WHERE ${counted} GROUP BY gen_ai_agent_id
) AS judged USING (gen_ai_agent_id)
WHERE ${listed} ORDER BY agents.last_seen DESC, gen_ai_agent_id ${paged}`,
      params: { ...counted.params, ...listed.params, limit: params.limit, offset: params.offset },
    }
  },
})

export const agentUses = defineQuery<Seen & { readonly thing: string; readonly name: string; readonly gen_ai_agent_id: string }>()({
  name: "agent-uses",
  description: "Which agent used which model, MCP server, tool, skill, destination or peer.",
  params: page.extend({
    agent: z.string().optional(),
    thing: z.enum(["model", "mcp_server", "tool", "skill", "destination", "peer"]).optional(),
    name: z.string().optional(),
  }),
  build: (params) => {
    const where = new Where().equals("gen_ai_agent_id", params.agent).equals("thing", params.thing).equals("name", params.name)
    contains(where, "name", params.search)
    return {
      sql: `SELECT thing, name, gen_ai_agent_id, ${seen} FROM agent_uses WHERE ${where} ORDER BY agent_uses.last_seen DESC, thing, name ${paged}`,
      params: { ...where.params, limit: params.limit, offset: params.offset },
    }
  },
})

export const models = defineQuery<Seen & { readonly gen_ai_provider_name: string; readonly gen_ai_request_model: string }>()({
  name: "models",
  description: "Models that were called, by whom and how much.",
  params: page,
  build: (params) => {
    const counted = new Where().equals("kind", "llm").range("at", params)
    const listed = contains(new Where(), "gen_ai_request_model", params.search)
    return {
      sql: `SELECT gen_ai_provider_name, gen_ai_request_model, response_models, operations, hosts, families, ${seen},
  calls, errors, agents, input_tokens, output_tokens, cached_tokens, median_ttft_us, median_duration_us
FROM models LEFT JOIN (
  SELECT gen_ai_provider_name, if(gen_ai_request_model = '', gen_ai_response_model, gen_ai_request_model) AS gen_ai_request_model, count() AS calls,
    countIf(http_response_status_code >= 400) AS errors, uniq(sipHash64(gen_ai_agent_id)) AS agents, sum(gen_ai_usage_input_tokens) AS input_tokens,
    sum(gen_ai_usage_output_tokens) AS output_tokens, sum(gen_ai_usage_cache_read_input_tokens) AS cached_tokens,
    toUInt64(ifNotFinite(medianIf(time_to_first_token_us, time_to_first_token_us > 0), 0)) AS median_ttft_us, toUInt64(median(duration_us)) AS median_duration_us
  FROM activity WHERE ${counted} GROUP BY gen_ai_provider_name, gen_ai_request_model
) AS counted USING (gen_ai_provider_name, gen_ai_request_model)
WHERE ${listed} ORDER BY calls DESC, models.last_seen DESC ${paged}`,
      params: { ...counted.params, ...listed.params, limit: params.limit, offset: params.offset },
    }
  },
})

export const mcpServers = defineQuery<Seen & { readonly server: string; readonly name: string }>()({
  name: "mcp-servers",
  description: "MCP servers with their tools, agents and calls.",
  params: page,
  build: (params) => {
    const counted = new Where().equals("kind", "mcp").range("at", params)
    const listed = contains(new Where(), "server", params.search)
    return {
      sql: `SELECT server, name, version, names, versions, transports, protocol_versions, hosts, toBool(certain) AS certain, ${seen}, messages, calls, failed, agents, tools, tool_versions
FROM mcp_servers LEFT JOIN (
  SELECT if(mcp_transport IN ('inside-llm', 'stdio'), if(mcp_server_name = '', server_address, mcp_server_name), concat(server_address, url_path)) AS server,
    count() AS messages, countIf(mcp_method_name = 'tools/call') AS calls, countIf(mcp_is_error) AS failed, uniq(gen_ai_agent_id) AS agents
  FROM activity WHERE ${counted} GROUP BY server
) AS counted USING (server) LEFT JOIN (
  SELECT server, uniqExact(name) AS tools, uniqExact(name, hash) AS tool_versions FROM tool GROUP BY server
) AS offered USING (server)
WHERE ${listed} ORDER BY mcp_servers.last_seen DESC, server ${paged}`,
      params: { ...counted.params, ...listed.params, limit: params.limit, offset: params.offset },
    }
  },
})

export const tools = defineQuery<Seen & { readonly server: string; readonly name: string; readonly versions: number }>()({
  name: "tools",
  description: "Tools with the number of definitions each has had: more than one is a change to look at.",
  params: page.extend({ server: z.string().optional(), changed: z.boolean().default(false) }),
  build: (params) => {
    const where = contains(new Where().equals("server", params.server), "name", params.search)
    return {
      sql: `SELECT server, name, uniqExact(tools.hash) AS versions, argMax(tools.hash, tools.last_seen) AS hash, argMax(tools.description, tools.last_seen) AS description, argMax(tools.type, tools.last_seen) AS type,
  groupUniqArrayArray(tools.seen_in) AS seen_in, ${asMicros("max(tools.first_seen)", "changed_at")}, ${asMicros("min(tools.first_seen)", "first_seen")}, ${asMicros("max(tools.last_seen)", "last_seen")}
FROM tools WHERE ${where} GROUP BY server, name${params.changed ? " HAVING versions > 1" : ""} ORDER BY changed_at DESC, server, name ${paged}`,
      params: { ...where.params, limit: params.limit, offset: params.offset },
    }
  },
})

export const toolVersions = defineQuery<Seen & { readonly hash: string; readonly description: string; readonly input_schema: string }>()({
  name: "tool-versions",
  description: "Every definition one tool has had, in order of appearance.",
  params: z.object({ server: z.string(), name: z.string() }),
  build: ({ server, name }) => ({
    sql: `SELECT server, name, hash, type, title, description, input_schema, output_schema, annotations, seen_in, ${seen}
FROM tools WHERE server = {server:String} AND name = {name:String} ORDER BY tools.first_seen, hash`,
    params: { server, name },
  }),
})

export const skills = defineQuery<Seen & { readonly name: string; readonly source: string; readonly hash: string }>()({
  name: "skills",
  description: "Skills, where they were fetched from, and whether their content changed since.",
  params: page.extend({ name: z.string().optional(), changed: z.boolean().default(false) }),
  build: (params) => {
    const where = contains(new Where().equals("name", params.name), "name", params.search)
    return {
      sql: `SELECT name, source, uniqExact(skills.hash) AS contents, argMax(skills.hash, skills.last_seen) AS hash, argMax(skills.version, skills.last_seen) AS version, argMax(skills.description, skills.last_seen) AS description,
  argMax(skills.host, skills.last_seen) AS host, argMax(skills.ref, skills.last_seen) AS ref, argMax(skills.files, skills.last_seen) AS files, groupUniqArrayArray(skills.problems) AS problems, groupUniqArrayArray(skills.routes) AS routes,
  groupUniqArrayArray(skills.how) AS how, toBool(max(skills.activated)) AS activated, toBool(contents > 1) AS changed, any(used.agents) AS agents, argMax(judged.result, judged.score) AS verdict, max(judged.score) AS score,
  toUInt64(sum(found.findings)) AS findings, if(findings = 0, '', argMax(found.worst, found.rank)) AS worst,
  ${asMicros("max(skills.first_seen)", "changed_at")}, ${asMicros("min(skills.first_seen)", "first_seen")}, ${asMicros("max(skills.last_seen)", "last_seen")}
FROM skills LEFT JOIN (
  SELECT name, groupUniqArray(gen_ai_agent_id) AS agents FROM agent_use WHERE thing = 'skill' GROUP BY name
) AS used USING (name) LEFT JOIN (
  SELECT sha256 AS hash, argMax(verdicts.result, verdicts.score) AS result, max(verdicts.score) AS score FROM verdicts WHERE subject = 'skill' GROUP BY sha256
) AS judged USING (hash) LEFT JOIN (
  SELECT carried.skill_hash AS hash, uniqExact(finding.id) AS findings, toString(max(finding.severity)) AS worst, toInt8(max(finding.severity)) AS rank
  FROM finding INNER JOIN (SELECT id, skill_hash FROM activity WHERE kind = 'skill') AS carried ON finding.activity_id = carried.id GROUP BY hash
) AS found USING (hash)
WHERE ${where} GROUP BY name, source${params.changed ? " HAVING contents > 1" : ""} ORDER BY last_seen DESC, name, source ${paged}`,
      params: { ...where.params, limit: params.limit, offset: params.offset },
    }
  },
})

export const skillVersions = defineQuery<Seen & { readonly hash: string; readonly files: string }>()({
  name: "skill-versions",
  description: "Every content one skill has had, with its file tree.",
  params: z.object({ name: z.string(), source: z.string().optional() }),
  build: ({ name, source }) => {
    const where = new Where().equals("name", name).equals("source", source)
    return {
      sql: `SELECT name, source, hash, version, description, host, ref, files, front_matter, allowed_tools, references, problems, routes, how, toBool(activated) AS activated, ${seen}
FROM skills WHERE ${where} ORDER BY skills.first_seen, hash`,
      params: where.params,
    }
  },
})

export const destinations = defineQuery<Seen & { readonly server_address: string; readonly server_port: number }>()({
  name: "destinations",
  description: "Where the agents went: known, unknown, new.",
  params: page.extend({ newSince: z.number().int().optional(), host: z.string().optional(), unknown: z.boolean().default(false) }),
  build: (params) => {
    const counted = new Where().range("at", params)
    const listed = contains(new Where().equals("server_address", params.host), "server_address", params.search)
    if (params.unknown)
      listed.and("NOT arrayExists(x -> x != 'unknown', classes) AND NOT arrayExists(x -> x NOT IN ('', 'unknown'), providers)")
    if (params.newSince !== undefined)
      listed.and("destinations.first_seen >= fromUnixTimestamp64Micro({new_since:Int64}, 'UTC')", { new_since: params.newSince })
    return {
      sql: `SELECT server_address, server_port, providers, kinds, transports, server_ips, classes, ${seen}, activities, agents, bytes_out, bytes_in, findings
FROM (SELECT *, ${DESTINATION_KEY} AS key FROM destinations) AS destinations LEFT JOIN (
  SELECT ${DESTINATION_KEY} AS key, count() AS activities, uniq(sipHash64(gen_ai_agent_id)) AS agents FROM activity WHERE ${counted} GROUP BY key
) AS counted USING (key) LEFT JOIN (
  SELECT ${DESTINATION_KEY} AS key, sum(request_bytes) AS bytes_out, sum(response_bytes) AS bytes_in
  FROM activity WHERE kind IN ('http', 'websocket') AND ${counted} GROUP BY key
) AS carried USING (key) LEFT JOIN (
  SELECT ${DESTINATION_KEY} AS key, count() AS findings FROM finding WHERE ${counted} GROUP BY key
) AS judged USING (key)
WHERE ${listed} ORDER BY activities DESC, destinations.last_seen DESC, server_address ${paged}`,
      params: { ...counted.params, ...listed.params, limit: params.limit, offset: params.offset },
    }
  },
})

export const workloads = defineQuery<Seen & { readonly workload_id: string; readonly ip: string; readonly egress_ip: string }>()({
  name: "workloads",
  description: "The machines behind the egress IPs, and the agents on each.",
  params: page,
  build: (params) => {
    const where = contains(new Where(), "workload_id", params.search)
    return {
      sql: `SELECT workload_id, vni, ip, egress_ip, account, vpc, network_interface, instance, agents, ${seen} FROM workloads WHERE ${where} ORDER BY workloads.last_seen DESC, workload_id ${paged}`,
      params: { ...where.params, limit: params.limit, offset: params.offset },
    }
  },
})

/**
 * Name and port as one number: grouping by it takes half the time of grouping by both, because a name's hash is computed once a block and not once a row.
 * Of a million destinations two share a number once in forty million stores.
 */
const DESTINATION_KEY = "bitXor(sipHash64(server_address), server_port * 11400714819323198485)"

function contains(where: Where, column: string, search: string | undefined): Where {
  return search === undefined || search === ""
    ? where
    : where.and(`positionCaseInsensitiveUTF8(${column}, {search:String}) > 0`, { search })
}

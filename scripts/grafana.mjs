// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are variables of Grafana, not of this file.
// Writes the Grafana dashboards and alert rules from the short definitions below: `node scripts/grafana.mjs`. A test runs every query of the
// written files against the real engine and fails when they are not what this script writes.
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { stringify } from "yaml"

const root = new URL("..", import.meta.url).pathname
const folder = process.argv[2] ?? join(root, "dashboards/grafana/provisioning")
const source = { type: "grafana-clickhouse-datasource", uid: "${datasource}" }

const SERIES = { drawStyle: "bars", fillOpacity: 60, stacking: { mode: "normal" }, lineWidth: 0 }
const OPTIONS = {
  stat: { reduceOptions: { calcs: ["lastNotNull"] }, colorMode: "none", graphMode: "none" },
  table: { showHeader: true, cellHeight: "sm" },
  timeseries: { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi", sort: "desc" } },
  barchart: { orientation: "horizontal", legend: { showLegend: false } },
}

const AGENT = "$__conditionalAll(gen_ai_agent_name IN (${agent:singlequote}), $agent)"
const EGRESS = "$__conditionalAll(egress_ip IN (${egress:singlequote}), $egress)"
const WHO = `${AGENT} AND ${EGRESS}`

const variables = {
  agent: { label: "Agent", sql: "SELECT DISTINCT name FROM agents WHERE name != '' ORDER BY name" },
  egress: { label: "Egress IP", sql: "SELECT DISTINCT arrayJoin(egress_ips) AS egress FROM agents ORDER BY egress" },
  provider: { label: "Provider", sql: "SELECT DISTINCT gen_ai_provider_name FROM models ORDER BY 1" },
  severity: { label: "Severity", sql: "SELECT DISTINCT toString(severity) FROM findings ORDER BY 1" },
}

// Panels: [type, title, unit or undefined, SQL, extra]. Sizes follow from the type, panels fill rows from left to right.
const dashboards = [
  {
    uid: "egret-overview",
    title: "Overview and coverage",
    variables: ["agent", "egress"],
    panels: [
      ["stat", "Agents", "short", `SELECT uniqExact(gen_ai_agent_id) AS agents FROM activity WHERE $__timeFilter_ms(at) AND ${WHO}`],
      ["stat", "Model calls", "short", `SELECT count() AS calls FROM llm_calls WHERE $__timeFilter_ms(at) AND ${WHO}`],
      [
        "stat",
        "Tool calls",
        "short",
        `SELECT countIf(mcp_method_name = 'tools/call') + sum(length(llm_tools_invoked)) AS calls FROM activity WHERE $__timeFilter_ms(at) AND ${WHO}`,
      ],
      [
        "stat",
        "Open events",
        "short",
        `SELECT countIf(status NOT IN ('resolved', 'false-positive', 'suppressed')) AS open FROM events WHERE $__timeFilter_ms(last_seen) AND ${WHO}`,
      ],
      [
        "stat",
        "TLS decrypted",
        "percentunit",
        `SELECT countIf(tls_decryption = 'full') / count() AS share FROM tls_sessions WHERE $__timeFilter_ms(at) AND ${WHO}`,
        { decimals: 1 },
      ],
      [
        "stat",
        "Bytes lost before us",
        "bytes",
        `SELECT sum(client_gap_bytes + server_gap_bytes) AS lost FROM flows WHERE $__timeFilter_ms(at) AND ${WHO}`,
      ],
      [
        "timeseries",
        "Activities by kind",
        "short",
        `SELECT $__timeInterval(at) AS time, kind, count() AS activities FROM activity WHERE $__timeFilter_ms(at) AND ${WHO} GROUP BY time, kind ORDER BY time`,
      ],
      [
        "timeseries",
        "Decryption",
        "short",
        `SELECT $__timeInterval(at) AS time, if(tls_decryption = 'full', 'decrypted', concat(tls_decryption, ': ', tls_decryption_reason)) AS state, count() AS sessions FROM tls_sessions WHERE $__timeFilter_ms(at) AND ${WHO} GROUP BY time, state ORDER BY time`,
      ],
      [
        "table",
        "Coverage by egress IP",
        undefined,
        `SELECT egress_ip, count() AS tls_sessions, countIf(tls_decryption = 'full') AS decrypted, countIf(tls_decryption = 'none') AS unreadable, round(decrypted / tls_sessions, 3) AS share FROM tls_sessions WHERE $__timeFilter_ms(at) AND ${WHO} GROUP BY egress_ip ORDER BY tls_sessions DESC LIMIT 100`,
      ],
      [
        "table",
        "Why TLS could not be read",
        undefined,
        `SELECT server_address, tls_decryption_reason AS reason, count() AS sessions, uniq(gen_ai_agent_id) AS agents FROM tls_sessions WHERE $__timeFilter_ms(at) AND ${WHO} AND tls_decryption != 'full' GROUP BY ALL ORDER BY sessions DESC LIMIT 100`,
      ],
    ],
  },
  {
    uid: "egret-llm",
    title: "LLM audit",
    variables: ["agent", "egress", "provider"],
    where: "$__conditionalAll(gen_ai_provider_name IN (${provider:singlequote}), $provider)",
    panels: [
      [
        "timeseries",
        "Calls by model",
        "short",
        `SELECT $__timeInterval(at) AS time, gen_ai_request_model AS model, count() AS calls FROM llm_calls WHERE $__timeFilter_ms(at) AND ${WHO} AND WHERE GROUP BY time, model ORDER BY time`,
      ],
      [
        "timeseries",
        "Tokens",
        "short",
        `SELECT $__timeInterval(at) AS time, sum(gen_ai_usage_input_tokens) AS input, sum(gen_ai_usage_output_tokens) AS output, sum(gen_ai_usage_cache_read_input_tokens) AS cached FROM llm_calls WHERE $__timeFilter_ms(at) AND ${WHO} AND WHERE GROUP BY time ORDER BY time`,
      ],
      [
        "timeseries",
        "Time to first token",
        "µs",
        `SELECT $__timeInterval(at) AS time, quantile(0.5)(time_to_first_token_us) AS median, quantile(0.95)(time_to_first_token_us) AS p95 FROM llm_calls WHERE $__timeFilter_ms(at) AND ${WHO} AND WHERE AND time_to_first_token_us > 0 GROUP BY time ORDER BY time`,
      ],
      [
        "timeseries",
        "Errors by status",
        "short",
        `SELECT $__timeInterval(at) AS time, toString(http_response_status_code) AS status, count() AS calls FROM llm_calls WHERE $__timeFilter_ms(at) AND ${WHO} AND WHERE AND http_response_status_code >= 400 GROUP BY time, status ORDER BY time`,
      ],
      [
        "table",
        "Tokens by agent and model",
        undefined,
        `SELECT gen_ai_agent_name AS agent, gen_ai_provider_name AS provider, gen_ai_request_model AS model, count() AS calls, sum(gen_ai_usage_input_tokens) AS input_tokens, sum(gen_ai_usage_output_tokens) AS output_tokens FROM llm_calls WHERE $__timeFilter_ms(at) AND ${WHO} AND WHERE GROUP BY ALL ORDER BY input_tokens DESC LIMIT 200`,
      ],
      [
        "table",
        "Conversations",
        undefined,
        `SELECT gen_ai_conversation_id AS conversation, any(gen_ai_agent_name) AS agent, any(gen_ai_request_model) AS model, count() AS calls, max(at) AS last FROM llm_calls WHERE $__timeFilter_ms(at) AND ${WHO} AND WHERE GROUP BY conversation ORDER BY last DESC LIMIT 200`,
        { links: { conversation: "conversation" } },
      ],
      [
        "table",
        "Latest calls",
        undefined,
        `SELECT at AS time, id AS activity, gen_ai_agent_name AS agent, server_address AS host, gen_ai_request_model AS model, summary, gen_ai_usage_input_tokens AS input_tokens, gen_ai_usage_output_tokens AS output_tokens, http_response_status_code AS status FROM llm_calls WHERE $__timeFilter_ms(at) AND ${WHO} AND WHERE ORDER BY at DESC LIMIT 200`,
        { links: { activity: "activity" }, wide: true },
      ],
    ],
  },
  {
    uid: "egret-mcp",
    title: "MCP and tools",
    variables: ["agent", "egress"],
    panels: [
      [
        "timeseries",
        "Messages by method",
        "short",
        `SELECT $__timeInterval(at) AS time, mcp_method_name AS method, count() AS messages FROM mcp_messages WHERE $__timeFilter_ms(at) AND ${WHO} GROUP BY time, method ORDER BY time`,
      ],
      [
        "timeseries",
        "Failed calls",
        "short",
        `SELECT $__timeInterval(at) AS time, gen_ai_tool_name AS tool, countIf(mcp_is_error) AS failed FROM mcp_messages WHERE $__timeFilter_ms(at) AND ${WHO} AND mcp_method_name = 'tools/call' GROUP BY time, tool ORDER BY time`,
      ],
      [
        "table",
        "Tools whose definition changed",
        undefined,
        "SELECT server, name, uniqExact(hash) AS versions, max(tools.first_seen) AS changed, argMax(description, last_seen) AS description_now FROM tools GROUP BY server, name HAVING versions > 1 ORDER BY changed DESC LIMIT 100",
      ],
      [
        "table",
        "Servers",
        undefined,
        "SELECT server, name, version, transports, protocol_versions, first_seen, last_seen FROM mcp_servers ORDER BY last_seen DESC LIMIT 200",
      ],
      [
        "table",
        "Tools by use",
        undefined,
        `SELECT tool, sum(calls) AS calls, any(via) AS via FROM (SELECT gen_ai_tool_name AS tool, count() AS calls, 'mcp' AS via FROM mcp_messages WHERE $__timeFilter_ms(at) AND ${WHO} AND mcp_method_name = 'tools/call' GROUP BY tool UNION ALL SELECT arrayJoin(llm_tools_invoked) AS tool, count() AS calls, 'model' AS via FROM llm_calls WHERE $__timeFilter_ms(at) AND ${WHO} GROUP BY tool) GROUP BY tool ORDER BY calls DESC LIMIT 100`,
      ],
      [
        "table",
        "Latest tool calls",
        undefined,
        `SELECT at AS time, id AS activity, gen_ai_agent_name AS agent, server_address AS host, gen_ai_tool_name AS tool, mcp_is_error AS failed, duration_us FROM mcp_messages WHERE $__timeFilter_ms(at) AND ${WHO} AND mcp_method_name = 'tools/call' ORDER BY at DESC LIMIT 200`,
        { links: { activity: "activity" }, wide: true },
      ],
    ],
  },
  {
    uid: "egret-leaks",
    title: "Leaks and findings",
    variables: ["agent", "egress", "severity"],
    where: "$__conditionalAll(toString(severity) IN (${severity:singlequote}), $severity)",
    panels: [
      [
        "timeseries",
        "Findings by severity",
        "short",
        `SELECT $__timeInterval(at) AS time, toString(severity) AS level, count() AS findings FROM findings WHERE $__timeFilter_ms(at) AND ${WHO} AND WHERE GROUP BY time, level ORDER BY time`,
      ],
      [
        "barchart",
        "Findings by rule",
        "short",
        `SELECT rule, count() AS findings FROM findings WHERE $__timeFilter_ms(at) AND ${WHO} AND WHERE GROUP BY rule ORDER BY findings DESC LIMIT 20`,
      ],
      [
        "table",
        "The same secret, seen where",
        undefined,
        `SELECT fingerprint, any(masked) AS masked, any(rule) AS rule, count() AS findings, uniq(gen_ai_agent_id) AS agents, groupUniqArray(20)(server_address) AS hosts, max(at) AS last FROM findings WHERE $__timeFilter_ms(at) AND ${WHO} AND WHERE GROUP BY fingerprint ORDER BY findings DESC LIMIT 100`,
      ],
      [
        "table",
        "Where it went",
        undefined,
        `SELECT server_address AS host, destination_class AS class, count() AS findings, uniq(gen_ai_agent_id) AS agents, toString(max(severity)) AS worst FROM findings WHERE $__timeFilter_ms(at) AND ${WHO} AND WHERE AND direction = 'outbound' GROUP BY ALL ORDER BY findings DESC LIMIT 100`,
      ],
      [
        "table",
        "Events",
        undefined,
        `SELECT last_seen AS time, id AS event, toString(severity) AS level, status, title, gen_ai_agent_name AS agent, server_address AS host, events.count AS times FROM events WHERE $__timeFilter_ms(last_seen) AND ${WHO} AND WHERE ORDER BY events.severity DESC, last_seen DESC LIMIT 200`,
        { links: { event: "event" }, wide: true },
      ],
      [
        "table",
        "Latest findings",
        undefined,
        `SELECT at AS time, activity_id AS activity, toString(severity) AS level, rule, gen_ai_agent_name AS agent, server_address AS host, place, masked, action FROM findings WHERE $__timeFilter_ms(at) AND ${WHO} AND WHERE ORDER BY at DESC LIMIT 200`,
        { links: { activity: "activity" }, wide: true },
      ],
    ],
  },
  {
    uid: "egret-destinations",
    title: "Destinations",
    variables: ["agent", "egress"],
    panels: [
      [
        "timeseries",
        "Bytes out",
        "bytes",
        `SELECT $__timeInterval(at) AS time, server_address AS host, sum(request_bytes) AS sent FROM http_exchanges WHERE $__timeFilter_ms(at) AND ${WHO} GROUP BY time, host ORDER BY time`,
      ],
      [
        "table",
        "New in this time",
        undefined,
        "SELECT server_address AS host, server_port AS port, first_seen, kinds, providers, classes FROM destinations WHERE $__timeFilter_ms(first_seen) ORDER BY first_seen DESC LIMIT 200",
      ],
      [
        "table",
        "Hosts",
        undefined,
        `SELECT server_address AS host, count() AS exchanges, uniq(gen_ai_agent_id) AS agents, sum(request_bytes) AS bytes_out, sum(response_bytes) AS bytes_in FROM http_exchanges WHERE $__timeFilter_ms(at) AND ${WHO} GROUP BY host ORDER BY exchanges DESC LIMIT 200`,
      ],
      [
        "table",
        "Names asked for",
        undefined,
        `SELECT dns_question_name AS name, count() AS lookups, groupUniqArray(5)(dns_response_code) AS answers FROM dns_lookups WHERE $__timeFilter_ms(at) AND ${WHO} GROUP BY name ORDER BY lookups DESC LIMIT 200`,
      ],
    ],
  },
  {
    uid: "egret-skills",
    title: "Skills and verdicts",
    variables: ["agent", "egress"],
    panels: [
      [
        "table",
        "Skills whose content changed",
        undefined,
        "SELECT name, source, uniqExact(hash) AS contents, max(skills.first_seen) AS changed FROM skills GROUP BY name, source HAVING contents > 1 ORDER BY changed DESC LIMIT 100",
        { links: { name: "skill" } },
      ],
      [
        "table",
        "Verdicts",
        undefined,
        "SELECT completed_at AS time, subject, name, engine, result, score, labels, report_url FROM verdicts WHERE $__timeFilter_ms(submitted_at) ORDER BY score DESC LIMIT 200",
      ],
      [
        "barchart",
        "Verdicts by result",
        "short",
        "SELECT result, count() AS verdicts FROM verdicts WHERE $__timeFilter_ms(submitted_at) GROUP BY result ORDER BY verdicts DESC",
      ],
      [
        "timeseries",
        "Files by type",
        "short",
        `SELECT $__timeInterval(at) AS time, file_media_type AS type, count() AS transfers FROM files WHERE $__timeFilter_ms(at) AND ${WHO} GROUP BY time, type ORDER BY time`,
      ],
      [
        "table",
        "Who fetched which skill",
        undefined,
        `SELECT at AS time, id AS activity, gen_ai_agent_name AS agent, skill_name AS skill, skill_how AS how, source, skill_digest AS digest, skill_activated AS activated FROM skill_transfers WHERE $__timeFilter_ms(at) AND ${WHO} ORDER BY at DESC LIMIT 200`,
        { links: { activity: "activity", skill: "skill" }, wide: true },
      ],
      [
        "table",
        "Files",
        undefined,
        `SELECT at AS time, id AS activity, gen_ai_agent_name AS agent, file_name AS name, file_media_type AS type, file_bytes AS bytes, source_url AS url, completeness FROM files WHERE $__timeFilter_ms(at) AND ${WHO} ORDER BY at DESC LIMIT 200`,
        { links: { activity: "activity" }, wide: true },
      ],
    ],
  },
  {
    uid: "egret-agents",
    title: "Agents",
    variables: ["agent", "egress"],
    panels: [
      [
        "table",
        "Agents",
        undefined,
        "SELECT gen_ai_agent_id AS agent, name, version, round(confidence, 2) AS confidence, egress_ips, workloads, first_seen, last_seen, conflicts != '[]' AS impersonation FROM agents WHERE $__conditionalAll(name IN (${agent:singlequote}), $agent) ORDER BY last_seen DESC LIMIT 200",
        { links: { agent: "agent" }, wide: true },
      ],
      [
        "timeseries",
        "Activities by agent",
        "short",
        `SELECT $__timeInterval(at) AS time, gen_ai_agent_name AS agent, count() AS activities FROM activity WHERE $__timeFilter_ms(at) AND ${WHO} GROUP BY time, agent ORDER BY time`,
      ],
      [
        "table",
        "What each uses",
        undefined,
        "SELECT name AS thing_name, thing, uniqExact(gen_ai_agent_id) AS agents, min(agent_uses.first_seen) AS since FROM agent_uses GROUP BY name, thing ORDER BY agents DESC, thing LIMIT 300",
      ],
      [
        "table",
        "Riskiest",
        undefined,
        `SELECT gen_ai_agent_id AS agent, any(gen_ai_agent_name) AS name, count() AS findings, toString(max(severity)) AS worst FROM findings WHERE $__timeFilter_ms(at) AND ${WHO} GROUP BY agent ORDER BY max(severity) DESC, findings DESC LIMIT 50`,
        { links: { agent: "agent" } },
      ],
      [
        "table",
        "Workloads",
        undefined,
        "SELECT workload_id, ip, egress_ip, account, vpc, instance, length(agents) AS agents, last_seen FROM workloads ORDER BY last_seen DESC LIMIT 200",
      ],
    ],
  },
  {
    uid: "egret-pipeline",
    title: "Pipeline health",
    variables: ["egress"],
    panels: [
      [
        "timeseries",
        "Rows stored by sensor",
        "short",
        `SELECT $__timeInterval(at) AS time, sensor, count() AS rows FROM activity WHERE $__timeFilter_ms(at) AND ${EGRESS} GROUP BY time, sensor ORDER BY time`,
      ],
      [
        "timeseries",
        "From packet to row",
        "s",
        `SELECT $__timeInterval(at) AS time, quantile(0.5)(abs(dateDiff('second', at, stored_at))) AS median, quantile(0.99)(abs(dateDiff('second', at, stored_at))) AS p99 FROM activity WHERE $__timeFilter_ms(at) AND ${EGRESS} GROUP BY time ORDER BY time`,
      ],
      [
        "timeseries",
        "Bytes missing in flows",
        "bytes",
        `SELECT $__timeInterval(at) AS time, sensor, sum(client_gap_bytes + server_gap_bytes) AS missing FROM flows WHERE $__timeFilter_ms(at) AND ${EGRESS} GROUP BY time, sensor ORDER BY time`,
      ],
      [
        "timeseries",
        "Anomalies",
        "short",
        `SELECT $__timeInterval(at) AS time, anomaly_code AS code, count() AS anomalies FROM anomalies WHERE $__timeFilter_ms(at) AND ${EGRESS} GROUP BY time, code ORDER BY time`,
      ],
      [
        "table",
        "Sensors",
        undefined,
        "SELECT sensor, max(at) AS last_packet, max(stored_at) AS last_row, count() AS rows FROM activity WHERE $__timeFilter_ms(at) GROUP BY sensor ORDER BY sensor",
      ],
      [
        "table",
        "How flows ended",
        undefined,
        `SELECT close, count() AS flows, sum(client_bytes + server_bytes) AS bytes, sum(client_gap_bytes + server_gap_bytes) AS missing FROM flows WHERE $__timeFilter_ms(at) AND ${EGRESS} GROUP BY close ORDER BY flows DESC`,
      ],
    ],
  },
]

// Each fires when its number is above the limit for the time given.
const alerts = [
  [
    "egret-alert-critical",
    "A critical or high finding",
    "SELECT count() AS value FROM findings WHERE $__timeFilter_ms(at) AND severity IN ('high', 'critical') AND action != 'allow'",
    0,
    "0s",
    "An agent did what a detector calls severe. Open the event in the console.",
  ],
  [
    "egret-alert-tool-changed",
    "A tool changed its definition",
    "SELECT count() AS value FROM (SELECT server, name FROM tools GROUP BY server, name HAVING uniqExact(hash) > 1 AND $__timeFilter_ms(max(tools.first_seen)))",
    0,
    "0s",
    "A tool that agents trust says something else now. Compare its versions.",
  ],
  [
    "egret-alert-skill-verdict",
    "A malicious file or skill",
    "SELECT count() AS value FROM verdicts WHERE $__timeFilter_ms(submitted_at) AND result = 'malicious'",
    0,
    "0s",
    "An engine calls something that crossed the wire malicious.",
  ],
  [
    "egret-alert-new-destination",
    "Many new destinations",
    "SELECT count() AS value FROM destinations WHERE $__timeFilter_ms(first_seen)",
    50,
    "0s",
    "More hosts than usual were reached for the first time.",
  ],
  [
    "egret-alert-coverage",
    "Little TLS can be read",
    "SELECT countIf(tls_decryption != 'full') / greatest(count(), 1) AS value FROM tls_sessions WHERE $__timeFilter_ms(at)",
    0.5,
    "15m",
    "Keys are missing for most sessions: see why in the overview.",
  ],
  [
    "egret-alert-gaps",
    "The mirror loses traffic",
    "SELECT sum(client_gap_bytes + server_gap_bytes) / greatest(sum(client_bytes + server_bytes), 1) AS value FROM flows WHERE $__timeFilter_ms(at)",
    0.02,
    "15m",
    "Bytes are missing inside flows: the mirror session or the collector drops packets.",
  ],
]

const at = (name) => join(folder, name)
mkdirSync(at("dashboards/json"), { recursive: true })
mkdirSync(at("alerting"), { recursive: true })
for (const dashboard of dashboards)
  writeFileSync(at(`dashboards/json/${dashboard.uid}.json`), `${JSON.stringify(dashboardOf(dashboard), null, 1)}\n`)
writeFileSync(at("dashboards/egret.yaml"), provider())
writeFileSync(
  at("alerting/egret.yaml"),
  `# Written by scripts/grafana.mjs.
${stringify(alerting(), { lineWidth: 0, aliasDuplicateObjects: false })}`,
)

function dashboardOf({ uid, title, variables: names, panels, where }) {
  const placed = place(panels.map((panel) => ({ panel, size: sizeOf(panel) })))
  return {
    uid,
    title: `Egret: ${title}`,
    tags: ["egret"],
    schemaVersion: 39,
    version: 1,
    editable: false,
    refresh: "30s",
    graphTooltip: 2,
    time: { from: "now-24h", to: "now" },
    timezone: "browser",
    links: [{ type: "dashboards", title: "Egret", tags: ["egret"], asDropdown: true, keepTime: true, includeVars: true }],
    templating: { list: [datasourceVariable(), ...names.map(queryVariable), consoleVariable()] },
    panels: placed.map(({ panel, grid }, index) => panelOf(panel, { grid, id: index + 1, where })),
  }
}

function panelOf([type, title, unit, sql, extra = {}], { grid, id, where }) {
  const rawSql = where === undefined ? sql : sql.replaceAll(" AND WHERE", ` AND ${where}`)
  const series = type === "timeseries"
  return {
    id,
    type,
    title,
    gridPos: grid,
    datasource: source,
    targets: [
      { refId: "A", datasource: source, editorType: "sql", queryType: series ? "timeseries" : "table", format: series ? 0 : 1, rawSql },
    ],
    fieldConfig: {
      defaults: {
        ...(unit === undefined ? {} : { unit }),
        ...(extra.decimals === undefined ? {} : { decimals: extra.decimals }),
        ...(series ? { custom: SERIES } : {}),
      },
      overrides: Object.entries(extra.links ?? {}).map(([field, page]) => linkOf(field, page)),
    },
    options: OPTIONS[type] ?? {},
  }
}

/** A cell that opens its thing in the console. */
function linkOf(field, page) {
  return {
    matcher: { id: "byName", options: field },
    properties: [
      {
        id: "links",
        value: [{ title: "Open in the Egret console", url: `\${console}/#/${page}/\${__value.raw:percentencode}`, targetBlank: true }],
      },
    ],
  }
}

function queryVariable(name) {
  const { label, sql } = variables[name]
  return {
    type: "query",
    name,
    label,
    datasource: source,
    query: { editorType: "sql", queryType: "table", rawSql: sql },
    definition: sql,
    multi: true,
    includeAll: true,
    current: { text: "All", value: "$__all" },
    refresh: 2,
    sort: 1,
  }
}

function datasourceVariable() {
  return {
    type: "datasource",
    name: "datasource",
    label: "Store",
    query: "grafana-clickhouse-datasource",
    current: { text: "Egret", value: "egret" },
    hide: 0,
  }
}

function consoleVariable() {
  const value = "http://localhost:8480"
  return { type: "textbox", name: "console", label: "Console", query: value, current: { text: value, value } }
}

function sizeOf([type, , , , extra = {}]) {
  if (type === "stat") return { w: 4, h: 4 }
  return { w: extra.wide ? 24 : 12, h: type === "table" ? 9 : 8 }
}

/** From left to right, a new line when the 24 columns are full. */
function place(panels) {
  let x = 0
  let y = 0
  let tallest = 0
  return panels.map(({ panel, size }) => {
    if (x + size.w > 24) {
      x = 0
      y += tallest
      tallest = 0
    }
    const grid = { x, y, ...size }
    x += size.w
    tallest = Math.max(tallest, size.h)
    return { panel, grid }
  })
}

function alerting() {
  return {
    apiVersion: 1,
    groups: [
      {
        orgId: 1,
        name: "egret",
        folder: "Egret",
        interval: "1m",
        rules: alerts.map(([uid, title, rawSql, limit, wait, summary]) => ({
          uid,
          title,
          condition: "C",
          for: wait,
          noDataState: "OK",
          execErrState: "Error",
          labels: { product: "egret" },
          annotations: { summary },
          data: [
            {
              refId: "A",
              relativeTimeRange: { from: 600, to: 0 },
              datasourceUid: "egret",
              model: { refId: "A", editorType: "sql", queryType: "table", format: 1, rawSql },
            },
            expression("B", { type: "reduce", expression: "A", reducer: "last" }),
            expression("C", { type: "threshold", expression: "B", conditions: [{ evaluator: { type: "gt", params: [limit] } }] }),
          ],
        })),
      },
    ],
  }
}

function expression(refId, model) {
  return {
    refId,
    relativeTimeRange: { from: 600, to: 0 },
    datasourceUid: "__expr__",
    model: { refId, datasource: { type: "__expr__", uid: "__expr__" }, ...model },
  }
}

function provider() {
  return `# Written by scripts/grafana.mjs.
apiVersion: 1
providers:
  - name: egret
    folder: Egret
    type: file
    allowUiUpdates: false
    options:
      path: /etc/grafana/provisioning/dashboards/json
`
}

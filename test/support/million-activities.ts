// Audit rows by the million, made inside the engine: thirty days of forty agents, with a text that has common words, rare ones, and one that is
// there once in a million.
import type { EngineProcess } from "../../services/store/engine/engine-process.ts"

export const DAYS = 30
/** 2026-10-20T00:00:00Z. */
export const FIRST = 1_792_454_400_000_000

export async function fillActivities(engine: EngineProcess, rows: number, progress: (done: number) => void = () => {}): Promise<void> {
  const run = (sql: string) => engine.run({ lane: "write", sql, format: "TSV" })
  const step = Math.floor((DAYS * 86_400_000_000) / rows)
  for (let from = 0; from < rows; from += CHUNK) {
    const count = Math.min(CHUNK, rows - from)
    const numbers = `(SELECT number AS n, cityHash64(number) AS h, fromUnixTimestamp64Micro(toInt64(${FIRST} + number * ${step}), 'UTC') AS t,
      ['llm', 'llm', 'llm', 'llm', 'mcp', 'mcp', 'http', 'http', 'tls', 'dns'][(number % 10) + 1] AS k, cityHash64(number, 'a') % 40 AS a FROM numbers(${from}, ${count}))`
    await run(activityInsert(numbers))
    await run(contentInsert(numbers))
    progress(from + count)
  }
  await run(inventoryInserts.agent)
  await run(inventoryInserts.model)
  await run(inventoryInserts.destination)
  await run(findingInsert(step, rows))
}

function activityInsert(numbers: string): string {
  return `INSERT INTO activity (kind, at, id, sensor, vantage, direction, flow_id, vni, client_ip, client_port, server_ip, server_port, server_address, network_transport,
  gen_ai_agent_id, gen_ai_agent_name, agent_confidence, workload_id, egress_ip, completeness, summary, request_bytes, response_bytes, duration_us, http_response_status_code, url_path,
  http_request_method, gen_ai_operation_name, gen_ai_provider_name, gen_ai_request_model, gen_ai_response_model, gen_ai_response_id, gen_ai_conversation_id, gen_ai_usage_input_tokens,
  gen_ai_usage_output_tokens, time_to_first_token_us, llm_tools_invoked, mcp_method_name, mcp_server_name, gen_ai_tool_name, mcp_is_error, tls_decryption, tls_decryption_reason, dns_question_name)
SELECT k, t, lower(hex(sipHash128(n))), concat('sensor-', toString(a % 3)), 'mirror', 'outbound', lower(hex(cityHash64(intDiv(n, 5)))), 7, concat('10.0.', toString(a % 4), '.', toString(a)), 40000 + h % 20000,
  concat('203.0.113.', toString(h % 200)), 443, concat(['api.openai.com', 'api.anthropic.com', 'mcp.example.net', 'host'][(h % 4) + 1], if(h % 4 = 3, toString(h % 3000), '')), 'tcp',
  concat('agent-', toString(a)), concat('agent ', toString(a % 12)), 0.9, concat('7/10.0.0.', toString(a)), concat('198.51.100.', toString(a % 8)), 'full',
  concat(k, ' call number ', toString(n)), 500 + h % 9000, 300 + h % 30000, 20000 + h % 5000000, if(h % 50 = 0, 429, 200), concat('/v1/path/', toString(h % 100)), 'POST',
  if(k = 'llm', 'chat', ''), if(k = 'llm', ['openai', 'anthropic', 'dashscope'][(a % 3) + 1], ''), if(k = 'llm', concat('model-', toString(a % 9)), ''), if(k = 'llm', concat('model-', toString(a % 9)), ''),
  if(k = 'llm', concat('resp_', hex(h)), ''), if(k = 'llm', concat('conversation-', toString(intDiv(n, 2000) * 40 + a)), ''), if(k = 'llm', h % 8000, 0), if(k = 'llm', h % 900, 0), if(k = 'llm', 100000 + h % 900000, 0),
  if(k = 'llm' AND h % 3 = 0, [concat('tool-', toString(h % 30))], []), if(k = 'mcp', ['tools/call', 'tools/list'][(h % 2) + 1], ''), if(k = 'mcp', concat('server-', toString(a % 6)), ''),
  if(k = 'mcp' AND h % 2 = 0, concat('tool-', toString(h % 30)), ''), k = 'mcp' AND h % 20 = 0, if(k = 'tls', ['full', 'full', 'none'][(h % 3) + 1], ''), if(k = 'tls' AND h % 3 = 2, 'no-key', ''),
  if(k = 'dns', concat('host', toString(h % 3000), '.example'), '')
FROM ${numbers}`
}

/** Four in ten rows carry content of some 400 bytes; every word of the vocabulary is in one of fifty texts, "zebra" in one of a million rows. */
function contentInsert(numbers: string): string {
  return `INSERT INTO content (kind, at, id, gen_ai_agent_id, gen_ai_conversation_id, body, text)
SELECT k, t, lower(hex(sipHash128(n))), concat('agent-', toString(a)), concat('conversation-', toString(intDiv(n, 2000) * 40 + a)), concat('{"family":"openai.chat","requestModel":"model-', toString(a % 9), '"}'),
  concat(arrayStringConcat(arrayMap(i -> concat(['the', 'report', 'deploy', 'customer', 'answer'][(cityHash64(h, i) % 5) + 1], ' word', toString(cityHash64(i, h) % 2000)), range(36)), ' '), if(n % 1000000 = 500000, ' zebra', ''))
FROM ${numbers} WHERE k = 'llm'`
}

const inventoryInserts = {
  agent: `INSERT INTO agent (gen_ai_agent_id, first_seen, last_seen, latest) SELECT gen_ai_agent_id, min(at), max(at), (max(at), any(gen_ai_agent_name), '1.0', toFloat32(0.9), '[]', '[]', '{}')
FROM activity GROUP BY gen_ai_agent_id`,
  model: `INSERT INTO model (gen_ai_provider_name, gen_ai_request_model, first_seen, last_seen) SELECT gen_ai_provider_name, gen_ai_request_model, min(at), max(at) FROM activity WHERE kind = 'llm' GROUP BY ALL`,
  destination: `INSERT INTO destination (server_address, server_port, first_seen, last_seen) SELECT server_address, server_port, min(at), max(at) FROM activity GROUP BY ALL`,
}

function findingInsert(step: number, rows: number): string {
  const findings = Math.min(100_000, Math.floor(rows / 20))
  return `INSERT INTO finding (at, id, rule, family, severity, confidence, title, gen_ai_agent_id, gen_ai_agent_name, server_address, server_port, activity_id)
SELECT fromUnixTimestamp64Micro(toInt64(${FIRST} + number * ${step * Math.floor(rows / findings)}), 'UTC'), concat('f', toString(number)), concat('rule-', toString(number % 60)), 'secrets',
  ['low', 'medium', 'high', 'critical'][(cityHash64(number) % 4) + 1], 0.8, 'A finding', concat('agent-', toString(number % 40)), concat('agent ', toString(number % 12)), 'api.openai.com', 443, ''
FROM numbers(${findings})`
}

const CHUNK = 500_000

-- What people and dashboards ask for by name. One view a kind of activity shows that kind's columns only; no view reads content.
CREATE VIEW llm_calls AS SELECT
  at, id, sensor, vantage, direction, flow_id, vni, client_ip, client_port, server_ip, server_port, server_address, gen_ai_agent_id, gen_ai_agent_name,
  gen_ai_agent_version, agent_confidence, workload_id, workload_ip, egress_ip, completeness, summary, request_bytes, response_bytes, duration_us,
  http_response_status_code, error_type, url_path, llm_family, llm_software, llm_recognised_by, llm_recognition_score, gen_ai_operation_name,
  gen_ai_provider_name, gen_ai_request_model, gen_ai_response_model, gen_ai_response_id, llm_previous_response_id, gen_ai_conversation_id,
  gen_ai_request_stream, gen_ai_response_finish_reasons, gen_ai_usage_input_tokens, gen_ai_usage_output_tokens, gen_ai_usage_cache_read_input_tokens,
  gen_ai_usage_cache_creation_input_tokens, gen_ai_usage_reasoning_output_tokens, llm_total_tokens, time_to_first_token_us, llm_history_messages,
  llm_history_bytes, llm_history_prefix_hash, llm_input_messages, llm_output_messages, llm_tools_provided, llm_tools_invoked, llm_tool_results,
  llm_tool_errors, llm_mcp_servers, llm_skills_available, llm_skills_used, llm_unknown_fields, detail
FROM activity WHERE kind = 'llm';

CREATE VIEW mcp_messages AS SELECT
  at, id, sensor, vantage, direction, flow_id, vni, client_ip, client_port, server_ip, server_port, server_address, gen_ai_agent_id, gen_ai_agent_name,
  gen_ai_agent_version, agent_confidence, workload_id, workload_ip, egress_ip, completeness, summary, request_bytes, response_bytes, duration_us,
  error_type, url_path, mcp_transport, mcp_certainty, mcp_sender, mcp_method_name, jsonrpc_request_id, mcp_notification, mcp_session_id,
  mcp_protocol_version, mcp_client_name, mcp_client_version, mcp_server_name, mcp_server_version, gen_ai_tool_name, mcp_resource_uri,
  gen_ai_prompt_name, mcp_is_error, rpc_response_status_code, mcp_listed, mcp_inventory_hash, mcp_mismatches, traceparent, detail
FROM activity WHERE kind = 'mcp';

CREATE VIEW a2a_messages AS SELECT
  at, id, sensor, vantage, direction, flow_id, vni, client_ip, client_port, server_ip, server_port, server_address, gen_ai_agent_id, gen_ai_agent_name,
  workload_id, egress_ip, completeness, summary, http_response_status_code, url_path, a2a_protocol, a2a_version, a2a_method, jsonrpc_request_id,
  a2a_task_id, a2a_context_id, a2a_state, a2a_card_name, a2a_callback_url, detail
FROM activity WHERE kind = 'a2a';

CREATE VIEW http_exchanges AS SELECT
  at, id, sensor, vantage, direction, flow_id, vni, client_ip, client_port, server_ip, server_port, server_address, gen_ai_agent_id, gen_ai_agent_name,
  workload_id, egress_ip, completeness, summary, request_bytes, response_bytes, duration_us, time_to_first_byte_us, http_response_status_code, url_path,
  url_scheme, http_version, http_request_method, http_stream, http_request_sha256, http_response_sha256, http_request_content_type,
  http_response_content_type
FROM activity WHERE kind = 'http';

CREATE VIEW tls_sessions AS SELECT
  at, id, sensor, vantage, direction, flow_id, vni, client_ip, client_port, server_ip, server_port, server_address, gen_ai_agent_id, gen_ai_agent_name,
  workload_id, egress_ip, tls_version, tls_cipher, tls_alpn, tls_alpn_chosen, tls_ja3, tls_ja3s, tls_ja4, tls_ech, tls_resumed,
  tls_certificate_sha256, tls_certificate_issuer, tls_decryption, tls_decryption_reason, detail
FROM activity WHERE kind = 'tls';

CREATE VIEW dns_lookups AS SELECT
  at, id, sensor, vantage, flow_id, vni, client_ip, client_port, server_ip, server_port, gen_ai_agent_id, gen_ai_agent_name, workload_id, egress_ip,
  dns_question_name, dns_question_type, dns_response_code, dns_answers, dns_over, request_bytes, response_bytes
FROM activity WHERE kind = 'dns';

CREATE VIEW websocket_messages AS SELECT
  at, id, sensor, vantage, direction, flow_id, vni, client_ip, client_port, server_ip, server_port, server_address, gen_ai_agent_id, gen_ai_agent_name,
  workload_id, egress_ip, completeness, url_path, websocket_opcode, websocket_subprotocol, request_bytes, response_bytes, file_sha256 AS payload_sha256
FROM activity WHERE kind = 'websocket';

CREATE VIEW files AS SELECT
  at, id, sensor, vantage, direction, flow_id, vni, client_ip, client_port, server_ip, server_port, server_address, gen_ai_agent_id, gen_ai_agent_name,
  workload_id, egress_ip, completeness, file_name, file_bytes, file_sha256, file_media_type, file_claimed_media_type, file_route, file_inside,
  source_url, source_ref, archive_format, detail
FROM activity WHERE kind = 'file';

CREATE VIEW skill_transfers AS SELECT
  at, id, sensor, vantage, direction, flow_id, vni, client_ip, server_ip, server_address, gen_ai_agent_id, gen_ai_agent_name, workload_id, egress_ip,
  completeness, skill_name, skill_version, skill_hash, skill_how, skill_activated, skill_files, skill_problems, skill_digest, file_route AS route,
  source_url AS source, source_ref
FROM activity WHERE kind = 'skill';

CREATE VIEW anomalies AS SELECT
  at, id, sensor, vantage, flow_id, vni, client_ip, client_port, server_ip, server_port, server_address, gen_ai_agent_id, gen_ai_agent_name, workload_id,
  egress_ip, anomaly_layer, anomaly_code, anomaly_side, summary AS detail
FROM activity WHERE kind = 'anomaly';

CREATE VIEW flows AS SELECT * FROM flow;
CREATE VIEW findings AS SELECT * FROM finding;
CREATE VIEW events AS SELECT * FROM event FINAL;
CREATE VIEW verdicts AS SELECT * FROM verdict FINAL;

CREATE VIEW agents AS SELECT
  gen_ai_agent_id, latest.name AS name, latest.version AS version, latest.confidence AS confidence, first_seen, last_seen, versions, workloads,
  egress_ips, vantages, latest.signals AS signals, latest.conflicts AS conflicts, latest.workload AS workload
FROM agent FINAL;

CREATE VIEW agent_uses AS SELECT * FROM agent_use FINAL;
CREATE VIEW models AS SELECT * FROM model FINAL;

CREATE VIEW mcp_servers AS SELECT
  server, latest.name AS name, latest.version AS version, first_seen, last_seen, names, versions, transports, protocol_versions, hosts, certain = 1 AS certain
FROM mcp_server FINAL;

CREATE VIEW tools AS SELECT * FROM tool FINAL;
CREATE VIEW skills AS SELECT * FROM skill FINAL;
CREATE VIEW destinations AS SELECT * FROM destination FINAL;

CREATE VIEW workloads AS SELECT
  workload_id, latest.vni AS vni, latest.ip AS ip, latest.egress_ip AS egress_ip, latest.account AS account, latest.vpc AS vpc,
  latest.network_interface AS network_interface, latest.instance AS instance, first_seen, last_seen, agents
FROM workload FINAL;

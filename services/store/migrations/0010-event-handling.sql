-- What people did about events, apart from what detection keeps writing: neither overwrites the other. `events` shows both as one.
CREATE TABLE event_handling (
  id String CODEC(ZSTD(1)),
  handled_at DateTime64(6, 'UTC') CODEC(Delta(8), ZSTD(1)),
  stored_at DateTime('UTC') DEFAULT now() CODEC(Delta(4), ZSTD(1)),
  status LowCardinality(String),
  assignee LowCardinality(String),
  notes String COMMENT 'JSON [{at, by, text}], all of them' CODEC(ZSTD(3)),
  suppression_reason String CODEC(ZSTD(1)),
  suppression_by LowCardinality(String),
  suppression_until DateTime64(6, 'UTC') COMMENT '1970: for ever' CODEC(ZSTD(1))
) ENGINE = ReplacingMergeTree(handled_at)
ORDER BY id;

-- An event that was resolved and comes back is new again.
CREATE OR REPLACE VIEW events AS SELECT
  id, revision, stored_at, class, title, summary, severity,
  multiIf(handled_id = '', status, handled_status = 'resolved' AND last_seen > handled_at, 'new',
    handled_status = 'suppressed' AND toUnixTimestamp64Micro(handled_suppression_until) > 0 AND handled_suppression_until < now64(6), 'new', handled_status) AS status,
  if(handled_id = '', assignee, handled_assignee) AS assignee, if(handled_id = '', notes, handled_notes) AS notes,
  count, first_seen, last_seen, rules, gen_ai_agent_id, gen_ai_agent_name, workload_id, egress_ip, agent, server_address, action, findings, activities, evidence,
  references, if(handled_id = '', suppression_reason, handled_suppression_reason) AS suppression_reason,
  if(handled_id = '', suppression_by, handled_suppression_by) AS suppression_by,
  if(handled_id = '', suppression_until, handled_suppression_until) AS suppression_until
FROM (
  SELECT id, revision, stored_at, class, title, summary, severity, status, assignee, notes, count, first_seen, last_seen, rules, gen_ai_agent_id,
    gen_ai_agent_name, workload_id, egress_ip, agent, server_address, action, findings, activities, evidence, references, suppression_reason,
    suppression_by, suppression_until
  FROM event FINAL
) AS raised LEFT JOIN (
  SELECT id AS handled_id, handled_at, status AS handled_status, assignee AS handled_assignee, notes AS handled_notes,
    suppression_reason AS handled_suppression_reason, suppression_by AS handled_suppression_by, suppression_until AS handled_suppression_until
  FROM event_handling FINAL
) AS handling ON raised.id = handling.handled_id;

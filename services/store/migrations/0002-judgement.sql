-- What detectors said, masked. A finding never changes; its identity is (at, id).
CREATE TABLE finding (
  at DateTime64(6, 'UTC') CODEC(Delta(8), ZSTD(1)),
  id String CODEC(ZSTD(1)),
  stored_at DateTime('UTC') DEFAULT now() CODEC(Delta(4), ZSTD(1)),
  sensor LowCardinality(String),
  rule LowCardinality(String),
  family LowCardinality(String),
  severity Enum8('info' = 0, 'low' = 1, 'medium' = 2, 'high' = 3, 'critical' = 4),
  confidence Float32 CODEC(ZSTD(1)),
  title String CODEC(ZSTD(1)),
  reason String CODEC(ZSTD(1)),
  direction LowCardinality(String),
  activity_id String CODEC(ZSTD(1)),
  activity_kind LowCardinality(String),
  flow_id String CODEC(ZSTD(1)),
  client_ip LowCardinality(String),
  server_ip LowCardinality(String),
  gen_ai_agent_id LowCardinality(String),
  gen_ai_agent_name LowCardinality(String),
  workload_id LowCardinality(String),
  egress_ip LowCardinality(String),
  server_address LowCardinality(String) COMMENT 'destination',
  server_port UInt16 CODEC(ZSTD(1)),
  destination_class LowCardinality(String),
  gen_ai_provider_name LowCardinality(String),
  place LowCardinality(String),
  path String CODEC(ZSTD(1)),
  span_start UInt32 CODEC(ZSTD(1)),
  span_end UInt32 CODEC(ZSTD(1)),
  masked String CODEC(ZSTD(1)),
  masked_context String CODEC(ZSTD(1)),
  fingerprint String COMMENT 'keyed: equal secrets are equal here, and nothing can be learned from it' CODEC(ZSTD(1)),
  decoded Array(LowCardinality(String)),
  facts String COMMENT 'JSON' CODEC(ZSTD(3)),
  references Array(LowCardinality(String)),
  related Array(String) CODEC(ZSTD(1)),
  action LowCardinality(String),
  enforced Bool,
  policy_rule LowCardinality(String),
  policy_reason String CODEC(ZSTD(1)),
  policy_knob LowCardinality(String),
  INDEX ix_id id TYPE bloom_filter(0.001) GRANULARITY 4,
  INDEX ix_activity activity_id TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX ix_fingerprint fingerprint TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX ix_agent gen_ai_agent_id TYPE set(256) GRANULARITY 1,
  INDEX ix_rule rule TYPE set(256) GRANULARITY 1,
  INDEX ix_severity severity TYPE set(8) GRANULARITY 1,
  INDEX ix_host server_address TYPE set(1024) GRANULARITY 1
) ENGINE = ReplacingMergeTree(stored_at)
PARTITION BY toMonday(at)
ORDER BY (at, id)
SETTINGS ttl_only_drop_parts = 1;

-- What a person handles. The newest revision of an id wins: read `events`, not this.
CREATE TABLE event (
  id String CODEC(ZSTD(1)),
  revision UInt64 CODEC(ZSTD(1)),
  stored_at DateTime('UTC') DEFAULT now() CODEC(Delta(4), ZSTD(1)),
  class LowCardinality(String),
  title String CODEC(ZSTD(1)),
  summary String CODEC(ZSTD(1)),
  severity Enum8('info' = 0, 'low' = 1, 'medium' = 2, 'high' = 3, 'critical' = 4),
  status LowCardinality(String),
  assignee LowCardinality(String),
  notes String COMMENT 'JSON [{at, by, text}]' CODEC(ZSTD(3)),
  count UInt64 CODEC(ZSTD(1)),
  first_seen DateTime64(6, 'UTC') CODEC(ZSTD(1)),
  last_seen DateTime64(6, 'UTC') CODEC(ZSTD(1)),
  rules Array(LowCardinality(String)),
  gen_ai_agent_id LowCardinality(String),
  gen_ai_agent_name LowCardinality(String),
  workload_id LowCardinality(String),
  egress_ip LowCardinality(String),
  agent String COMMENT 'JSON: the agent with its signals' CODEC(ZSTD(3)),
  server_address LowCardinality(String) COMMENT 'destination',
  action LowCardinality(String),
  findings Array(String) CODEC(ZSTD(1)),
  activities Array(String) CODEC(ZSTD(1)),
  evidence String COMMENT 'JSON [{masked, place, path}]' CODEC(ZSTD(3)),
  references Array(LowCardinality(String)),
  suppression_reason String CODEC(ZSTD(1)),
  suppression_by LowCardinality(String),
  suppression_until DateTime64(6, 'UTC') COMMENT '1970-01-01 when there is no end' CODEC(ZSTD(1))
) ENGINE = ReplacingMergeTree(revision)
ORDER BY id;

-- One engine's newest word on one file or skill: read `verdicts`.
CREATE TABLE verdict (
  sha256 String CODEC(ZSTD(1)),
  subject LowCardinality(String),
  engine LowCardinality(String),
  id String CODEC(ZSTD(1)),
  revision UInt64 COMMENT 'when it was said, in microseconds' CODEC(ZSTD(1)),
  stored_at DateTime('UTC') DEFAULT now() CODEC(Delta(4), ZSTD(1)),
  name String CODEC(ZSTD(1)),
  result LowCardinality(String),
  score Float32 CODEC(ZSTD(1)),
  labels Array(LowCardinality(String)),
  reasons String COMMENT 'JSON [{text, path, span, rule}]' CODEC(ZSTD(3)),
  report_url String CODEC(ZSTD(1)),
  submitted_at DateTime64(6, 'UTC') CODEC(ZSTD(1)),
  completed_at DateTime64(6, 'UTC') COMMENT '1970-01-01 while pending' CODEC(ZSTD(1)),
  activities Array(String) CODEC(ZSTD(1))
) ENGINE = ReplacingMergeTree(revision)
ORDER BY (sha256, subject, engine, id);

-- Who did what with Egret itself. Append-only and hash-chained: `hash` covers the record and the hash before it.
CREATE TABLE audit (
  seq UInt64,
  id String,
  at DateTime64(6, 'UTC') CODEC(Delta(8), ZSTD(1)),
  actor String CODEC(ZSTD(1)),
  role LowCardinality(String),
  source String COMMENT 'address of the caller' CODEC(ZSTD(1)),
  action LowCardinality(String),
  target String CODEC(ZSTD(1)),
  outcome LowCardinality(String),
  detail String COMMENT 'JSON' CODEC(ZSTD(3)),
  previous_hash String,
  hash String
) ENGINE = ReplacingMergeTree
ORDER BY (seq, id);

-- Bytes of files rebuilt from the wire, in parts, by content. Same grant as content.
CREATE TABLE file_part (
  sha256 String CODEC(ZSTD(1)),
  part UInt32,
  parts UInt32,
  stored_at DateTime('UTC') DEFAULT now(),
  data String CODEC(ZSTD(3))
) ENGINE = ReplacingMergeTree(stored_at)
PARTITION BY toMonday(stored_at)
ORDER BY (sha256, part)
SETTINGS ttl_only_drop_parts = 1, index_granularity = 64;

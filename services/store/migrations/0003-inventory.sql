-- Inventories hold only what may be folded twice without harm: the first time, the last time, the newest description, sets.
-- The writer adds to them on every delivery, also of activities that are stored already, so that a crash between two inserts mends itself
-- and a replay changes nothing. Counts come from `activity`, where an id exists once. `latest` compares by its time first: the newest wins.
CREATE TABLE agent (
  gen_ai_agent_id String,
  first_seen SimpleAggregateFunction(min, DateTime64(6, 'UTC')),
  last_seen SimpleAggregateFunction(max, DateTime64(6, 'UTC')),
  latest SimpleAggregateFunction(max, Tuple(at DateTime64(6, 'UTC'), name String, version String, confidence Float32, signals String, conflicts String, workload String)) CODEC(ZSTD(3)),
  versions SimpleAggregateFunction(groupUniqArrayArray(256), Array(String)),
  workloads SimpleAggregateFunction(groupUniqArrayArray(256), Array(String)),
  egress_ips SimpleAggregateFunction(groupUniqArrayArray(256), Array(String)),
  vantages SimpleAggregateFunction(groupUniqArrayArray(256), Array(String))
) ENGINE = AggregatingMergeTree
ORDER BY gen_ai_agent_id;

-- Which agent used which model, MCP server, tool, skill, destination, other agent. `name` is the thing's key in its own inventory.
CREATE TABLE agent_use (
  thing LowCardinality(String) COMMENT 'model, mcp_server, tool, skill, destination, peer',
  name String,
  gen_ai_agent_id String,
  first_seen SimpleAggregateFunction(min, DateTime64(6, 'UTC')),
  last_seen SimpleAggregateFunction(max, DateTime64(6, 'UTC'))
) ENGINE = AggregatingMergeTree
ORDER BY (thing, name, gen_ai_agent_id);

CREATE TABLE model (
  gen_ai_provider_name String,
  gen_ai_request_model String,
  first_seen SimpleAggregateFunction(min, DateTime64(6, 'UTC')),
  last_seen SimpleAggregateFunction(max, DateTime64(6, 'UTC')),
  response_models SimpleAggregateFunction(groupUniqArrayArray(256), Array(String)),
  operations SimpleAggregateFunction(groupUniqArrayArray(256), Array(String)),
  hosts SimpleAggregateFunction(groupUniqArrayArray(256), Array(String)),
  families SimpleAggregateFunction(groupUniqArrayArray(256), Array(String))
) ENGINE = AggregatingMergeTree
ORDER BY (gen_ai_provider_name, gen_ai_request_model);

-- `server` is "host/path" for a server on the wire, "name" for one that is visible only inside a model's transcript.
CREATE TABLE mcp_server (
  server String,
  first_seen SimpleAggregateFunction(min, DateTime64(6, 'UTC')),
  last_seen SimpleAggregateFunction(max, DateTime64(6, 'UTC')),
  latest SimpleAggregateFunction(max, Tuple(at DateTime64(6, 'UTC'), name String, version String, instructions_sha256 String)),
  names SimpleAggregateFunction(groupUniqArrayArray(256), Array(String)),
  versions SimpleAggregateFunction(groupUniqArrayArray(256), Array(String)),
  transports SimpleAggregateFunction(groupUniqArrayArray(256), Array(String)),
  protocol_versions SimpleAggregateFunction(groupUniqArrayArray(256), Array(String)),
  hosts SimpleAggregateFunction(groupUniqArrayArray(256), Array(String)),
  certain SimpleAggregateFunction(max, UInt8)
) ENGINE = AggregatingMergeTree
ORDER BY server;

-- Every version of every definition, as a server listed it or an agent offered it to a model.
CREATE TABLE tool (
  server String,
  name String,
  hash String,
  first_seen SimpleAggregateFunction(min, DateTime64(6, 'UTC')),
  last_seen SimpleAggregateFunction(max, DateTime64(6, 'UTC')),
  type SimpleAggregateFunction(anyLast, String),
  title SimpleAggregateFunction(anyLast, String),
  description SimpleAggregateFunction(anyLast, String) CODEC(ZSTD(3)),
  input_schema SimpleAggregateFunction(anyLast, String) CODEC(ZSTD(3)),
  output_schema SimpleAggregateFunction(anyLast, String) CODEC(ZSTD(3)),
  annotations SimpleAggregateFunction(anyLast, String) CODEC(ZSTD(3)),
  seen_in SimpleAggregateFunction(groupUniqArrayArray(256), Array(String)) COMMENT 'mcp, llm'
) ENGINE = AggregatingMergeTree
ORDER BY (server, name, hash);

CREATE TABLE skill (
  name String,
  source String,
  hash String,
  first_seen SimpleAggregateFunction(min, DateTime64(6, 'UTC')),
  last_seen SimpleAggregateFunction(max, DateTime64(6, 'UTC')),
  version SimpleAggregateFunction(anyLast, String),
  description SimpleAggregateFunction(anyLast, String) CODEC(ZSTD(3)),
  host SimpleAggregateFunction(anyLast, String),
  ref SimpleAggregateFunction(anyLast, String),
  files SimpleAggregateFunction(anyLast, String) COMMENT 'JSON [{path, bytes, sha256, mediaType}]' CODEC(ZSTD(3)),
  front_matter SimpleAggregateFunction(anyLast, String) CODEC(ZSTD(3)),
  allowed_tools SimpleAggregateFunction(groupUniqArrayArray(256), Array(String)),
  references SimpleAggregateFunction(groupUniqArrayArray(256), Array(String)),
  problems SimpleAggregateFunction(groupUniqArrayArray(256), Array(String)),
  routes SimpleAggregateFunction(groupUniqArrayArray(256), Array(String)),
  how SimpleAggregateFunction(groupUniqArrayArray(256), Array(String)),
  activated SimpleAggregateFunction(max, UInt8)
) ENGINE = AggregatingMergeTree
ORDER BY (name, source, hash);

CREATE TABLE destination (
  server_address String,
  server_port UInt16,
  first_seen SimpleAggregateFunction(min, DateTime64(6, 'UTC')),
  last_seen SimpleAggregateFunction(max, DateTime64(6, 'UTC')),
  providers SimpleAggregateFunction(groupUniqArrayArray(256), Array(String)),
  kinds SimpleAggregateFunction(groupUniqArrayArray(256), Array(String)),
  transports SimpleAggregateFunction(groupUniqArrayArray(256), Array(String)),
  server_ips SimpleAggregateFunction(groupUniqArrayArray(64), Array(String)),
  classes SimpleAggregateFunction(groupUniqArrayArray(256), Array(String)) COMMENT 'as judged: provider, mcp, known, internal, unknown'
) ENGINE = AggregatingMergeTree
ORDER BY (server_address, server_port);

-- The machine behind the egress IP and what mirroring knows of it.
CREATE TABLE workload (
  workload_id String,
  first_seen SimpleAggregateFunction(min, DateTime64(6, 'UTC')),
  last_seen SimpleAggregateFunction(max, DateTime64(6, 'UTC')),
  latest SimpleAggregateFunction(max, Tuple(at DateTime64(6, 'UTC'), vni UInt32, ip String, egress_ip String, account String, vpc String, network_interface String, instance String)),
  agents SimpleAggregateFunction(groupUniqArrayArray(256), Array(String))
) ENGINE = AggregatingMergeTree
ORDER BY workload_id;

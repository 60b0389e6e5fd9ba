-- Roles for a ClickHouse server that more than Egret uses. Run once, as a user with access management, after `egret` has made its tables:
--   clickhouse-client --queries-file infra/clickhouse/roles.sql
-- Then give them to users: GRANT egret_reader_meta TO alice; GRANT egret_reader_content TO the_investigators;
-- infra/clickhouse/users.d/egret.xml holds the same for the compose file, without access management.

-- What `egret store` and `egret api` need when migrations are applied by somebody else: they look before they insert, so they read too.
CREATE ROLE IF NOT EXISTS egret_ingest;
GRANT SELECT, INSERT ON egret.activity TO egret_ingest;
GRANT SELECT, INSERT ON egret.content TO egret_ingest;
GRANT SELECT, INSERT ON egret.flow TO egret_ingest;
GRANT SELECT, INSERT ON egret.finding TO egret_ingest;
GRANT SELECT, INSERT ON egret.event TO egret_ingest;
GRANT SELECT, INSERT ON egret.event_handling TO egret_ingest;
GRANT SELECT, INSERT ON egret.verdict TO egret_ingest;
GRANT SELECT, INSERT ON egret.audit TO egret_ingest;
GRANT SELECT, INSERT ON egret.file_part TO egret_ingest;
GRANT SELECT, INSERT ON egret.agent TO egret_ingest;
GRANT SELECT, INSERT ON egret.agent_use TO egret_ingest;
GRANT SELECT, INSERT ON egret.model TO egret_ingest;
GRANT SELECT, INSERT ON egret.mcp_server TO egret_ingest;
GRANT SELECT, INSERT ON egret.tool TO egret_ingest;
GRANT SELECT, INSERT ON egret.skill TO egret_ingest;
GRANT SELECT, INSERT ON egret.destination TO egret_ingest;
GRANT SELECT, INSERT ON egret.workload TO egret_ingest;
GRANT SELECT ON egret.migration TO egret_ingest;

-- Everything but prompts, bodies, headers, files and the audit trail of Egret itself.
CREATE ROLE IF NOT EXISTS egret_reader_meta;
GRANT SELECT ON egret.activity TO egret_reader_meta;
GRANT SELECT ON egret.flow TO egret_reader_meta;
GRANT SELECT ON egret.finding TO egret_reader_meta;
GRANT SELECT ON egret.event TO egret_reader_meta;
GRANT SELECT ON egret.event_handling TO egret_reader_meta;
GRANT SELECT ON egret.verdict TO egret_reader_meta;
GRANT SELECT ON egret.agent TO egret_reader_meta;
GRANT SELECT ON egret.agent_use TO egret_reader_meta;
GRANT SELECT ON egret.model TO egret_reader_meta;
GRANT SELECT ON egret.mcp_server TO egret_reader_meta;
GRANT SELECT ON egret.tool TO egret_reader_meta;
GRANT SELECT ON egret.skill TO egret_reader_meta;
GRANT SELECT ON egret.destination TO egret_reader_meta;
GRANT SELECT ON egret.workload TO egret_reader_meta;
GRANT SELECT ON egret.llm_calls TO egret_reader_meta;
GRANT SELECT ON egret.mcp_messages TO egret_reader_meta;
GRANT SELECT ON egret.a2a_messages TO egret_reader_meta;
GRANT SELECT ON egret.http_exchanges TO egret_reader_meta;
GRANT SELECT ON egret.tls_sessions TO egret_reader_meta;
GRANT SELECT ON egret.dns_lookups TO egret_reader_meta;
GRANT SELECT ON egret.websocket_messages TO egret_reader_meta;
GRANT SELECT ON egret.files TO egret_reader_meta;
GRANT SELECT ON egret.skill_transfers TO egret_reader_meta;
GRANT SELECT ON egret.anomalies TO egret_reader_meta;
GRANT SELECT ON egret.flows TO egret_reader_meta;
GRANT SELECT ON egret.findings TO egret_reader_meta;
GRANT SELECT ON egret.events TO egret_reader_meta;
GRANT SELECT ON egret.verdicts TO egret_reader_meta;
GRANT SELECT ON egret.agents TO egret_reader_meta;
GRANT SELECT ON egret.agent_uses TO egret_reader_meta;
GRANT SELECT ON egret.models TO egret_reader_meta;
GRANT SELECT ON egret.mcp_servers TO egret_reader_meta;
GRANT SELECT ON egret.tools TO egret_reader_meta;
GRANT SELECT ON egret.skills TO egret_reader_meta;
GRANT SELECT ON egret.destinations TO egret_reader_meta;
GRANT SELECT ON egret.workloads TO egret_reader_meta;

-- What was said, too. Reading it through Egret's API is recorded in its audit trail; reading it here is recorded only in the server's query log.
CREATE ROLE IF NOT EXISTS egret_reader_content;
GRANT egret_reader_meta TO egret_reader_content;
GRANT SELECT ON egret.content TO egret_reader_content;
GRANT SELECT ON egret.file_part TO egret_reader_content;

-- Grafana sends settings of its own with every query, which `readonly = 1` forbids: 2 lets it set them and still writes nothing. The limits are fixed.
CREATE SETTINGS PROFILE IF NOT EXISTS egret_grafana_reader SETTINGS readonly = 2, max_execution_time = 30 MAX 30, max_result_rows = 100000 MAX 100000,
  max_memory_usage = 2000000000 MAX 2000000000;
CREATE ROLE IF NOT EXISTS egret_grafana_reader SETTINGS PROFILE 'egret_grafana_reader';
GRANT egret_reader_meta TO egret_grafana_reader;

// The embedded engine's users file. The engine has one user, and access control works by roles: a connection takes a role when it is opened
// and every statement on it is judged by the engine itself. `egret_meta` may read everything but content; the list says what it may read,
// so a table that a later migration adds is closed to it until it is named here.
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

export function writeAccessFiles(folder: string, database: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const users = join(folder, "users.xml")
  const config = join(folder, "config.xml")
  writeFileSync(users, usersFile(database), { mode: 0o600 })
  writeFileSync(config, configFile(users), { mode: 0o600 })
  return config
}

/** Tables and views without content. */
export const metaTables = [
  "activity",
  "flow",
  "finding",
  "event",
  "event_handling",
  "verdict",
  "agent",
  "agent_use",
  "model",
  "mcp_server",
  "tool",
  "skill",
  "destination",
  "workload",
  "llm_calls",
  "mcp_messages",
  "a2a_messages",
  "http_exchanges",
  "tls_sessions",
  "dns_lookups",
  "websocket_messages",
  "files",
  "skill_transfers",
  "anomalies",
  "flows",
  "findings",
  "events",
  "verdicts",
  "agents",
  "agent_uses",
  "models",
  "mcp_servers",
  "tools",
  "skills",
  "destinations",
  "workloads",
] as const

function usersFile(database: string): string {
  const grants = metaTables.map((table) => `<query>GRANT SELECT ON ${database}.${table}</query>`).join("\n        ")
  return `<clickhouse>
  <profiles><default/></profiles>
  <quotas><default/></quotas>
  <roles>
    <egret_all><grants><query>GRANT ALL ON *.*</query></grants></egret_all>
    <egret_meta>
      <grants>
        ${grants}
      </grants>
    </egret_meta>
  </roles>
  <users>
    <default>
      <password/>
      <networks><ip>::/0</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
      <grants><query>GRANT egret_all, egret_meta</query></grants>
    </default>
  </users>
</clickhouse>
`
}

function configFile(users: string): string {
  return `<clickhouse>
  <access_control_improvements>
    <select_from_system_db_requires_grant>true</select_from_system_db_requires_grant>
    <select_from_information_schema_requires_grant>true</select_from_information_schema_requires_grant>
  </access_control_improvements>
  <users_config>${escapeXml(users)}</users_config>
  <user_directories><users_xml><path>${escapeXml(users)}</path></users_xml></user_directories>
</clickhouse>
`
}

function escapeXml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;")
}

// What the store knows of its tables beyond their columns, which it asks the engine for.

export interface TableRule {
  /** Columns that make a row what it is. A row whose identity is stored already changes nothing. Absent: the table folds duplicates itself. */
  readonly identity?: readonly string[]
  /** Which retention setting rules it. */
  readonly retention?: "metadata" | "content" | "findings" | "files"
}

export const tableRules: Readonly<Record<string, TableRule>> = {
  activity: { identity: ["kind", "at", "id"], retention: "metadata" },
  content: { identity: ["kind", "at", "id"], retention: "content" },
  flow: { identity: ["at", "id"], retention: "metadata" },
  finding: { identity: ["at", "id"], retention: "findings" },
  file_part: { identity: ["sha256", "part"], retention: "files" },
  audit: { identity: ["seq", "id"] },
  event: { identity: ["id", "revision"] },
  event_handling: { identity: ["id", "handled_at"] },
  verdict: { identity: ["sha256", "subject", "engine", "id", "revision"] },
  agent: {},
  agent_use: {},
  model: {},
  mcp_server: {},
  tool: {},
  skill: {},
  destination: {},
  workload: {},
  setting: {},
}

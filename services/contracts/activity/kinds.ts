import { a2aData } from "./a2a.ts"
import { anomalyData } from "./anomaly.ts"
import { dnsData } from "./dns.ts"
import { fileData } from "./file.ts"
import { flowData } from "./flow.ts"
import { httpData } from "./http.ts"
import { llmData } from "./llm.ts"
import { mcpData } from "./mcp.ts"
import { skillData } from "./skill.ts"
import { tlsData } from "./tls.ts"
import { websocketData } from "./websocket.ts"

/** Every kind of activity and the shape of its `data`. A new kind is one file and one line here. */
export const activityKinds = {
  flow: flowData,
  tls: tlsData,
  dns: dnsData,
  http: httpData,
  websocket: websocketData,
  llm: llmData,
  mcp: mcpData,
  a2a: a2aData,
  file: fileData,
  skill: skillData,
  anomaly: anomalyData,
} as const

import { z } from "zod"
import { asMicros, defineQuery, Where } from "./named-query.ts"
import { limit, timeRange } from "./params.ts"

export interface SightingRow {
  readonly activity: string
  readonly kind: string
  readonly at: number
  readonly [column: string]: unknown
}

export const sightings = defineQuery<SightingRow>()({
  name: "sightings",
  description: "Who fetched, sent or showed a file or skill, by its SHA-256: also inside skills that hold the file.",
  params: timeRange.extend({ sha256: z.string().regex(/^[0-9a-f]{64}$/, "64 hex digits"), limit }),
  build: (params) => {
    const where = new Where().range("activity.at", params)
    return {
      sql: `SELECT id AS activity, toString(kind) AS kind, ${asMicros("activity.at", "at")}, sensor, gen_ai_agent_id, gen_ai_agent_name, workload_id, vni, egress_ip,
  client_ip, client_port, server_ip, server_port, toString(network_transport) AS transport, flow_id, server_address, file_name, skill_name
FROM activity WHERE ${where} AND (
  (kind = 'file' AND file_sha256 = {sha256:String}) OR (kind = 'skill' AND (skill_hash = {sha256:String} OR skill_hash IN (
    SELECT hash FROM skill WHERE position(files, {sha256:String}) > 0)))
) ORDER BY activity.at DESC, id LIMIT {limit:UInt32}`,
      params: { ...where.params, sha256: params.sha256, limit: params.limit },
    }
  },
})

export const verdictsOf = defineQuery<{
  readonly sha256: string
  readonly engine: string
  readonly result: string
  readonly path: string
}>()({
  name: "verdicts-of",
  description:
    "Each engine's word on one file or skill, the merged verdict first; for a skill also the words on the files in it, with their paths.",
  params: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/, "64 hex digits"), limit }),
  build: ({ sha256, limit }) => ({
    sql: `WITH members AS (
  SELECT JSONExtractString(member, 'sha256') AS sha256, any(JSONExtractString(member, 'path')) AS path
  FROM skill ARRAY JOIN JSONExtractArrayRaw(files) AS member WHERE hash = {sha256:String} GROUP BY sha256
)
SELECT verdicts.sha256 AS sha256, subject, engine, id, name, result, score, labels, reasons, report_url, activities, members.path AS path,
  ${asMicros("verdicts.submitted_at", "submitted_at")}, ${asMicros("verdicts.completed_at", "completed_at")}
FROM verdicts LEFT JOIN members ON members.sha256 = verdicts.sha256
WHERE verdicts.sha256 = {sha256:String} OR verdicts.sha256 IN (SELECT sha256 FROM members)
ORDER BY verdicts.sha256 != {sha256:String}, path, engine != 'merged', engine LIMIT {limit:UInt32}`,
    params: { sha256, limit },
  }),
})

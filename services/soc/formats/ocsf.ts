// OCSF 1.8.0: leaks are Data Security Findings (2006), verdicts and everything else Detection Findings (2004).
import type { Finding } from "../../contracts/finding.ts"
import { essenceOf, type SocRecord } from "../record.ts"
import { severityNames } from "../severity.ts"

export interface OcsfOptions {
  readonly version: string
  /** Give the masked surroundings of a match too. */
  readonly content: boolean
}

export function ocsf(record: SocRecord, { version, content }: OcsfOptions): Record<string, unknown> {
  const about = essenceOf(record)
  const leak = isLeak(record)
  const classUid = leak ? DATA_SECURITY_FINDING : DETECTION_FINDING
  const activity = record.kind === "event" && record.value.revision > 0 ? (closed(record) ? 3 : 2) : 1
  return {
    activity_id: activity,
    category_uid: 2,
    class_uid: classUid,
    type_uid: classUid * 100 + activity,
    severity_id: severityNames[about.severity].ocsf,
    time: about.time,
    message: about.title,
    is_alert: about.action !== "allow" && about.action !== "log",
    status_id: record.kind === "event" ? (STATUS[record.value.status] ?? 1) : 1,
    count: record.kind === "event" ? record.value.count : 1,
    metadata: {
      version: "1.8.0",
      uid: about.version,
      correlation_uid: about.id,
      product: { name: "Egret", vendor_name: "Egret", version },
      profiles: ["security_control"],
    },
    // Out of the path nothing was stopped: observed and detected. In path the decision was carried out.
    action_id: enforced(record) ? 2 : 3,
    disposition_id: enforced(record) ? 2 : 15,
    finding_info: {
      uid: about.id,
      title: about.title,
      desc: about.text,
      types: [about.family],
      first_seen_time: record.kind === "event" ? Math.floor(record.value.firstSeen / 1_000) : about.time,
      last_seen_time: about.time,
      analytic: { uid: about.rule, name: about.rule, type_id: 1, type: "Rule" },
      attacks: about.references.filter((reference) => /^T\d{4}/.test(reference)).map((uid) => ({ technique: { uid } })),
      related_events_count: record.kind === "event" ? record.value.activities.length : 1,
    },
    ...(leak && { data_security: { data_lifecycle_state_id: 2, detection_system_id: 2, pattern_match: about.masked } }),
    ...(about.host !== "" && {
      dst_endpoint: {
        hostname: about.host,
        ...(about.destinationIp !== "" && { ip: about.destinationIp }),
        ...(about.destinationPort > 0 && { port: about.destinationPort }),
      },
    }),
    ...(about.sourceIp !== "" && {
      src_endpoint: { ip: about.sourceIp, ...(about.egressIp !== "" && { intermediate_ips: [about.egressIp] }) },
    }),
    evidences: evidences(record, content),
    // Fields of 1.9 that have no place in 1.8 yet.
    unmapped: {
      ...(about.agentId !== "" && { ai_agent: { uid: about.agentId, name: about.agent } }),
      references: about.references,
      ...(record.kind === "verdict" && { engine: record.value.engine, score: record.value.score, sha256: record.value.sha256 }),
    },
  }
}

function evidences(record: SocRecord, content: boolean): Record<string, unknown>[] {
  if (record.kind === "verdict")
    return [{ file: { name: record.value.name, type_id: 1, hashes: [{ algorithm_id: 3, value: record.value.sha256 }] } }]
  if (record.kind === "event")
    return record.value.evidence.map((item) => ({ data: { place: item.place, path: item.path, match: item.masked } }))
  const { evidence }: Finding = record.value
  return [
    {
      data: {
        place: evidence.place,
        path: evidence.path,
        match: evidence.masked,
        fingerprint: evidence.fingerprint,
        decoded: evidence.decoded,
        ...(content && evidence.context !== undefined && { context: evidence.context }),
      },
    },
  ]
}

function isLeak(record: SocRecord): boolean {
  if (record.kind === "event") return record.value.class === "data-leak"
  return record.kind === "finding" && /^(?:secrets?|pii|exfiltration)$/.test(record.value.family)
}

function enforced(record: SocRecord): boolean {
  return record.kind === "finding" && record.value.decision.enforced
}

function closed(record: SocRecord): boolean {
  return record.kind === "event" && (record.value.status === "resolved" || record.value.status === "false-positive")
}

const DETECTION_FINDING = 2004
const DATA_SECURITY_FINDING = 2006
const STATUS: Readonly<Record<string, number>> = { new: 1, triaged: 2, "in-progress": 2, suppressed: 3, resolved: 4, "false-positive": 4 }

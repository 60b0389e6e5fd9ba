// OCSF 1.8.0: leaks are Data Security Findings (2006), verdicts and other findings Detection Findings (2004); activity is in ocsf-activity.ts.
import type { Finding } from "../../contracts/finding.ts"
import { type Essence, essenceOf, type SocRecord } from "../record.ts"
import { ocsfActivity } from "./ocsf-activity.ts"
import { agentEndpoint, baseOf, endpointOf, type Ocsf, type OcsfOptions, sha256, when } from "./ocsf-parts.ts"

type Judgement = Exclude<SocRecord, { kind: "activity" }>

export function ocsf(record: SocRecord, options: OcsfOptions): Ocsf {
  if (record.kind === "activity") return ocsfActivity(record.value, options)
  const about = essenceOf(record)
  const leak = isLeak(record)
  return {
    ...baseOf(about, {
      classUid: leak ? DATA_SECURITY_FINDING : DETECTION_FINDING,
      activity: activityOf(record, leak),
      version: options.version,
      profiles: ["security_control"],
    }),
    is_alert: about.action !== "allow" && about.action !== "log",
    status_id: record.kind === "event" ? (STATUS[record.value.status] ?? 1) : 1,
    count: record.kind === "event" ? record.value.count : 1,
    // Out of the path nothing was stopped: observed and detected. In path the decision was carried out.
    action_id: enforced(record) ? 2 : 3,
    disposition_id: enforced(record) ? 2 : 15,
    finding_info: findingInfo(record, about),
    ...(leak
      ? leakFields(about)
      : { ...when("remediation", remediationOf(about)), evidences: evidencesOf(record, { about, content: options.content }) }),
    ...(record.kind === "verdict" && record.value.result === "malicious" && { malware: [malwareOf(record.value)] }),
    // Fields of 1.9 that have no place in 1.8 yet, and what a Data Security Finding has no place for.
    unmapped: {
      ...(leak && { evidences: evidencesOf(record, { about, content: options.content }), ...when("remediation", remediationOf(about)) }),
      ...(about.agentId !== "" && { ai_agent: { uid: about.agentId, name: about.agent } }),
      references: about.references,
      ...(record.kind === "verdict" && { engine: record.value.engine, score: record.value.score, sha256: record.value.sha256 }),
    },
  }
}

function leakFields(about: Essence): Ocsf {
  return {
    data_security: {
      data_lifecycle_state_id: 2,
      detection_system_id: 2,
      ...when("detection_pattern", about.rule),
      ...when("pattern_match", about.masked),
    },
    ...when("src_endpoint", agentEndpoint(about)),
    ...when("dst_endpoint", destinationOf(about)),
  }
}

function remediationOf({ revocation }: Essence): Ocsf | undefined {
  if (revocation.length === 0) return undefined
  return {
    desc: revocation.map(({ vendor, masked }) => `Revoke the ${vendor} credential ${masked}`.trim()).join("; "),
    references: revocation.map(({ url }) => url),
  }
}

function findingInfo(record: Judgement, about: Essence): Ocsf {
  return {
    uid: about.id,
    title: about.title,
    desc: about.text,
    types: [about.family],
    first_seen_time: record.kind === "event" ? Math.floor(record.value.firstSeen / 1_000) : about.time,
    last_seen_time: about.time,
    analytic: { uid: about.rule, name: about.rule, type_id: 1, type: "Rule" },
    attacks: about.references.filter((reference) => /^T\d{4}/.test(reference)).map((uid) => ({ technique: { uid } })),
    related_events_count: record.kind === "event" ? record.value.activities.length : 1,
  }
}

/** Who and where, then what: a Detection Finding has its endpoints here. */
function evidencesOf(record: Judgement, { about, content }: { about: Essence; content: boolean }): Ocsf[] {
  const where = { ...when("src_endpoint", agentEndpoint(about)), ...when("dst_endpoint", destinationOf(about)) }
  if (record.kind === "verdict")
    return [{ file: { name: record.value.name, type_id: record.value.subject === "skill" ? 2 : 1, hashes: [sha256(record.value.sha256)] } }]
  const matches =
    record.kind === "event"
      ? record.value.evidence.map((item) => ({ place: item.place, path: item.path, match: item.masked }))
      : [matchOf(record.value, content)]
  const evidences = matches.map((data) => ({ data, ...where }))
  return evidences.length > 0 || Object.keys(where).length === 0 ? evidences : [where]
}

function matchOf({ evidence }: Finding, content: boolean): Ocsf {
  return {
    place: evidence.place,
    path: evidence.path,
    match: evidence.masked,
    fingerprint: evidence.fingerprint,
    decoded: evidence.decoded,
    ...(content && evidence.context !== undefined && { context: evidence.context }),
  }
}

function malwareOf({ name, engine, sha256: hash, labels }: Extract<Judgement, { kind: "verdict" }>["value"]): Ocsf {
  return { name: labels[0] ?? name, uid: hash, classification_ids: [0], provider: engine }
}

function destinationOf({ host, destinationIp, destinationPort }: Essence): Ocsf | undefined {
  return endpointOf({ host, ip: destinationIp, port: destinationPort })
}

function activityOf(record: Judgement, leak: boolean): number {
  if (record.kind !== "event") return CREATE
  const { status, revision } = record.value
  if (status === "resolved" || status === "false-positive") return CLOSE
  if (status === "suppressed" && leak) return SUPPRESSED
  return revision > 0 ? UPDATE : CREATE
}

function isLeak(record: Judgement): boolean {
  if (record.kind === "event") return record.value.class === "data-leak"
  return record.kind === "finding" && /^(?:secrets?|pii|exfiltration)$/.test(record.value.family)
}

function enforced(record: Judgement): boolean {
  return record.kind === "finding" && record.value.decision.enforced
}

const DETECTION_FINDING = 2004
const DATA_SECURITY_FINDING = 2006
const CREATE = 1
const UPDATE = 2
const CLOSE = 3
const SUPPRESSED = 4
const STATUS: Readonly<Record<string, number>> = { new: 1, triaged: 2, "in-progress": 2, suppressed: 3, resolved: 4, "false-positive": 4 }

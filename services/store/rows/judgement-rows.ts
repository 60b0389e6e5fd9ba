import type { SecurityEvent } from "../../contracts/event.ts"
import type { Finding } from "../../contracts/finding.ts"
import type { Row } from "../../contracts/store.ts"
import type { Verdict } from "../../contracts/verdict.ts"
import type { TableRow } from "./table-row.ts"

/** A finding and what it says of the destination. */
export function rowsOfFinding(finding: Finding): TableRow[] {
  const rows: TableRow[] = [{ table: "finding", row: rowOfFinding(finding) }]
  if (finding.destination !== undefined) {
    const { host, port, class: judged } = finding.destination
    rows.push({
      table: "destination",
      row: { server_address: host, server_port: port, first_seen: finding.at, last_seen: finding.at, classes: [judged] },
    })
  }
  return rows
}

function rowOfFinding(finding: Finding): Row {
  const { evidence, decision, destination, flow, agent } = finding
  return {
    at: finding.at,
    id: finding.id,
    sensor: finding.sensor,
    rule: finding.rule,
    family: finding.family,
    severity: finding.severity,
    confidence: finding.confidence,
    title: finding.title,
    reason: finding.reason,
    direction: finding.direction,
    activity_id: finding.activity.id,
    activity_kind: finding.activity.kind,
    flow_id: flow?.id ?? "",
    client_ip: flow?.client.ip ?? "",
    server_ip: flow?.server.ip ?? "",
    gen_ai_agent_id: agent?.id ?? "",
    gen_ai_agent_name: agent?.name ?? "",
    workload_id: agent?.workload.id ?? "",
    egress_ip: agent?.workload.egressIp ?? "",
    server_address: destination?.host ?? flow?.host ?? "",
    server_port: destination?.port ?? flow?.server.port ?? 0,
    destination_class: destination?.class ?? "",
    gen_ai_provider_name: destination?.provider ?? "",
    place: evidence.place,
    path: evidence.path,
    span_start: evidence.span[0],
    span_end: evidence.span[1],
    masked: evidence.masked,
    masked_context: evidence.context ?? "",
    fingerprint: evidence.fingerprint,
    decoded: evidence.decoded,
    facts: JSON.stringify(finding.facts),
    references: finding.references,
    related: finding.related,
    action: decision.action,
    enforced: decision.enforced,
    policy_rule: decision.rule,
    policy_reason: decision.reason,
    policy_knob: decision.knob ?? "",
  }
}

export function rowOfEvent(event: SecurityEvent): Row {
  return {
    id: event.id,
    revision: event.revision,
    class: event.class,
    title: event.title,
    summary: event.summary,
    severity: event.severity,
    status: event.status,
    assignee: event.assignee ?? "",
    notes: JSON.stringify(event.notes),
    count: event.count,
    first_seen: event.firstSeen,
    last_seen: event.lastSeen,
    rules: event.rules,
    gen_ai_agent_id: event.agent?.id ?? "",
    gen_ai_agent_name: event.agent?.name ?? "",
    workload_id: event.agent?.workload.id ?? "",
    egress_ip: event.agent?.workload.egressIp ?? "",
    agent: event.agent === undefined ? "" : JSON.stringify(event.agent),
    server_address: event.destination ?? "",
    action: event.action,
    findings: event.findings,
    activities: event.activities,
    evidence: JSON.stringify(event.evidence),
    references: event.references,
    suppression_reason: event.suppression?.reason ?? "",
    suppression_by: event.suppression?.by ?? "",
    suppression_until: event.suppression?.until ?? 0,
  }
}

export function rowOfVerdict(verdict: Verdict): Row {
  return {
    sha256: verdict.sha256,
    subject: verdict.subject,
    engine: verdict.engine,
    id: verdict.id,
    // "pending" comes first and has no end; any answer is later than it.
    revision: verdict.completedAt ?? verdict.submittedAt,
    name: verdict.name,
    result: verdict.result,
    score: verdict.score,
    labels: verdict.labels,
    reasons: JSON.stringify(verdict.reasons),
    report_url: verdict.reportUrl ?? "",
    submitted_at: verdict.submittedAt,
    completed_at: verdict.completedAt ?? 0,
    activities: verdict.activities,
  }
}

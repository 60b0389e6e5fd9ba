// What goes out: a finding, an event, a verdict or an activity, with the few things that every format asks of all four.
import { type RevocationHint, revocationHints } from "../contracts/catalogue/revocation.ts"
import type { SecurityEvent } from "../contracts/event.ts"
import type { Finding } from "../contracts/finding.ts"
import type { Severity } from "../contracts/severity.ts"
import type { Verdict } from "../contracts/verdict.ts"
import { type ActivityNote, maskedName } from "./activity.ts"

export type SocRecord =
  | { readonly kind: "finding"; readonly value: Finding }
  | { readonly kind: "event"; readonly value: SecurityEvent }
  | { readonly kind: "verdict"; readonly value: Verdict }
  | { readonly kind: "activity"; readonly value: ActivityNote }

export interface Essence {
  /** Stable: the same thing sent twice has the same id, and a changed event keeps it. */
  readonly id: string
  /** Changes with every version of the thing: what a receiver may use to recognise a repetition. */
  readonly version: string
  readonly severity: Severity
  readonly title: string
  readonly text: string
  readonly rule: string
  readonly family: string
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly host: string
  readonly agent: string
  readonly agentId: string
  readonly egressIp: string
  readonly sourceIp: string
  readonly destinationIp: string
  readonly destinationPort: number
  readonly action: string
  readonly references: readonly string[]
  readonly masked: string
  /** Where a leaked key is revoked. */
  readonly revocation: readonly RevocationHint[]
}

export function essenceOf(record: SocRecord): Essence {
  switch (record.kind) {
    case "finding":
      return ofFinding(record.value)
    case "event":
      return ofEvent(record.value)
    case "verdict":
      return ofVerdict(record.value)
    case "activity":
      return ofActivity(record.value)
  }
}

function ofFinding(finding: Finding): Essence {
  return {
    id: finding.id,
    version: finding.id,
    severity: finding.severity,
    title: finding.title,
    text: finding.reason,
    rule: finding.rule,
    family: finding.family,
    time: Math.floor(finding.at / 1_000),
    host: maskedName(finding.destination?.host ?? finding.flow?.host ?? ""),
    agent: finding.agent?.name ?? "",
    agentId: finding.agent?.id ?? "",
    egressIp: finding.agent?.workload.egressIp ?? "",
    sourceIp: finding.flow?.client.ip ?? finding.agent?.workload.ip ?? "",
    destinationIp: finding.flow?.server.ip ?? "",
    destinationPort: finding.destination?.port ?? finding.flow?.server.port ?? 0,
    action: finding.decision.action,
    references: finding.references,
    masked: finding.evidence.masked,
    revocation: revocationHints([finding.rule], finding.evidence.masked),
  }
}

function ofEvent(event: SecurityEvent): Essence {
  return {
    id: event.id,
    version: `${event.id}-${event.revision}`,
    severity: event.severity,
    title: event.title,
    text: event.summary,
    rule: event.rules[0] ?? "",
    family: event.class,
    time: Math.floor(event.lastSeen / 1_000),
    host: maskedName(event.destination ?? ""),
    agent: event.agent?.name ?? "",
    agentId: event.agent?.id ?? "",
    egressIp: event.agent?.workload.egressIp ?? "",
    sourceIp: event.agent?.workload.ip ?? "",
    destinationIp: event.destinationIps?.at(-1) ?? "",
    destinationPort: 0,
    action: event.action,
    references: event.references,
    masked: event.evidence[0]?.masked ?? "",
    revocation: revocationHints(event.rules, event.evidence[0]?.masked ?? ""),
  }
}

function ofVerdict(verdict: Verdict): Essence {
  const severity: Severity = verdict.result === "malicious" ? "high" : verdict.result === "suspicious" ? "medium" : "info"
  return {
    id: verdict.id,
    version: `${verdict.id}-${verdict.completedAt ?? 0}`,
    severity,
    title: `${verdict.engine}: ${verdict.name} is ${verdict.result}`,
    text: verdict.reasons
      .map((reason) => reason.text)
      .join("; ")
      .slice(0, 1_000),
    rule: `verdict/${verdict.engine}`,
    family: "verdict",
    time: Math.floor((verdict.completedAt ?? verdict.submittedAt) / 1_000),
    host: "",
    agent: "",
    agentId: "",
    egressIp: "",
    sourceIp: "",
    destinationIp: "",
    destinationPort: 0,
    action: "log",
    references: [],
    masked: "",
    revocation: [],
  }
}

function ofActivity(note: ActivityNote): Essence {
  const { flow, agent, http, ai, mcp, file, dns, tls, direction } = note
  const what =
    http !== undefined
      ? `${http.method} ${http.authority} ${http.status}`
      : ai !== undefined
        ? `${ai.operation} ${ai.responseModel ?? ai.requestModel ?? ""} at ${ai.provider}`
        : mcp !== undefined
          ? `${mcp.method} ${mcp.tool ?? ""} at ${mcp.server}`
          : file !== undefined
            ? `${file.inbound ? "received" : "sent"} ${file.name}`
            : dns !== undefined
              ? `look-up of ${dns.name}`
              : `${note.kind} to ${tls?.sni ?? (flow.host || flow.server.ip)}`
  const far = direction === "outbound" ? flow.server : flow.client
  return {
    id: note.id,
    version: note.id,
    severity: "info",
    title: what.slice(0, 300),
    text: "",
    rule: `activity/${note.kind}`,
    family: note.kind,
    time: Math.floor(note.at / 1_000),
    host: flow.host,
    agent: agent.name,
    agentId: agent.id,
    egressIp: agent.egressIp,
    sourceIp: agent.ip,
    destinationIp: far.ip,
    destinationPort: far.port,
    action: "log",
    references: [],
    masked: "",
    revocation: [],
  }
}

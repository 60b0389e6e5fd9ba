// Rows of a custom table in Log Analytics. The columns are those of docs/soc.md's data collection rule; what they do not hold is in Ocsf.
import { essenceOf, type SocRecord } from "../record.ts"
import { severityNames } from "../severity.ts"
import { ocsf } from "./ocsf.ts"
import type { OcsfOptions } from "./ocsf-parts.ts"

export const sentinelColumns = {
  TimeGenerated: "datetime",
  EventId: "string",
  EventVersion: "string",
  Kind: "string",
  Severity: "string",
  Title: "string",
  Reason: "string",
  Rule: "string",
  Family: "string",
  Action: "string",
  AgentId: "string",
  AgentName: "string",
  SourceIp: "string",
  EgressIp: "string",
  DestinationHost: "string",
  DestinationIp: "string",
  DestinationPort: "int",
  Evidence: "string",
  References: "dynamic",
  Ocsf: "dynamic",
} as const

/** EventId and EventVersion are ours: `summarize arg_max(TimeGenerated, *) by EventId` folds repetitions. */
export function sentinelRow(record: SocRecord, options: OcsfOptions): Readonly<Record<keyof typeof sentinelColumns, unknown>> {
  const about = essenceOf(record)
  return {
    TimeGenerated: new Date(about.time).toISOString(),
    EventId: about.id,
    EventVersion: about.version,
    Kind: record.kind,
    Severity: severityNames[about.severity].sentinel,
    Title: about.title,
    Reason: about.text,
    Rule: about.rule,
    Family: about.family,
    Action: about.action,
    AgentId: about.agentId,
    AgentName: about.agent,
    SourceIp: about.sourceIp,
    EgressIp: about.egressIp,
    DestinationHost: about.host,
    DestinationIp: about.destinationIp,
    DestinationPort: about.destinationPort,
    Evidence: about.masked,
    References: about.references,
    Ocsf: ocsf(record, options),
  }
}

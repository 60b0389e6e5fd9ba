// Elastic Common Schema 9.
import { essenceOf, type SocRecord } from "../record.ts"
import { severityNames } from "../severity.ts"

export function ecs(record: SocRecord, version: string): Record<string, unknown> {
  const about = essenceOf(record)
  return {
    "@timestamp": new Date(about.time).toISOString(),
    message: about.title,
    event: {
      id: about.version,
      kind: "alert",
      category: record.kind === "verdict" ? ["malware"] : ["intrusion_detection"],
      type: ["info"],
      action: about.rule,
      outcome: about.action === "block" ? "success" : "unknown",
      severity: severityNames[about.severity].ecs,
      reason: about.text,
      dataset: `egret.${record.kind}`,
      provider: "egret",
    },
    observer: { vendor: "Egret", product: "Egret", type: "ndr", version },
    rule: { id: about.rule, name: about.title, category: about.family },
    ...(about.sourceIp !== "" && { source: { ip: about.sourceIp, ...(about.egressIp !== "" && { nat: { ip: about.egressIp } }) } }),
    ...(about.host !== "" && {
      destination: {
        domain: about.host,
        ...(about.destinationIp !== "" && { ip: about.destinationIp }),
        ...(about.destinationPort > 0 && { port: about.destinationPort }),
      },
    }),
    ...(about.agentId !== "" && { gen_ai: { agent: { id: about.agentId, name: about.agent } } }),
    ...(record.kind === "verdict" && { file: { name: record.value.name, hash: { sha256: record.value.sha256 } } }),
    threat: { technique: { id: about.references.filter((reference) => /^T\d{4}/.test(reference)) } },
    egret: {
      id: about.id,
      kind: record.kind,
      family: about.family,
      masked: about.masked,
      references: about.references,
      action: about.action,
      ...(record.kind === "event" && { status: record.value.status, count: record.value.count }),
    },
    tags: ["egret", about.family],
  }
}

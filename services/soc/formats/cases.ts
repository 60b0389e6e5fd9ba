// Case and cloud tools: TheHive alerts, MISP events, AWS Security Hub (ASFF), CloudEvents.
import { isIP } from "node:net"
import { type Essence, essenceOf, type SocRecord } from "../record.ts"
import { severityNames } from "../severity.ts"
import { domainOf } from "./names.ts"

export function theHiveAlert(record: SocRecord): Record<string, unknown> {
  const about = essenceOf(record)
  return {
    type: "egret",
    source: "egret",
    // Unique with type and source: a repetition is refused by TheHive itself.
    sourceRef: about.id,
    title: about.title.slice(0, 500),
    description: `${about.text}\n\nEvidence: ${about.masked}\nRule: ${about.rule}\nAgent: ${about.agent}\nAction: ${about.action}${revokeText(about)}`,
    severity: severityNames[about.severity].theHive,
    date: about.time,
    tlp: 2,
    pap: 2,
    tags: ["egret", about.family, ...about.references],
    observables: [
      ...namesOf(about).map((data) => ({ dataType: "domain", data })),
      ...addressesOf(about).map((data) => ({ dataType: "ip", data })),
      ...(record.kind === "verdict" ? [{ dataType: "hash", data: record.value.sha256 }] : []),
    ],
  }
}

export function mispUuid(record: SocRecord): string {
  return uuidFrom(essenceOf(record).id)
}

export function mispEvent(record: SocRecord): Record<string, unknown> {
  const about = essenceOf(record)
  const confirmed = record.kind === "verdict" && record.value.result === "malicious"
  return {
    Event: {
      uuid: uuidFrom(about.id),
      info: `Egret: ${about.title}`.slice(0, 1_000),
      date: new Date(about.time).toISOString().slice(0, 10),
      distribution: 0,
      threat_level_id: severityNames[about.severity].misp,
      analysis: 0,
      Tag: [{ name: "tlp:amber" }, { name: "egret" }],
      Attribute: [
        ...namesOf(about).map((value) => ({ type: "domain", category: "Network activity", value, to_ids: false })),
        ...addressesOf(about).map((value) => ({ type: "ip-dst", category: "Network activity", value, to_ids: false })),
        ...(record.kind === "verdict"
          ? [{ type: "sha256", category: "Payload delivery", value: record.value.sha256, to_ids: confirmed }]
          : []),
        // What a person looks the event up by.
        { type: "text", category: "Internal reference", value: about.id, to_ids: false },
        { type: "comment", category: "Other", value: `${about.rule}: ${about.text} ${about.masked}`.trim().slice(0, 2_000), to_ids: false },
      ],
    },
  }
}

export function asff(record: SocRecord, { region, account }: { region: string; account: string }): Record<string, unknown> {
  const about = essenceOf(record)
  const revision = record.kind === "event" ? record.value.revision : 0
  const at = new Date(about.time + revision).toISOString()
  const handled = record.kind === "event" && HANDLED.includes(record.value.status)
  return {
    SchemaVersion: "2018-10-08",
    Id: `egret/${about.id}`,
    ProductArn: `arn:${partitionOf(region)}:securityhub:${region}:${account}:product/${account}/default`,
    GeneratorId: about.rule || "egret",
    AwsAccountId: account,
    Types: [about.family === "data-leak" ? "Effects/Data Exposure" : "Unusual Behaviors/Network Flow"],
    CreatedAt: record.kind === "event" ? new Date(record.value.firstSeen / 1_000).toISOString() : at,
    UpdatedAt: at,
    FindingProviderFields: { Severity: { Label: severityNames[about.severity].securityHub } },
    Severity: { Label: severityNames[about.severity].securityHub },
    Title: about.title.trim().slice(0, 256) || about.rule || "Egret",
    Description: (about.text.trim() || about.title.trim() || about.rule || "Egret").slice(0, 1_024),
    Resources: [
      {
        Type: "Other",
        Id: about.agentId || about.sourceIp || "unknown",
        Region: region,
        Details: {
          Other: filled({
            agent: about.agent,
            destination: about.host || about.destinationIp,
            evidence: about.masked.slice(0, 1_024),
            egretId: about.id,
          }),
        },
      },
    ],
    RecordState: handled ? "ARCHIVED" : "ACTIVE",
    ...(about.revocation[0] !== undefined && {
      Remediation: { Recommendation: { Text: `Revoke the ${about.revocation[0].vendor} credential`, Url: about.revocation[0].url } },
    }),
    ProductFields: filled({ "egret/action": about.action, "egret/references": about.references.join(" ").slice(0, 1_024) }),
  }
}

function namesOf({ host }: Essence): string[] {
  const name = domainOf(host)
  return name === undefined ? [] : [name]
}

function addressesOf({ host, destinationIp }: Essence): string[] {
  return [...new Set([host, destinationIp])].filter((address) => isIP(address) !== 0)
}

/** Security Hub refuses a finding that holds an empty text, and does not take an update whose time is not later than the one before. */
function filled(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value.trim() !== ""))
}

function partitionOf(region: string): string {
  return region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws"
}

export function cloudEvent(record: SocRecord, data: unknown): Record<string, unknown> {
  const about = essenceOf(record)
  return {
    specversion: "1.0",
    id: about.version,
    source: "egret",
    type: `io.egret.${record.kind}.v1`,
    subject: about.agentId || about.host,
    time: new Date(about.time).toISOString(),
    datacontenttype: "application/json",
    data,
  }
}

function revokeText({ revocation }: Essence): string {
  return revocation.map(({ vendor, url, masked }) => `\nRevoke: ${vendor} ${masked} at ${url}`).join("")
}

/** Ids are hexadecimal hashes: 32 digits are a UUID's worth. */
function uuidFrom(id: string): string {
  const hex = Buffer.from(id).toString("hex").padEnd(32, "0")
  const given = /^[0-9a-f]{32}/.test(id) ? id.slice(0, 32) : hex.slice(0, 32)
  return `${given.slice(0, 8)}-${given.slice(8, 12)}-5${given.slice(13, 16)}-a${given.slice(17, 20)}-${given.slice(20, 32)}`
}

const HANDLED: readonly string[] = ["resolved", "false-positive", "suppressed"]

// CEF (ArcSight) and LEEF 2.0 (QRadar): one line a record. The escaping is the work: an unescaped "=" or line break lets text from the wire forge fields.
import { essenceOf, type SocRecord } from "../record.ts"
import { severityNames } from "../severity.ts"

export function cef(record: SocRecord, version: string): string {
  const about = essenceOf(record)
  const header = ["CEF:0", "Egret", "Egret", version, about.rule, about.title, String(severityNames[about.severity].cef)].map(
    (field, at) => (at === 0 ? field : cefHeader(field)),
  )
  const fields: [string, string][] = [
    ["rt", String(about.time)],
    ["externalId", about.id],
    ["src", about.sourceIp],
    ["sourceTranslatedAddress", about.egressIp],
    ["dst", about.destinationIp],
    ["dpt", about.destinationPort > 0 ? String(about.destinationPort) : ""],
    ["dhost", about.host],
    ["act", about.action],
    ["cat", about.family],
    ["msg", about.text.slice(0, CEF_MESSAGE)],
    ...labelled("cs1", "agentId", about.agentId),
    ...labelled("cs2", "agent", about.agent),
    ...labelled("cs3", "rule", about.rule),
    ...labelled("cs4", "evidence", about.masked),
    ...labelled("cs5", "references", about.references.join(" ")),
    ...labelled("cs6", "revokeAt", about.revocation.map(({ url }) => url).join(" ")),
    ...(record.kind === "event" ? ([["cnt", String(record.value.count)]] as [string, string][]) : []),
    ...(record.kind === "verdict"
      ? ([
          ["fileHash", record.value.sha256],
          ["fname", record.value.name],
        ] as [string, string][])
      : []),
  ]
  return `${header.join("|")}|${fields
    .filter(([, value]) => value !== "")
    .map(([key, value]) => `${key}=${cefValue(value)}`)
    .join(" ")}`
}

export function leef(record: SocRecord, version: string): string {
  const about = essenceOf(record)
  const header = ["LEEF:2.0", "Egret", "Egret", version, about.rule, "x09"].map((field) => field.replaceAll(/[|\r\n\t]/g, " "))
  const fields: [string, string][] = [
    ["devTime", new Date(about.time).toISOString()],
    ["devTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSX"],
    ["cat", about.family],
    ["sev", String(severityNames[about.severity].cef)],
    ["src", about.sourceIp],
    ["dst", about.destinationIp],
    ["dstPort", about.destinationPort > 0 ? String(about.destinationPort) : ""],
    ["srcPostNAT", about.egressIp],
    ["resource", about.host],
    ["usrName", about.agent],
    ["policy", about.rule],
    ["externalId", about.id],
    ["title", about.title],
    ["msg", about.text],
    ["evidence", about.masked],
    ["action", about.action],
    ["revokeAt", about.revocation.map(({ url }) => url).join(" ")],
  ]
  return `${header.join("|")}|${fields
    .filter(([, value]) => value !== "")
    .map(([key, value]) => `${key}=${value.replaceAll(/[\t\r\n]+/g, " ")}`)
    .join("\t")}`
}

function labelled(key: string, label: string, value: string): [string, string][] {
  return value === ""
    ? []
    : [
        [`${key}Label`, label],
        [key, value],
      ]
}

function cefHeader(text: string): string {
  return text
    .replaceAll("\\", "\\\\")
    .replaceAll("|", "\\|")
    .replaceAll(/[\r\n]+/g, " ")
}

function cefValue(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("=", "\\=").replaceAll("\r", "\\r").replaceAll("\n", "\\n")
}

// Longest msg that ArcSight keeps.
const CEF_MESSAGE = 1_023

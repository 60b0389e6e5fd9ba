// STIX 2.1: findings as sightings of an indicator, verdicts as malware analyses of a file. Ids are UUIDv5, so that repetitions merge.
import { createHash } from "node:crypto"
import { isIP, isIPv4, isIPv6 } from "node:net"
import { essenceOf, type SocRecord } from "../record.ts"
import { domainOf } from "./names.ts"

type Sdo = Record<string, unknown> & { readonly type: string; readonly id: string }

export function stixObjects(record: SocRecord): Sdo[] {
  const about = essenceOf(record)
  const time = new Date(about.time).toISOString()
  // The same for every version of an object; `modified` rises with each (STIX 2.1 §3.2).
  const created = record.kind === "event" ? new Date(record.value.firstSeen / 1_000).toISOString() : time
  const modified = record.kind === "event" ? new Date(about.time + record.value.revision).toISOString() : time
  const identity: Sdo = {
    type: "identity",
    spec_version: "2.1",
    id: stixId("identity", "egret"),
    created: EPOCH,
    modified: EPOCH,
    name: "Egret",
    identity_class: "system",
  }
  if (record.kind === "verdict") {
    const { value } = record
    const file: Sdo = {
      type: "file",
      spec_version: "2.1",
      id: stixId("file", value.sha256),
      hashes: { "SHA-256": value.sha256 },
      name: value.name,
    }
    const result =
      value.result === "malicious" || value.result === "suspicious" ? value.result : value.result === "clean" ? "benign" : "unknown"
    return [
      identity,
      file,
      {
        type: "malware-analysis",
        spec_version: "2.1",
        id: stixId("malware-analysis", value.id),
        created,
        modified,
        created_by_ref: identity.id,
        external_references: [{ source_name: "egret", external_id: about.id }],
        product: value.engine,
        result,
        analysis_ended: time,
        sample_ref: file.id,
      },
    ]
  }
  const observable = observableOf(about.host, about.destinationIp)
  const note: Sdo = {
    type: "note",
    spec_version: "2.1",
    id: stixId("note", about.id),
    created,
    modified,
    created_by_ref: identity.id,
    abstract: about.title,
    content: `${about.text} ${about.masked} Rule ${about.rule}, agent ${about.agent || "unknown"}.`,
    labels: [about.family, about.severity],
    external_references: [
      { source_name: "egret", external_id: about.id },
      ...about.revocation.map(({ vendor, url }) => ({ source_name: `revoke at ${vendor}`, url })),
    ],
    object_refs: [observable?.id ?? identity.id],
  }
  if (observable === undefined) return [identity, note]
  const observed: Sdo = {
    type: "observed-data",
    spec_version: "2.1",
    id: stixId("observed-data", about.id),
    created,
    modified,
    created_by_ref: identity.id,
    first_observed: created,
    last_observed: time,
    number_observed: record.kind === "event" ? record.value.count : 1,
    object_refs: [observable.id],
  }
  return [identity, observable, observed, note]
}

export function stixBundle(objects: readonly Sdo[], seed: string): Record<string, unknown> {
  return { type: "bundle", id: stixId("bundle", seed), objects: [...new Map(objects.map((object) => [object.id, object])).values()] }
}

function observableOf(host: string, ip: string): Sdo | undefined {
  const value = domainOf(host) ?? (isIP(host) !== 0 ? host : ip)
  if (value === "") return undefined
  const type = isIPv4(value) ? "ipv4-addr" : isIPv6(value) ? "ipv6-addr" : "domain-name"
  return { type, spec_version: "2.1", id: stixId(type, value), value }
}

/** UUIDv5 in the namespace that STIX 2.1 §2.9 gives. */
function stixId(type: string, name: string): string {
  const hash = createHash("sha1").update(NAMESPACE).update(`${type}:${name}`).digest()
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  const hex = hash.toString("hex")
  return `${type}--${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

const NAMESPACE = Buffer.from("00abedb4aa42466c9c01fed23315a9b7", "hex")
const EPOCH = "2026-01-01T00:00:00.000Z"

// What the OCSF classes have in common.
import { isIP } from "node:net"
import type { Essence } from "../record.ts"
import { severityNames } from "../severity.ts"

export type Ocsf = Record<string, unknown>

export interface OcsfOptions {
  readonly version: string
  /** Give the masked surroundings of a match, and the content of activity, too. */
  readonly content: boolean
}

export function baseOf(
  about: Essence,
  { classUid, activity, version, profiles }: { classUid: number; activity: number; version: string; profiles: readonly string[] },
): Ocsf {
  return {
    activity_id: activity,
    category_uid: Math.floor(classUid / 1_000),
    class_uid: classUid,
    type_uid: classUid * 100 + activity,
    severity_id: severityNames[about.severity].ocsf,
    time: about.time,
    message: about.title,
    metadata: {
      version: "1.8.0",
      uid: about.version,
      correlation_uid: about.id,
      product: { name: "Egret", vendor_name: "Egret", version },
      profiles,
    },
  }
}

/** Undefined when nothing of it is known. */
export function endpointOf({ host = "", ip = "", port = 0 }: { host?: string; ip?: string; port?: number }): Ocsf | undefined {
  if (host === "" && ip === "") return undefined
  return {
    ...(host !== "" && isIP(host) === 0 && { hostname: host }),
    ...(isIP(ip) !== 0 ? { ip } : isIP(host) !== 0 ? { ip: host } : {}),
    ...(port > 0 && { port }),
  }
}

/** The agent's own side, with the address its traffic leaves by. */
export function agentEndpoint({ sourceIp, egressIp }: Pick<Essence, "sourceIp" | "egressIp">): Ocsf | undefined {
  if (isIP(sourceIp) === 0) return undefined
  return { ip: sourceIp, ...(isIP(egressIp) !== 0 && { intermediate_ips: [egressIp] }) }
}

/** A field with its value, or none. */
export function when(name: string, value: unknown): Ocsf {
  return value === undefined || value === "" ? {} : { [name]: value }
}

export function sha256(value: string): Ocsf {
  return { algorithm_id: 3, algorithm: "SHA-256", value }
}

// The formats that several destinations offer, by name.
import type { SocRecord } from "../record.ts"
import { cloudEvent } from "./cases.ts"
import { ecs } from "./ecs.ts"
import { cef, leef } from "./lines.ts"
import { ocsf } from "./ocsf.ts"
import type { OcsfOptions } from "./ocsf-parts.ts"

export function jsonOf(format: "ocsf" | "ecs" | "cloudevents", record: SocRecord, options: OcsfOptions): Record<string, unknown> {
  switch (format) {
    case "ocsf":
      return ocsf(record, options)
    case "ecs":
      return ecs(record, options.version)
    case "cloudevents":
      return cloudEvent(record, ocsf(record, options))
  }
}

export function lineOf(format: "ocsf" | "ecs" | "cef" | "leef", record: SocRecord, options: OcsfOptions): string {
  switch (format) {
    case "cef":
      return cef(record, options.version)
    case "leef":
      return leef(record, options.version)
    default:
      return JSON.stringify(jsonOf(format, record, options))
  }
}

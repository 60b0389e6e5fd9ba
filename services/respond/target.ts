// What an event is about, as far as an action can be aimed at it.
import type { RespondTrigger } from "../contracts/config/respond.ts"
import type { SecurityEvent } from "../contracts/event.ts"
import { severityRank } from "../contracts/severity.ts"
import type { Target } from "./model.ts"

export function targetOf({ agent, destination, destinationIps }: Pick<SecurityEvent, "agent" | "destination" | "destinationIps">): Target {
  const workload = agent?.workload
  return {
    ...(workload !== undefined && {
      workload: {
        ip: workload.ip,
        vni: workload.vni,
        ...(workload.networkInterface !== undefined && { networkInterface: workload.networkInterface }),
        ...(workload.instance !== undefined && { instance: workload.instance }),
      },
    }),
    ...((destination !== undefined || destinationIps !== undefined) && {
      destination: {
        ...(destination !== undefined && destination !== "" && { host: destination }),
        ...(destinationIps !== undefined && { ips: destinationIps }),
      },
    }),
  }
}

export function fires(trigger: RespondTrigger, event: SecurityEvent): boolean {
  if (event.status === "suppressed" || severityRank[event.severity] < severityRank[trigger.minSeverity]) return false
  if (trigger.classes.length > 0 && !trigger.classes.includes(event.class)) return false
  return trigger.rules.length === 0 || trigger.rules.some((wanted) => event.rules.some((rule) => matches(wanted, rule)))
}

function matches(wanted: string, rule: string): boolean {
  return wanted.endsWith("*") ? rule.startsWith(wanted.slice(0, -1)) : rule === wanted
}

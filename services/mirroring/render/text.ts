// A plan for people: what would be mirrored, what not and why, what it costs, what stands in the way.
import type { Drift, MirrorPlan } from "../model.ts"

export function planText(plan: MirrorPlan): string {
  const lines = [`Mirroring plan for deployment "${plan.deployment}" (account ${plan.account || "unknown"}, ${plan.region})`, ""]
  for (const egress of plan.egress) {
    lines.push(`${egress.ip}  ${egress.kind}: ${egress.detail}`)
    for (const source of egress.sources) {
      const owner =
        source.instance === undefined ? "" : `, ${source.instance}${source.instanceType === undefined ? "" : ` ${source.instanceType}`}`
      lines.push(
        `  + ${source.networkInterface}  ${source.privateIps.join(" ")} (${source.vpc}${owner})${source.restricted ? ", only these addresses" : ""}`,
      )
    }
    for (const excluded of egress.excluded)
      lines.push(`  - ${excluded.networkInterface}  ${excluded.reason}${excluded.hint === undefined ? "" : `; ${excluded.hint}`}`)
    if (egress.sources.length === 0 && egress.refusal === undefined) lines.push("  nothing that can be mirrored")
  }
  lines.push("", `Target: ${plan.target.kind} ${plan.target.resource}`)
  for (const filter of plan.filters) {
    lines.push(`Filter ${filter.key}${filter.dns ? ", with look-ups at Amazon DNS" : ""}`)
    for (const rule of filter.rules)
      lines.push(`  ${String(rule.number).padStart(4)} ${rule.direction.padEnd(7)} ${rule.action} ${rule.source} -> ${rule.destination}`)
  }
  for (const session of plan.sessions)
    lines.push(`Session ${session.networkInterface}  number ${session.number}  VNI ${session.vni}  for ${session.egressIps.join(", ")}`)
  lines.push("", `Cost: about ${plan.cost.monthlyUsd.toFixed(2)} USD a month for ${plan.cost.sessions} sessions (${plan.cost.basis})`)
  for (const warning of plan.warnings) lines.push(`Note: ${warning}`)
  for (const blocker of plan.blockers) lines.push(`Cannot apply: ${blocker}`)
  return `${lines.join("\n")}\n`
}

export function driftText(drifts: readonly Drift[]): string {
  if (drifts.length === 0) return "Everything is as planned.\n"
  return `${drifts.map((drift) => `${drift.change.padEnd(9)} ${drift.kind.padEnd(7)} ${drift.what}: ${drift.detail}`).join("\n")}\n`
}

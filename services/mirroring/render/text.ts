// A plan for people: what would be mirrored, what not and why, what it costs, what stands in the way.
import type { Drift, EgressResolution, MirrorPlan } from "../model.ts"
import { readActions, writeActions } from "../permissions.ts"

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
    lines.push(...offerLines(egress))
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
  lines.push(
    `Permissions: to plan ${readActions.length} ec2:Describe… actions (infra/aws/planner-policy.json); to apply also ${writeActions.join(", ")}, ec2:CreateTags (infra/aws/applier-policy.json)`,
    "Limits of AWS: 3 sessions an interface, 10 rules a filter, 10 sources an interface as target (100 on the largest sizes, none for load balancers)",
  )
  for (const warning of plan.warnings) lines.push(`Note: ${warning}`)
  for (const blocker of plan.blockers) lines.push(`Cannot apply: ${blocker}`)
  return `${lines.join("\n")}\n`
}

function offerLines({ refusal, detail, offers = [] }: EgressResolution): string[] {
  const said = refusal !== undefined && refusal !== detail ? [`  ${refusal}`] : []
  const lines = offers.map(({ target, networkInterface, egressIps, reason }) => {
    const where = networkInterface === undefined || networkInterface === target ? target : `${target} (${networkInterface})`
    return egressIps.length > 0 ? `  > ${where}  leaves by ${egressIps.join(", ")}` : `  > ${where}  ${reason ?? ""}`
  })
  const ips = [...new Set(offers.flatMap(({ egressIps }) => egressIps))].sort()
  return [...said, ...lines, ...(ips.length > 0 ? [`  protect its targets: egret mirror plan --egress-ip ${ips.join(" ")}`] : [])]
}

/** What is mirrored now, a line an interface; addresses that wait to be associated are named too. */
export function statusText(plan: MirrorPlan): string {
  const lines = plan.sessions.map(
    (session) =>
      `${session.egressIps.join(",")}  ${session.networkInterface}  VNI ${session.vni}  ${session.addresses.map((address) => address.ip).join(" ")}`,
  )
  for (const egress of plan.egress) if (egress.sources.length === 0) lines.push(`${egress.ip}  not mirrored: ${egress.detail}`)
  return lines.map((line) => `${line}\n`).join("")
}

export function driftText(drifts: readonly Drift[]): string {
  if (drifts.length === 0) return "Everything is as planned.\n"
  return `${drifts.map((drift) => `${drift.change.padEnd(9)} ${drift.kind.padEnd(7)} ${drift.what}: ${drift.detail}`).join("\n")}\n`
}

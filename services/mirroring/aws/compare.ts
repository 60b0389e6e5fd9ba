// Plan against reality, as data: apply mends what diff reports, so that both can only agree.
import type { TrafficMirrorFilter, TrafficMirrorFilterRule, TrafficMirrorSession, TrafficMirrorTarget } from "@aws-sdk/client-ec2"
import type { Drift, FilterPlan, FilterRule, MirrorPlan, SessionPlan, TargetPlan } from "../model.ts"
import type { Existing } from "./existing.ts"
import { tagOf, tags } from "./tags.ts"

export function targetMatches(target: TrafficMirrorTarget, plan: TargetPlan): boolean {
  return (target.NetworkInterfaceId ?? target.NetworkLoadBalancerArn ?? target.GatewayLoadBalancerEndpointId) === plan.resource
}

export function rulesOf(filter: TrafficMirrorFilter): TrafficMirrorFilterRule[] {
  return [...(filter.IngressFilterRules ?? []), ...(filter.EgressFilterRules ?? [])]
}

export function ruleKey(rule: FilterRule): string {
  return [rule.direction, rule.number, rule.action, rule.source, rule.destination].join(" ")
}

/** A rule that also looks at protocol or ports is not one of ours, whatever its ranges. */
export function existingRuleKey(rule: TrafficMirrorFilterRule): string {
  const narrowed = rule.Protocol !== undefined || rule.SourcePortRange !== undefined || rule.DestinationPortRange !== undefined
  return [
    rule.TrafficDirection,
    rule.RuleNumber,
    rule.RuleAction,
    rule.SourceCidrBlock,
    rule.DestinationCidrBlock,
    ...(narrowed ? ["narrowed"] : []),
  ].join(" ")
}

export function filterKeyOf(filter: TrafficMirrorFilter): string {
  return tagOf(filter.Tags, tags.key) ?? ""
}

/** What differs, in words; empty when the session is as planned. */
export function sessionDifferences(
  session: TrafficMirrorSession,
  plan: SessionPlan,
  ids: { readonly target: string | undefined; readonly filter: string | undefined },
): string[] {
  const differences: string[] = []
  if (session.TrafficMirrorTargetId !== ids.target) differences.push("target")
  if (session.TrafficMirrorFilterId !== ids.filter) differences.push("filter")
  if (session.SessionNumber !== plan.number) differences.push(`number ${session.SessionNumber} instead of ${plan.number}`)
  if (session.VirtualNetworkId !== plan.vni) differences.push(`VNI ${session.VirtualNetworkId} instead of ${plan.vni}`)
  if (session.PacketLength !== undefined && session.PacketLength !== 0) differences.push(`packets cut to ${session.PacketLength} bytes`)
  return differences
}

export function compare(plan: MirrorPlan, existing: Existing): Drift[] {
  const target = existing.targets.find((candidate) => targetMatches(candidate, plan.target))
  const drifts: Drift[] = []
  if (target === undefined && plan.sessions.length > 0)
    drifts.push({ kind: "target", change: "missing", what: plan.target.resource, detail: "the mirror target does not exist" })
  for (const filter of plan.filters) drifts.push(...compareFilter(filter, existing))
  for (const session of plan.sessions) drifts.push(...compareSession(session, existing, target?.TrafficMirrorTargetId))
  for (const session of existing.sessions) {
    if (plan.sessions.some((wanted) => wanted.networkInterface === session.NetworkInterfaceId)) continue
    drifts.push({
      kind: "session",
      change: "surplus",
      what: session.NetworkInterfaceId ?? "",
      detail: `${session.TrafficMirrorSessionId} is no longer wanted`,
    })
  }
  return drifts
}

function compareFilter(plan: FilterPlan, existing: Existing): Drift[] {
  const filter = existing.filters.find((candidate) => filterKeyOf(candidate) === plan.key)
  if (filter === undefined) return [{ kind: "filter", change: "missing", what: plan.key, detail: "the filter does not exist" }]
  const wanted = new Set(plan.rules.map(ruleKey))
  const there = rulesOf(filter).map(existingRuleKey)
  const drifts: Drift[] = []
  for (const rule of wanted) if (!there.includes(rule)) drifts.push({ kind: "rule", change: "missing", what: plan.key, detail: rule })
  for (const rule of there) if (!wanted.has(rule)) drifts.push({ kind: "rule", change: "surplus", what: plan.key, detail: rule })
  if ((filter.NetworkServices ?? []).includes("amazon-dns") !== plan.dns)
    drifts.push({ kind: "filter", change: "different", what: plan.key, detail: `mirroring of Amazon DNS is ${plan.dns ? "off" : "on"}` })
  return drifts
}

function compareSession(plan: SessionPlan, existing: Existing, target: string | undefined): Drift[] {
  const session = existing.sessions.find((candidate) => candidate.NetworkInterfaceId === plan.networkInterface)
  if (session === undefined)
    return [
      {
        kind: "session",
        change: "missing",
        what: plan.networkInterface,
        detail: "the session does not exist: this interface is not mirrored",
      },
    ]
  const filter = existing.filters.find((candidate) => filterKeyOf(candidate) === plan.filter)?.TrafficMirrorFilterId
  const differences = sessionDifferences(session, plan, { target, filter })
  return differences.length === 0
    ? []
    : [{ kind: "session", change: "different", what: plan.networkInterface, detail: differences.join(", ") }]
}

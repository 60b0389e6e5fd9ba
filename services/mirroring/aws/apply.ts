// Makes reality as planned: target, filters with their rules, sessions; then removes what of ours is no longer wanted. Each step first looks for what is
// there, so a run that was cut off at any point is continued by the next. A failure takes back what this run made, newest first.
import type { ApplyResult, FilterPlan, MirrorPlan, SessionPlan } from "../model.ts"
import type { Calls, Made } from "./calls.ts"
import { existingRuleKey, filterKeyOf, ruleKey, rulesOf, sessionDifferences, targetMatches } from "./compare.ts"
import { type Existing, readExisting } from "./existing.ts"
import { ourTags, tags } from "./tags.ts"

export async function applyPlan(plan: MirrorPlan, calls: Calls): Promise<ApplyResult> {
  const result = { created: [] as string[], changed: [] as string[], adopted: [] as string[], deleted: [] as string[] }
  const existing = await readExisting(calls.ec2, plan.deployment)
  const run: Run = { plan, calls, existing, result }
  try {
    // While every protected address waits to be associated there is nothing to send anywhere.
    const target = plan.sessions.length === 0 ? "" : await ensureTarget(run)
    const filters = new Map<string, string>()
    for (const filter of plan.filters) filters.set(filter.key, await ensureFilter(run, filter))
    for (const session of plan.sessions) await ensureSession(run, session, { target, filter: filters.get(session.filter) ?? "" })
    await removeSurplus(run)
  } catch (error) {
    await takeBack(calls)
    throw error
  }
  result.created.push(...calls.made.map(({ id }) => id))
  return result
}

interface Run {
  readonly plan: MirrorPlan
  readonly calls: Calls
  readonly existing: Existing
  readonly result: { readonly created: string[]; readonly changed: string[]; readonly adopted: string[]; readonly deleted: string[] }
}

async function ensureTarget({ plan, calls, existing, result }: Run): Promise<string> {
  const found = existing.targets.find((target) => targetMatches(target, plan.target))
  if (found?.TrafficMirrorTargetId !== undefined) {
    result.adopted.push(found.TrafficMirrorTargetId)
    return found.TrafficMirrorTargetId
  }
  const { sdk, client } = calls.ec2
  const { kind, resource } = plan.target
  const where =
    kind === "network-interface"
      ? { NetworkInterfaceId: resource }
      : kind === "network-load-balancer"
        ? { NetworkLoadBalancerArn: resource }
        : { GatewayLoadBalancerEndpointId: resource }
  return calls.create("target", "target", {
    spec: resource,
    exists: async (id) => (await readExisting(calls.ec2, plan.deployment)).targets.some((item) => item.TrafficMirrorTargetId === id),
    send: async (ClientToken) => {
      const TagSpecifications = [{ ResourceType: "traffic-mirror-target" as const, Tags: ourTags(plan.deployment, "target") }]
      const answer = await client.send(
        new sdk.CreateTrafficMirrorTargetCommand({ ...where, Description: DESCRIPTION, ClientToken, TagSpecifications }),
      )
      return answer.TrafficMirrorTarget?.TrafficMirrorTargetId
    },
  })
}

async function ensureFilter({ plan, calls, existing, result }: Run, filter: FilterPlan): Promise<string> {
  const { sdk, client } = calls.ec2
  const found = existing.filters.find((candidate) => filterKeyOf(candidate) === filter.key)
  const id =
    found?.TrafficMirrorFilterId ??
    (await calls.create("filter", filter.key, {
      spec: "",
      exists: async (made) => (await readExisting(calls.ec2, plan.deployment)).filters.some((item) => item.TrafficMirrorFilterId === made),
      send: async (ClientToken) => {
        const TagSpecifications = [{ ResourceType: "traffic-mirror-filter" as const, Tags: ourTags(plan.deployment, filter.key) }]
        const answer = await client.send(
          new sdk.CreateTrafficMirrorFilterCommand({ Description: DESCRIPTION, ClientToken, TagSpecifications }),
        )
        return answer.TrafficMirrorFilter?.TrafficMirrorFilterId
      },
    }))
  if (found !== undefined) result.adopted.push(id)
  const there = new Map(
    (found === undefined ? [] : rulesOf(found)).map((rule) => [existingRuleKey(rule), rule.TrafficMirrorFilterRuleId ?? ""]),
  )
  const wanted = new Set(filter.rules.map(ruleKey))
  // Surplus rules go first: two rules of one direction cannot share a number.
  for (const [key, rule] of there) {
    if (wanted.has(key)) continue
    await calls.remove({ kind: "rule", key: `${filter.key} ${key}`, id: rule })
    result.deleted.push(rule)
  }
  for (const rule of filter.rules) {
    if (there.has(ruleKey(rule))) continue
    await calls.create("rule", `${filter.key} ${ruleKey(rule)}`, {
      spec: id,
      exists: async (made) =>
        (await readExisting(calls.ec2, plan.deployment)).filters.some((item) =>
          rulesOf(item).some((there) => there.TrafficMirrorFilterRuleId === made),
        ),
      send: async (ClientToken) => {
        const answer = await client.send(
          new sdk.CreateTrafficMirrorFilterRuleCommand({
            TrafficMirrorFilterId: id,
            TrafficDirection: rule.direction,
            RuleNumber: rule.number,
            RuleAction: rule.action,
            SourceCidrBlock: rule.source,
            DestinationCidrBlock: rule.destination,
            ClientToken,
          }),
        )
        return answer.TrafficMirrorFilterRule?.TrafficMirrorFilterRuleId
      },
    })
  }
  if ((found?.NetworkServices ?? []).includes("amazon-dns") !== filter.dns) {
    const services = filter.dns ? { AddNetworkServices: ["amazon-dns" as const] } : { RemoveNetworkServices: ["amazon-dns" as const] }
    await calls.change(`DNS mirroring of ${id}`, () =>
      client.send(new sdk.ModifyTrafficMirrorFilterNetworkServicesCommand({ TrafficMirrorFilterId: id, ...services })),
    )
    result.changed.push(id)
  }
  return id
}

async function ensureSession(
  { plan, calls, existing, result }: Run,
  session: SessionPlan,
  ids: { readonly target: string; readonly filter: string },
): Promise<void> {
  const { sdk, client } = calls.ec2
  const wanted = {
    TrafficMirrorTargetId: ids.target,
    TrafficMirrorFilterId: ids.filter,
    SessionNumber: session.number,
    VirtualNetworkId: session.vni,
  }
  const found = existing.sessions.find((candidate) => candidate.NetworkInterfaceId === session.networkInterface)
  if (found?.TrafficMirrorSessionId !== undefined) {
    const id = found.TrafficMirrorSessionId
    result.adopted.push(id)
    if (sessionDifferences(found, session, ids).length === 0) return
    await calls.change(`session ${id} of ${session.networkInterface}`, () =>
      client.send(new sdk.ModifyTrafficMirrorSessionCommand({ TrafficMirrorSessionId: id, ...wanted, RemoveFields: ["packet-length"] })),
    )
    result.changed.push(id)
    return
  }
  await calls.create("session", session.networkInterface, {
    spec: JSON.stringify(wanted),
    exists: async (id) => (await readExisting(calls.ec2, plan.deployment)).sessions.some((item) => item.TrafficMirrorSessionId === id),
    send: async (ClientToken) => {
      const Tags = ourTags(plan.deployment, session.networkInterface, { [tags.egressIp]: session.egressIps.join(" ") })
      const TagSpecifications = [{ ResourceType: "traffic-mirror-session" as const, Tags }]
      const answer = await client.send(
        new sdk.CreateTrafficMirrorSessionCommand({
          NetworkInterfaceId: session.networkInterface,
          ...wanted,
          Description: DESCRIPTION,
          ClientToken,
          TagSpecifications,
        }),
      )
      return answer.TrafficMirrorSession?.TrafficMirrorSessionId
    },
  })
}

/** Sessions first: a filter or target in use cannot be deleted. */
async function removeSurplus({ plan, calls, existing, result }: Run): Promise<void> {
  const surplus: Made[] = [
    ...existing.sessions
      .filter((session) => !plan.sessions.some((wanted) => wanted.networkInterface === session.NetworkInterfaceId))
      .map((session) => ({ kind: "session" as const, key: session.NetworkInterfaceId ?? "", id: session.TrafficMirrorSessionId ?? "" })),
    ...existing.filters
      .filter((filter) => !plan.filters.some((wanted) => wanted.key === filterKeyOf(filter)))
      .map((filter) => ({ kind: "filter" as const, key: filterKeyOf(filter), id: filter.TrafficMirrorFilterId ?? "" })),
    ...existing.targets
      .filter((target) => plan.sessions.length === 0 || !targetMatches(target, plan.target))
      .map((target) => ({ kind: "target" as const, key: "target", id: target.TrafficMirrorTargetId ?? "" })),
  ]
  for (const item of surplus) {
    await calls.remove(item)
    result.deleted.push(item.id)
  }
}

/** Best effort: what cannot be taken back carries our tags, and `destroy` finds it. */
async function takeBack(calls: Calls): Promise<void> {
  for (const item of calls.made.toReversed()) {
    try {
      await calls.remove(item)
    } catch {
      // the first failure is the one to report
    }
  }
}

const DESCRIPTION = "Egret: mirrors agent traffic to the sensor"

// Why no packets come: every cause that people run into, checked one by one, each with its fix; then a canary through the sensor's own port.
import type { SecurityGroup, TrafficMirrorFilterRule } from "@aws-sdk/client-ec2"
import { rulesOf } from "./aws/compare.ts"
import { type Ec2, pages } from "./aws/ec2.ts"
import { readExisting } from "./aws/existing.ts"
import { instanceWarning } from "./aws/instance-support.ts"
import { type Inventory, readInventory } from "./aws/inventory.ts"
import type { MirrorPlan } from "./model.ts"

export interface Check {
  readonly id: string
  readonly state: "ok" | "warning" | "problem"
  readonly what: string
  readonly fix?: string
}

export async function examineAws(ec2: Ec2, plan: MirrorPlan): Promise<Check[]> {
  const inventory = await readInventory(ec2, plan.deployment)
  const existing = await readExisting(ec2, plan.deployment)
  const groups = await pages(
    (NextToken) => ec2.client.send(new ec2.sdk.DescribeSecurityGroupsCommand({ NextToken, MaxResults: 1000 })),
    (page) => page.SecurityGroups,
  )
  return [
    ...egressChecks(plan),
    ...targetChecks(plan, inventory, groups),
    ...sessionChecks(
      plan,
      existing.sessions.map((session) => session.NetworkInterfaceId ?? ""),
    ),
    ...existing.filters.flatMap((filter) => filterChecks(filter.TrafficMirrorFilterId ?? "", rulesOf(filter))),
    ...instanceChecks(plan, inventory),
  ]
}

function egressChecks(plan: MirrorPlan): Check[] {
  return plan.egress.map((egress) =>
    egress.sources.length > 0
      ? { id: "egress-resolves", state: "ok", what: `${egress.ip}: ${egress.sources.length} interfaces behind ${egress.detail}` }
      : {
          id: "egress-resolves",
          state: "problem",
          what: `${egress.ip}: ${egress.refusal ?? "nothing that can be mirrored"}`,
          fix: egress.excluded.map((excluded) => `${excluded.networkInterface}: ${excluded.reason}`).join("; ") || "give another egress IP",
        },
  )
}

function targetChecks({ target, sessions }: MirrorPlan, inventory: Inventory, groups: readonly SecurityGroup[]): Check[] {
  if (target.kind !== "network-interface") {
    return [
      {
        id: "target-listener",
        state: "warning",
        what: `${target.resource}: a listener for UDP 4789 cannot be seen with EC2 permissions`,
        fix: "check that it has a UDP listener on 4789 (UDP 6081 behind a gateway load balancer) and a health check on another port",
      },
    ]
  }
  const found = inventory.networkInterface(target.resource)
  if (found === undefined)
    return [
      {
        id: "target-interface",
        state: "problem",
        what: `target ${target.resource} is not visible`,
        fix: "check mirror.target, the region and ec2:DescribeNetworkInterfaces",
      },
    ]
  const checks: Check[] = []
  const rightType = found.InterfaceType === undefined || found.InterfaceType === "interface"
  checks.push(
    rightType
      ? { id: "target-interface", state: "ok", what: `target ${target.resource} can receive` }
      : {
          id: "target-interface",
          state: "problem",
          what: `target ${target.resource} is of type ${found.InterfaceType}`,
          fix: 'use an interface of type "interface"',
        },
  )
  if (found.Status !== "in-use")
    checks.push({
      id: "target-attached",
      state: "problem",
      what: `target ${target.resource} is ${found.Status}`,
      fix: "attach it to the sensor's instance",
    })
  const attached = (found.Groups ?? []).map((group) => group.GroupId)
  const open = groups.filter((group) => attached.includes(group.GroupId)).some(admitsVxlan)
  checks.push(
    open
      ? { id: "target-security-group", state: "ok", what: `the target's security groups admit UDP 4789` }
      : {
          id: "target-security-group",
          state: "problem",
          what: "no security group of the target admits UDP 4789: mirrored packets are dropped at the sensor",
          fix: `allow UDP 4789 from ${sessions.length === 0 ? "the sources" : "the sources' subnets"} in ${attached.join(", ") || "the target's security group"}`,
        },
  )
  return checks
}

function admitsVxlan(group: SecurityGroup): boolean {
  return (group.IpPermissions ?? []).some(
    ({ IpProtocol, FromPort, ToPort }) =>
      IpProtocol === "-1" || (IpProtocol === "udp" && (FromPort ?? 0) <= VXLAN_PORT && (ToPort ?? 65_535) >= VXLAN_PORT),
  )
}

function sessionChecks(plan: MirrorPlan, mirrored: readonly string[]): Check[] {
  return plan.sessions.map((session) => {
    if (!mirrored.includes(session.networkInterface))
      return {
        id: "session-exists",
        state: "problem",
        what: `${session.networkInterface} has no session of ours`,
        fix: "run egret mirror apply",
      }
    if (session.conflicts.length > 0)
      return {
        id: "session-first",
        state: "warning",
        what: `${session.networkInterface}: ${session.conflicts.join(", ")} may take packets before our session ${session.number}`,
        fix: "run egret mirror apply --first, or end the other session",
      }
    return { id: "session-exists", state: "ok", what: `${session.networkInterface} is mirrored with VNI ${session.vni}` }
  })
}

function filterChecks(id: string, rules: readonly TrafficMirrorFilterRule[]): Check[] {
  return (["egress", "ingress"] as const).map((direction) =>
    rules.some((rule) => rule.TrafficDirection === direction && rule.RuleAction === "accept")
      ? { id: `filter-${direction}`, state: "ok", what: `filter ${id} accepts ${direction}` }
      : {
          id: `filter-${direction}`,
          state: "problem",
          what: `filter ${id} has no rule that accepts ${direction}: ${direction === "ingress" ? "the answers of" : "the requests of"} every connection are missing`,
          fix: "run egret mirror apply",
        },
  )
}

function instanceChecks(plan: MirrorPlan, inventory: Inventory): Check[] {
  return plan.sessions.flatMap((session): Check[] => {
    const warning = session.instance === undefined ? undefined : instanceWarning(inventory.instanceType(session.instance))
    return warning === undefined
      ? []
      : [
          {
            id: "instance-type",
            state: "warning",
            what: `${session.networkInterface}: ${warning}`,
            fix: "move the agent to a supported type, or use the gateway",
          },
        ]
  })
}

const VXLAN_PORT = 4789

// A destination is denied at the subnet: two entries, out and in, in front of the ACL's own allow rules. Entries carry no tags, so ours are known by number,
// direction, network and being a deny; what no longer is exactly that is not ours to delete.
import { isIP, isIPv6 } from "node:net"
import type { NetworkAcl, NetworkAclEntry, NetworkInterface } from "@aws-sdk/client-ec2"
import type { RespondAction } from "../../contracts/config/respond.ts"
import { type Actor, type Refusal, RespondError, type Step, type TakenBack, type Target } from "../model.ts"
import { type Ec2, isMissing, openEc2 } from "./ec2.ts"

type Config = Extract<RespondAction, { type: "network-acl" }>
type AclStep = Extract<Step, { kind: "network-acl" }>

export class NetworkAclActor implements Actor {
  readonly #config: Config
  #opened: Promise<Ec2> | undefined

  constructor(config: Config) {
    this.#config = config
  }

  async plan({ workload, destination }: Target): Promise<{ steps: readonly Step[]; warnings: readonly string[] } | Refusal> {
    const ips = [...new Set([...(destination?.ips ?? []), destination?.host ?? ""])].filter((ip) => isIP(ip) !== 0)
    if (ips.length === 0) return { refused: "the destination's address is not known: a network ACL knows no names" }
    if (ips.length > MAX_ADDRESSES) return { refused: `${ips.length} addresses: a network ACL has room for few rules; use a deny list` }
    const networkInterface = workload?.networkInterface
    if (networkInterface === undefined) return { refused: "the agent's interface is not known: mirroring with egret mirror apply tells it" }
    const acl = await this.#aclOf(networkInterface)
    if ("refused" in acl) return acl
    const steps: AclStep[] = []
    for (const ip of ips) {
      const cidr = `${ip}/${isIPv6(ip) ? 128 : 32}`
      const entries = acl.Entries ?? []
      for (const egress of [true, false]) {
        if (entries.some((entry) => isOurs(entry, { cidr, egress }) && (entry.RuleNumber ?? 0) <= this.#config.ruleNumbers[1])) continue
        const number = this.#numberFor(entries, { egress, taken: steps })
        if (typeof number !== "number") return number
        steps.push({ kind: "network-acl", acl: acl.NetworkAclId ?? "", number, egress, cidr })
      }
    }
    if (steps.length === 0) return { refused: "every address is denied already" }
    return { steps, warnings: [`everything in the subnets of ${acl.NetworkAclId} is cut off from ${ips.join(" ")}, not only this agent`] }
  }

  async apply(step: Step): Promise<void> {
    if (step.kind !== "network-acl") return
    const found = await this.#entryAt(step)
    if (found !== undefined) {
      if (isOurs(found, step)) return
      throw new RespondError(`${step.acl} has another rule ${step.number} by now: plan it again`)
    }
    const { sdk, client } = await this.#ec2()
    await client.send(
      new sdk.CreateNetworkAclEntryCommand({
        NetworkAclId: step.acl,
        RuleNumber: step.number,
        Egress: step.egress,
        RuleAction: "deny",
        Protocol: ALL_PROTOCOLS,
        ...(step.cidr.includes(":") ? { Ipv6CidrBlock: step.cidr } : { CidrBlock: step.cidr }),
      }),
    )
  }

  async revert(step: Step): Promise<TakenBack> {
    if (step.kind !== "network-acl") return RESTORED
    try {
      const found = await this.#entryAt(step)
      if (found === undefined) return RESTORED
      if (!isOurs(found, step))
        return { done: "left", why: `rule ${step.number} of ${step.acl} was changed by somebody else, left as it is` }
      const { sdk, client } = await this.#ec2()
      await client.send(new sdk.DeleteNetworkAclEntryCommand({ NetworkAclId: step.acl, RuleNumber: step.number, Egress: step.egress }))
      return RESTORED
    } catch (error) {
      if (isMissing(error)) return RESTORED
      throw error
    }
  }

  /** The lowest free number of ours; it must come before every allow that would let the traffic through. */
  #numberFor(entries: readonly NetworkAclEntry[], { egress, taken }: { egress: boolean; taken: readonly AclStep[] }): number | Refusal {
    const { ruleNumbers, maxRules } = this.#config
    const there = entries.filter((entry) => (entry.Egress ?? false) === egress && (entry.RuleNumber ?? LAST) < LAST)
    const used = new Set([
      ...there.map((entry) => entry.RuleNumber),
      ...taken.filter((step) => step.egress === egress).map((step) => step.number),
    ])
    if (used.size >= maxRules)
      return { refused: `the network ACL has ${used.size} rules ${egress ? "out" : "in"}, its quota is ${maxRules}` }
    const firstAllow = Math.min(...there.filter((entry) => entry.RuleAction === "allow").map((entry) => entry.RuleNumber ?? LAST), LAST)
    for (let number = ruleNumbers[0]; number <= ruleNumbers[1]; number++) {
      if (number >= firstAllow)
        return {
          refused: `rule ${firstAllow} ${egress ? "out" : "in"} allows traffic before any number that is free for us: number your own rules from 100 on`,
        }
      if (!used.has(number)) return number
    }
    return { refused: `no free rule number from ${ruleNumbers[0]} to ${ruleNumbers[1]}` }
  }

  async #aclOf(networkInterface: string): Promise<NetworkAcl | Refusal> {
    const { sdk, client } = await this.#ec2()
    const { NetworkInterfaces = [] } = await client
      .send(new sdk.DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [networkInterface] }))
      .catch((error: unknown): { readonly NetworkInterfaces?: NetworkInterface[] } => {
        if (isMissing(error)) return {}
        throw error
      })
    const subnet = NetworkInterfaces[0]?.SubnetId
    if (subnet === undefined) return { refused: `${networkInterface} is not there` }
    const { NetworkAcls = [] } = await client.send(
      new sdk.DescribeNetworkAclsCommand({ Filters: [{ Name: "association.subnet-id", Values: [subnet] }] }),
    )
    return NetworkAcls[0] ?? { refused: `no network ACL is associated with ${subnet}` }
  }

  async #entryAt(step: AclStep): Promise<NetworkAclEntry | undefined> {
    const { sdk, client } = await this.#ec2()
    const { NetworkAcls = [] } = await client.send(new sdk.DescribeNetworkAclsCommand({ NetworkAclIds: [step.acl] }))
    return NetworkAcls[0]?.Entries?.find((entry) => entry.RuleNumber === step.number && (entry.Egress ?? false) === step.egress)
  }

  #ec2(): Promise<Ec2> {
    this.#opened ??= openEc2(this.#config)
    return this.#opened
  }
}

function isOurs(entry: NetworkAclEntry, { cidr, egress }: { readonly cidr: string; readonly egress: boolean }): boolean {
  const covers = cidr.includes(":") ? entry.Ipv6CidrBlock : entry.CidrBlock
  return entry.RuleAction === "deny" && (entry.Egress ?? false) === egress && covers === cidr && entry.Protocol === ALL_PROTOCOLS
}

const RESTORED: TakenBack = { done: "restored" }
const ALL_PROTOCOLS = "-1"
// AWS's own last rule, "*": everything else is denied.
const LAST = 32_767
// Two rules each; the quota is twenty a direction.
const MAX_ADDRESSES = 5

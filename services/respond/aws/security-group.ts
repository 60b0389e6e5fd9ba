// Quarantine: an agent's interfaces get one security group in place of their own, which are remembered and put back.
import type { NetworkInterface, SecurityGroup } from "@aws-sdk/client-ec2"
import type { RespondAction } from "../../contracts/config/respond.ts"
import { type Actor, type Refusal, RespondError, type Step, type TakenBack, type Target } from "../model.ts"
import { type Ec2, isMissing, openEc2 } from "./ec2.ts"

type Config = Extract<RespondAction, { type: "security-group" }>
type GroupStep = Extract<Step, { kind: "security-group" }>

export class SecurityGroupActor implements Actor {
  readonly #config: Config
  #opened: Promise<Ec2> | undefined

  constructor(config: Config) {
    this.#config = config
  }

  async plan({ workload }: Target): Promise<{ steps: readonly Step[]; warnings: readonly string[] } | Refusal> {
    const interfaces = await this.#find(workload)
    if ("refused" in interfaces) return interfaces
    const group = await this.#group()
    if ("refused" in group) return group
    const quarantine = this.#config.securityGroup
    const elsewhere = interfaces.find(({ VpcId }) => VpcId !== group.vpc)
    if (elsewhere !== undefined)
      return { refused: `${quarantine} is in ${group.vpc}, ${elsewhere.NetworkInterfaceId} in ${elsewhere.VpcId}: make one there` }
    const steps = interfaces
      .map(
        (item): GroupStep => ({
          kind: "security-group",
          networkInterface: item.NetworkInterfaceId ?? "",
          before: groupsOf(item),
          after: [quarantine],
        }),
      )
      .filter((step) => !same(step.before, step.after))
    if (steps.length === 0) return { refused: "every interface is in quarantine already" }
    return { steps, warnings: [...group.warnings, TRACKED] }
  }

  async apply(step: Step): Promise<void> {
    if (step.kind !== "security-group") return
    const now = await this.#groupsNow(step.networkInterface)
    if (same(now, step.after)) return
    if (!same(now, step.before))
      throw new RespondError(`${step.networkInterface} has ${now.join(" ")}, not ${step.before.join(" ")} as planned: plan it again`)
    await this.#set(step.networkInterface, step.after)
  }

  /** Put back when it is as we left it; when others were added, only ours is taken out; otherwise it is somebody else's by now. */
  async revert(step: Step): Promise<TakenBack> {
    if (step.kind !== "security-group") return RESTORED
    const { networkInterface, before, after } = step
    let now: readonly string[]
    try {
      now = await this.#groupsNow(networkInterface)
    } catch (error) {
      if (isMissing(error)) return { done: "left", why: `${networkInterface} is gone` }
      throw error
    }
    if (same(now, before)) return RESTORED
    const [quarantine = ""] = after
    if (!now.includes(quarantine))
      return { done: "left", why: `${networkInterface} has ${now.join(" ")}: changed by somebody else, left as it is` }
    await this.#set(networkInterface, [...new Set([...before, ...now.filter((group) => group !== quarantine)])])
    return RESTORED
  }

  async #find(workload: Target["workload"]): Promise<NetworkInterface[] | Refusal> {
    if (workload?.networkInterface === undefined && workload?.instance === undefined)
      return { refused: "neither an interface nor an instance of the agent is known: mirroring with egret mirror apply tells them" }
    const { sdk, client } = await this.#ec2()
    const by =
      workload.networkInterface === undefined
        ? { Filters: [{ Name: "attachment.instance-id", Values: [workload.instance ?? ""] }] }
        : { NetworkInterfaceIds: [workload.networkInterface] }
    const { NetworkInterfaces = [] } = await client.send(new sdk.DescribeNetworkInterfacesCommand(by)).catch(noneIfMissing)
    if (NetworkInterfaces.length === 0) return { refused: `${workload.networkInterface ?? workload.instance} is not there` }
    const managed = NetworkInterfaces.find((item) => item.RequesterManaged === true || (item.InterfaceType ?? "interface") !== "interface")
    if (managed !== undefined)
      return {
        refused: `${managed.NetworkInterfaceId} is a ${managed.InterfaceType} managed by a service: its security groups are not ours to change`,
      }
    return NetworkInterfaces
  }

  async #group(): Promise<{ vpc: string; warnings: string[] } | Refusal> {
    const { sdk, client } = await this.#ec2()
    const id = this.#config.securityGroup
    const { SecurityGroups = [] } = await client.send(new sdk.DescribeSecurityGroupsCommand({ GroupIds: [id] })).catch(noneIfMissing)
    const found = SecurityGroups.find(({ GroupId }) => GroupId === id)
    if (found === undefined) return { refused: `there is no security group ${id}` }
    const rules = (found.IpPermissions ?? []).length + (found.IpPermissionsEgress ?? []).length
    return { vpc: found.VpcId ?? "", warnings: rules === 0 ? [] : [`${id} has ${rules} rules: traffic that they allow goes on`] }
  }

  async #groupsNow(networkInterface: string): Promise<readonly string[]> {
    const { sdk, client } = await this.#ec2()
    const { NetworkInterfaces = [] } = await client.send(
      new sdk.DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [networkInterface] }),
    )
    const [found] = NetworkInterfaces
    if (found === undefined)
      throw Object.assign(new Error(`${networkInterface} is not there`), { name: "InvalidNetworkInterfaceID.NotFound" })
    return groupsOf(found)
  }

  async #set(networkInterface: string, groups: readonly string[]): Promise<void> {
    const { sdk, client } = await this.#ec2()
    await client.send(new sdk.ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId: networkInterface, Groups: [...groups] }))
  }

  #ec2(): Promise<Ec2> {
    this.#opened ??= openEc2(this.#config)
    return this.#opened
  }
}

function noneIfMissing(error: unknown): { readonly NetworkInterfaces?: NetworkInterface[]; readonly SecurityGroups?: SecurityGroup[] } {
  if (isMissing(error)) return {}
  throw error
}

function groupsOf({ Groups = [] }: NetworkInterface): string[] {
  return Groups.flatMap(({ GroupId }) => GroupId ?? [])
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && [...a].sort().join() === [...b].sort().join()
}

const RESTORED: TakenBack = { done: "restored" }
const TRACKED = "connections that are open and tracked may go on until they end; a network ACL cuts them at once"

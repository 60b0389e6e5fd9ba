// The AWS driver: VPC Traffic Mirroring through the EC2 API.
import { join } from "node:path"
import type { MirrorConfig } from "../../contracts/config/mirror.ts"
import { ConfigError } from "../../contracts/errors.ts"
import { Journal } from "../journal.ts"
import type { EgressRequest, MirrorPlan, MirrorProvider, TargetPlan } from "../model.ts"
import { applyPlan } from "./apply.ts"
import { withOffers } from "./balancers.ts"
import { Calls } from "./calls.ts"
import { compare } from "./compare.ts"
import { destroyAll } from "./destroy.ts"
import { type Ec2, openEc2 } from "./ec2.ts"
import { readExisting } from "./existing.ts"
import { type Inventory, readInventory } from "./inventory.ts"
import { makePlan } from "./planner.ts"
import { resolveEgress } from "./resolver.ts"
import { tagOf } from "./tags.ts"

export class AwsMirroring implements MirrorProvider {
  readonly name = "aws"
  readonly #config: MirrorConfig
  readonly #settle: number
  #ec2: Promise<Ec2> | undefined

  /** `settle`: milliseconds to wait while the cloud's listings catch up with its calls. */
  constructor(config: MirrorConfig, settle = 1_000) {
    this.#config = config
    this.#settle = settle
  }

  async plan(request: EgressRequest): Promise<MirrorPlan> {
    const ec2 = await this.ec2()
    const target = targetOf(this.#config)
    const inventory = await readInventory(ec2, this.#config.deployment)
    const targetInterface = target.kind === "network-interface" ? target.resource : undefined
    const resolved = egressIpsOf(request, inventory).map((ip) => resolveEgress(ip, inventory, targetInterface))
    const egress = await withOffers(resolved, inventory, { region: ec2.region, endpoint: this.#config.loadBalancerEndpoint })
    const plan = makePlan({
      deployment: this.#config.deployment,
      region: ec2.region,
      inventory,
      egress,
      target,
      dns: this.#config.dns,
      first: request.first === true,
    })
    const problem = targetProblem(target, inventory)
    return problem === undefined ? plan : { ...plan, blockers: [...plan.blockers, problem] }
  }

  async apply(plan: MirrorPlan, report: (line: string) => void) {
    const { calls } = await this.#calls(report)
    return applyPlan(plan, calls)
  }

  async diff(plan: MirrorPlan) {
    return compare(plan, await readExisting(await this.ec2(), this.#config.deployment))
  }

  async destroy(report: (line: string) => void) {
    const { calls, journal } = await this.#calls(report)
    return destroyAll(calls, journal, this.#settle)
  }

  ec2(): Promise<Ec2> {
    this.#ec2 ??= openEc2({ region: this.#config.region, endpoint: this.#config.endpoint })
    return this.#ec2
  }

  async #calls(report: (line: string) => void): Promise<{ calls: Calls; journal: Journal }> {
    const journal = new Journal(join(this.#config.stateDir, `${this.#config.deployment}.journal`))
    const calls = new Calls({ ec2: await this.ec2(), journal, deployment: this.#config.deployment, report, settle: this.#settle })
    return { calls, journal }
  }
}

function targetOf({ target }: MirrorConfig): TargetPlan {
  const given = [
    { kind: "network-interface" as const, resource: target.networkInterface },
    { kind: "network-load-balancer" as const, resource: target.networkLoadBalancer },
    { kind: "gateway-load-balancer-endpoint" as const, resource: target.gatewayLoadBalancerEndpoint },
  ].flatMap(({ kind, resource }) => (resource === undefined ? [] : [{ kind, resource, notes: [] }]))
  const [only] = given
  if (given.length === 1 && only !== undefined) return only
  throw new ConfigError({
    path: "mirror.target",
    got: given.length === 0 ? "nothing" : `${given.length} targets`,
    want: "exactly one of networkInterface, networkLoadBalancer, gatewayLoadBalancerEndpoint",
    hint: "for one sensor give its interface: --target eni-0123456789abcdef0",
  })
}

function targetProblem(target: TargetPlan, inventory: Inventory): string | undefined {
  if (target.kind !== "network-interface") return undefined
  const found = inventory.networkInterface(target.resource)
  if (found === undefined) return `the target interface ${target.resource} is not visible to these credentials in this region`
  if (found.InterfaceType !== undefined && found.InterfaceType !== "interface")
    return `the target ${target.resource} is of type ${found.InterfaceType}: only interfaces of type "interface" can receive a mirror`
  return undefined
}

function egressIpsOf({ egressIps, all, tag }: EgressRequest, inventory: Inventory): string[] {
  const [key = "", value] = tag?.split("=", 2) ?? []
  const chosen = inventory.addresses.filter((address) => {
    if (tag !== undefined) return value === undefined ? tagOf(address.Tags, key) !== undefined : tagOf(address.Tags, key) === value
    return all === true && address.AssociationId !== undefined
  })
  return [...new Set([...egressIps, ...chosen.flatMap((address) => address.PublicIp ?? [])])].sort()
}

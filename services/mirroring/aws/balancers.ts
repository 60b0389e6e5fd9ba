// What stands behind a load balancer. It is a way in, not a way out, so it is never mirrored; but whoever names its address means the agents behind it, and
// those are offered with the addresses by which they do leave. Only the load balancing API knows the targets; it is asked when such an address is named.
import type { ElasticLoadBalancingV2Client, TargetGroup } from "@aws-sdk/client-elastic-load-balancing-v2"
import type { EgressResolution, Offer } from "../model.ts"
import type { Inventory } from "./inventory.ts"

export interface BalancerOptions {
  readonly region: string
  readonly endpoint: string | undefined
}

interface Elb {
  readonly sdk: typeof import("@aws-sdk/client-elastic-load-balancing-v2")
  readonly client: ElasticLoadBalancingV2Client
}

/** The same resolutions; those of load balancers with what is behind them. */
export async function withOffers(
  resolutions: readonly EgressResolution[],
  inventory: Inventory,
  { region, endpoint }: BalancerOptions,
): Promise<EgressResolution[]> {
  if (!resolutions.some(({ kind }) => kind === "load-balancer")) return [...resolutions]
  const sdk = await import("@aws-sdk/client-elastic-load-balancing-v2")
  const client = new sdk.ElasticLoadBalancingV2Client({ region, ...(endpoint !== undefined && { endpoint }), maxAttempts: 5 })
  const done: EgressResolution[] = []
  for (const resolution of resolutions) {
    if (resolution.kind !== "load-balancer") done.push(resolution)
    else done.push({ ...resolution, ...(await offersOf(resolution.ip, inventory, { sdk, client })) })
  }
  return done
}

async function offersOf(ip: string, inventory: Inventory, elb: Elb): Promise<Pick<EgressResolution, "offers" | "detail">> {
  const id = inventory.address(ip)?.NetworkInterfaceId ?? inventory.interfaceByPublicIp(ip)?.NetworkInterfaceId ?? ""
  const description = inventory.networkInterface(id)?.Description ?? ""
  const name = /^ELB (?:app|net|gwy)\/([^/]+)\//.exec(description)?.[1]
  const refusal = `interface ${id} belongs to a load balancer`
  if (name === undefined)
    return { detail: `${refusal}, whose name its description does not tell ("${description}"): its targets cannot be listed` }
  try {
    const { LoadBalancers = [] } = await elb.client.send(new elb.sdk.DescribeLoadBalancersCommand({ Names: [name] }))
    const targets = await targetIds(LoadBalancers[0]?.LoadBalancerArn ?? "", elb)
    const offers = targets.map((target) => offerOf(target, inventory))
    return { detail: `load balancer ${name} with ${targets.length} ${targets.length === 1 ? "target" : "targets"}`, offers }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return {
      detail: `load balancer ${name}: its targets could not be listed (elasticloadbalancing:Describe… in the planner's policy): ${why}`,
    }
  }
}

/** Targets of a network load balancer may be application load balancers: one step further, as deep as AWS allows. */
async function targetIds(arn: string, elb: Elb, depth = 0): Promise<string[]> {
  const found = new Set<string>()
  for (const group of await groupsOf(arn, elb)) {
    const health = await elb.client.send(new elb.sdk.DescribeTargetHealthCommand({ TargetGroupArn: group.TargetGroupArn }))
    for (const { Target } of health.TargetHealthDescriptions ?? []) {
      const id = Target?.Id
      if (id === undefined) continue
      if (group.TargetType === "alb" && depth === 0) for (const inner of await targetIds(id, elb, 1)) found.add(inner)
      else found.add(id)
    }
  }
  return [...found].sort()
}

async function groupsOf(arn: string, elb: Elb): Promise<TargetGroup[]> {
  const groups: TargetGroup[] = []
  let marker: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await elb.client.send(
      new elb.sdk.DescribeTargetGroupsCommand({ LoadBalancerArn: arn, ...(marker && { Marker: marker }) }),
    )
    groups.push(...(answer.TargetGroups ?? []))
    marker = answer.NextMarker
    if (marker === undefined || marker === "") break
  }
  return groups
}

/** A target is an instance, a private address or a function. */
function offerOf(target: string, inventory: Inventory): Offer {
  const found = target.startsWith("i-") ? inventory.interfaceOfInstance(target) : inventory.interfaceByPrivateIp(target)
  if (found === undefined) {
    const reason = target.startsWith("arn:") ? "a function: use the gateway or the SDK" : "no interface of this account and region has it"
    return { target, egressIps: [], reason }
  }
  const networkInterface = found.NetworkInterfaceId ?? ""
  const egressIps = inventory.waysOut(found)
  return egressIps.length > 0
    ? { target, networkInterface, egressIps }
    : { target, networkInterface, egressIps, reason: "no public address and no NAT gateway: it has no way out that is known here" }
}

// 400 groups a page; far more than a load balancer can have.
const MAX_PAGES = 20

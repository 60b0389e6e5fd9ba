// From an egress IP to the interfaces that can be mirrored. The address itself often sits where nothing can be mirrored (a NAT gateway): then the
// interfaces behind it are found through the route tables. Every interface left out is named with its reason.
import type { Address, NetworkInterface } from "@aws-sdk/client-ec2"
import type { EgressKind, EgressResolution, ExcludedInterface, MirrorSource } from "../model.ts"
import { instanceWarning } from "./instance-support.ts"
import type { Inventory } from "./inventory.ts"

export function resolveEgress(ip: string, inventory: Inventory, targetInterface: string | undefined): EgressResolution {
  const address = inventory.address(ip)
  if (address === undefined) return resolveUnlisted(ip, inventory, targetInterface)
  if (address.ServiceManaged === "rnat")
    return behindNat(ip, { inventory, targetInterface, kind: "regional-nat-gateway", nat: inventory.natByIp(ip)?.NatGatewayId })
  if (address.ServiceManaged === "alb" || address.ServiceManaged === "nlb") return loadBalancer(ip, address.NetworkInterfaceId ?? "")
  if (address.NetworkInterfaceId === undefined) {
    return refuse(
      ip,
      "unassociated",
      "the address is not associated with any interface; associate it, or let the reconcile loop pick it up when it is",
    )
  }
  return onInterface(ip, { address, inventory, targetInterface })
}

/** Not an Elastic IP of this account: an auto-assigned public address still shows on its interface. */
function resolveUnlisted(ip: string, inventory: Inventory, targetInterface: string | undefined): EgressResolution {
  const found = inventory.interfaceByPublicIp(ip)
  if (found !== undefined)
    return onInterface(ip, { address: { NetworkInterfaceId: found.NetworkInterfaceId } as Address, inventory, targetInterface })
  return refuse(
    ip,
    "unknown",
    "no Elastic IP and no interface of this account and region has this address; check the region and the credentials",
  )
}

interface Place {
  readonly address: Address
  readonly inventory: Inventory
  readonly targetInterface: string | undefined
}

function onInterface(ip: string, { address, inventory, targetInterface }: Place): EgressResolution {
  const id = address.NetworkInterfaceId ?? ""
  const found = inventory.networkInterface(id)
  if (found === undefined) return refuse(ip, "unknown", `interface ${id} is not visible to these credentials`)
  if (isBalancer(found)) return loadBalancer(ip, id)
  switch (found.InterfaceType) {
    case "natGateway":
      return behindNat(ip, {
        inventory,
        targetInterface,
        kind: "nat-gateway",
        nat: inventory.natByInterface(id)?.NatGatewayId ?? inventory.natByIp(ip)?.NatGatewayId,
      })
    case "lambda":
      return refuse(ip, "lambda", `interface ${id} belongs to Lambda, which cannot be mirrored; use the gateway or the SDK for functions`)
    case "interface":
    case undefined:
      break
    default:
      return refuse(
        ip,
        "managed",
        `interface ${id} is of type ${found.InterfaceType}, and only interfaces of type "interface" can be mirrored`,
      )
  }
  const mine = privateIpsBehind(found, ip, address.PrivateIpAddress)
  const { source, excluded } = consider(found, { inventory, targetInterface, restrictTo: mine })
  const kind: EgressKind = isFargate(found) ? "fargate" : "instance"
  const owner =
    found.Attachment?.InstanceId === undefined ? (found.Description ?? "no instance") : `instance ${found.Attachment.InstanceId}`
  return {
    ip,
    kind,
    detail: `${owner}, interface ${id}`,
    sources: source === undefined ? [] : [source],
    excluded: excluded === undefined ? [] : [excluded],
  }
}

interface NatPlace {
  readonly inventory: Inventory
  readonly targetInterface: string | undefined
  readonly kind: "nat-gateway" | "regional-nat-gateway"
  readonly nat: string | undefined
}

function behindNat(ip: string, { inventory, targetInterface, kind, nat }: NatPlace): EgressResolution {
  if (nat === undefined)
    return refuse(ip, kind, "the NAT gateway of this address is not visible to these credentials (ec2:DescribeNatGateways)")
  const subnets = inventory.subnetsRoutedTo(nat)
  const sources: MirrorSource[] = []
  const excluded: ExcludedInterface[] = []
  for (const found of inventory.interfacesIn(subnets)) {
    // An interface with a public address of its own does not leave by the NAT gateway only when its subnet routes elsewhere; here it does.
    const result = consider(found, { inventory, targetInterface, restrictTo: undefined })
    if (result.source !== undefined) sources.push(result.source)
    if (result.excluded !== undefined) excluded.push(result.excluded)
  }
  const name = kind === "nat-gateway" ? "NAT gateway" : "regional NAT gateway"
  const detail = `${name} ${nat}, reached from ${subnets.length} ${subnets.length === 1 ? "subnet" : "subnets"}`
  if (subnets.length === 0) return { ip, kind, detail, sources, excluded, refusal: "no route table sends traffic to this NAT gateway" }
  return { ip, kind, detail, sources, excluded }
}

function loadBalancer(ip: string, id: string): EgressResolution {
  return refuse(
    ip,
    "load-balancer",
    `interface ${id} belongs to a load balancer: a way in, not a way out of agents; protect the addresses by which its targets leave`,
  )
}

interface Consideration {
  readonly inventory: Inventory
  readonly targetInterface: string | undefined
  readonly restrictTo: readonly string[] | undefined
}

function consider(
  found: NetworkInterface,
  { inventory, targetInterface, restrictTo }: Consideration,
): { source?: MirrorSource; excluded?: ExcludedInterface } {
  const id = found.NetworkInterfaceId ?? ""
  const out = (reason: string, hint?: string) => ({ excluded: { networkInterface: id, reason, ...(hint !== undefined && { hint }) } })
  if (id === targetInterface) return out("it is the mirror's own target: an interface cannot be source and target")
  if (found.InterfaceType !== "interface" && found.InterfaceType !== undefined)
    return out(`interfaces of type ${found.InterfaceType} cannot be mirrored`, typeHint(found.InterfaceType))
  if (found.Status !== "in-use") return out(`it is ${found.Status ?? "not in use"}`)
  const sessions = inventory.sessionsOn(id)
  if (sessions.others.length >= MAX_SESSIONS && sessions.ours === undefined)
    return out(`all ${MAX_SESSIONS} session slots are taken by others`, "free one of them: AWS allows three sessions an interface")
  const all = (found.PrivateIpAddresses ?? []).flatMap((address) => address.PrivateIpAddress ?? [])
  if (all.length === 0) return out("it has no IPv4 address; IPv6-only subnets cannot be mirrored")
  const instance = found.Attachment?.InstanceId
  const instanceType = instance === undefined ? undefined : inventory.instanceType(instance)
  const notes = [
    instanceWarning(instanceType),
    found.RequesterManaged === true ? "managed by an AWS service (Fargate, RDS, …): AWS may refuse the session" : undefined,
  ]
  const privateIps = restrictTo ?? all
  return {
    source: {
      networkInterface: id,
      vpc: found.VpcId ?? "",
      subnet: found.SubnetId ?? "",
      ...(instance !== undefined && { instance }),
      ...(instanceType !== undefined && { instanceType }),
      privateIps,
      restricted: restrictTo !== undefined && restrictTo.length < all.length,
      notes: notes.filter((note) => note !== undefined),
    },
  }
}

/** Without a private address of its own the public address belongs to the primary one. */
function privateIpsBehind(found: NetworkInterface, ip: string, named: string | undefined): string[] {
  if (named !== undefined) return [named]
  const matching = (found.PrivateIpAddresses ?? [])
    .filter((address) => address.Association?.PublicIp === ip)
    .flatMap((address) => address.PrivateIpAddress ?? [])
  return matching.length > 0 ? matching : [found.PrivateIpAddress ?? ""].filter((address) => address !== "")
}

/** Interfaces of application and classic load balancers may be of the ordinary type: their owner tells them. */
function isBalancer({ InterfaceType, RequesterManaged, Description }: NetworkInterface): boolean {
  return InterfaceType?.endsWith("load_balancer") === true || (RequesterManaged === true && Description?.startsWith("ELB ") === true)
}

function isFargate(found: NetworkInterface): boolean {
  return found.RequesterManaged === true && /arn:aws[\w-]*:ecs:/.test(found.Description ?? "")
}

function typeHint(type: string): string | undefined {
  if (type === "lambda") return "use the gateway or the SDK for functions"
  if (type === "branch") return "pods with their own branch interface: mirror the node's interface, or use the gateway"
  return undefined
}

function refuse(ip: string, kind: EgressKind, refusal: string): EgressResolution {
  return { ip, kind, detail: refusal, sources: [], excluded: [], refusal }
}

/** AWS: sessions per source interface, not adjustable. */
const MAX_SESSIONS = 3

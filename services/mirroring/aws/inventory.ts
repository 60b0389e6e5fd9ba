// What the account holds, read once for a plan: a plan is then computed from data alone.
import type { Address, Instance, NatGateway, NetworkInterface, RouteTable, Subnet, TrafficMirrorSession, Vpc } from "@aws-sdk/client-ec2"
import { type Ec2, pages } from "./ec2.ts"
import { tagOf, tags } from "./tags.ts"

export interface Inventory {
  readonly account: string
  readonly addresses: readonly Address[]
  readonly sessions: readonly TrafficMirrorSession[]
  address(ip: string): Address | undefined
  networkInterface(id: string): NetworkInterface | undefined
  interfaceByPublicIp(ip: string): NetworkInterface | undefined
  interfaceByPrivateIp(ip: string): NetworkInterface | undefined
  interfaceOfInstance(instance: string): NetworkInterface | undefined
  /** Public addresses by which an interface leaves: its own, or those of the NAT gateways that its subnet leads to. */
  waysOut(found: NetworkInterface): string[]
  natByInterface(id: string): NatGateway | undefined
  natByIp(ip: string): NatGateway | undefined
  subnetsRoutedTo(natGateway: string): string[]
  interfacesIn(subnets: readonly string[]): NetworkInterface[]
  instanceType(instance: string): string | undefined
  cidrsOf(vpc: string): string[]
  sessionsOn(networkInterface: string): {
    readonly ours: TrafficMirrorSession | undefined
    readonly others: readonly TrafficMirrorSession[]
  }
}

export async function readInventory({ sdk, client }: Ec2, deployment: string): Promise<Inventory> {
  const [addresses, interfaces, nats, routeTables, subnets, vpcs, instances, sessions] = await Promise.all([
    client.send(new sdk.DescribeAddressesCommand({})).then((answer) => answer.Addresses ?? []),
    pages(
      (NextToken) => client.send(new sdk.DescribeNetworkInterfacesCommand({ NextToken, MaxResults: PAGE })),
      (page) => page.NetworkInterfaces,
    ),
    pages(
      (NextToken) => client.send(new sdk.DescribeNatGatewaysCommand({ NextToken, MaxResults: PAGE })),
      (page) => page.NatGateways,
    ),
    pages(
      (NextToken) => client.send(new sdk.DescribeRouteTablesCommand({ NextToken, MaxResults: SMALL_PAGE })),
      (page) => page.RouteTables,
    ),
    pages(
      (NextToken) => client.send(new sdk.DescribeSubnetsCommand({ NextToken, MaxResults: PAGE })),
      (page) => page.Subnets,
    ),
    pages(
      (NextToken) => client.send(new sdk.DescribeVpcsCommand({ NextToken, MaxResults: PAGE })),
      (page) => page.Vpcs,
    ),
    pages(
      (NextToken) => client.send(new sdk.DescribeInstancesCommand({ NextToken, MaxResults: PAGE })),
      (page) => page.Reservations,
    ).then((found) => found.flatMap((reservation) => reservation.Instances ?? [])),
    pages(
      (NextToken) => client.send(new sdk.DescribeTrafficMirrorSessionsCommand({ NextToken, MaxResults: PAGE })),
      (page) => page.TrafficMirrorSessions,
    ),
  ])
  return index({ addresses, interfaces, nats, routeTables, subnets, vpcs, instances, sessions, deployment })
}

interface Raw {
  readonly addresses: readonly Address[]
  readonly interfaces: readonly NetworkInterface[]
  readonly nats: readonly NatGateway[]
  readonly routeTables: readonly RouteTable[]
  readonly subnets: readonly Subnet[]
  readonly vpcs: readonly Vpc[]
  readonly instances: readonly Instance[]
  readonly sessions: readonly TrafficMirrorSession[]
  readonly deployment: string
}

function index(raw: Raw): Inventory {
  const interfaces = new Map(raw.interfaces.map((found) => [found.NetworkInterfaceId ?? "", found]))
  const types = new Map(raw.instances.map((instance) => [instance.InstanceId ?? "", instance.InstanceType]))
  return {
    account: raw.interfaces.find((found) => found.OwnerId !== undefined)?.OwnerId ?? "",
    addresses: raw.addresses,
    sessions: raw.sessions,
    address: (ip) => raw.addresses.find((address) => address.PublicIp === ip),
    networkInterface: (id) => interfaces.get(id),
    interfaceByPublicIp: (ip) =>
      raw.interfaces.find(
        (found) =>
          found.Association?.PublicIp === ip || (found.PrivateIpAddresses ?? []).some((address) => address.Association?.PublicIp === ip),
      ),
    interfaceByPrivateIp: (ip) =>
      raw.interfaces.find((found) => (found.PrivateIpAddresses ?? []).some((address) => address.PrivateIpAddress === ip)),
    interfaceOfInstance: (instance) => {
      const all = raw.interfaces.filter((found) => found.Attachment?.InstanceId === instance)
      return all.find((found) => found.Attachment?.DeviceIndex === 0) ?? all[0]
    },
    waysOut: (found) => waysOut(found, raw),
    natByInterface: (id) => raw.nats.find((nat) => (nat.NatGatewayAddresses ?? []).some((address) => address.NetworkInterfaceId === id)),
    natByIp: (ip) => raw.nats.find((nat) => (nat.NatGatewayAddresses ?? []).some((address) => address.PublicIp === ip)),
    subnetsRoutedTo: (nat) => subnetsRoutedTo(nat, raw),
    interfacesIn: (subnets) => raw.interfaces.filter((found) => subnets.includes(found.SubnetId ?? "")),
    instanceType: (instance) => types.get(instance),
    cidrsOf: (vpc) => {
      const found = raw.vpcs.find((candidate) => candidate.VpcId === vpc)
      const blocks = (found?.CidrBlockAssociationSet ?? []).flatMap((association) => association.CidrBlock ?? [])
      return blocks.length > 0 ? blocks : [found?.CidrBlock ?? ""].filter((block) => block !== "")
    },
    sessionsOn: (id) => {
      const on = raw.sessions.filter((session) => session.NetworkInterfaceId === id)
      const isOurs = (session: TrafficMirrorSession) => tagOf(session.Tags, tags.deployment) === raw.deployment
      return { ours: on.find(isOurs), others: on.filter((session) => !isOurs(session)) }
    },
  }
}

function waysOut(found: NetworkInterface, raw: Raw): string[] {
  const associated = (found.PrivateIpAddresses ?? []).map((address) => address.Association?.PublicIp)
  const listed = raw.addresses.filter((address) => address.NetworkInterfaceId === found.NetworkInterfaceId)
  const own = [found.Association?.PublicIp, ...associated, ...listed.map((address) => address.PublicIp)]
  const behind = raw.nats.filter((nat) => subnetsRoutedTo(nat.NatGatewayId ?? "", raw).includes(found.SubnetId ?? ""))
  const shared = behind.flatMap((nat) => (nat.NatGatewayAddresses ?? []).map((address) => address.PublicIp))
  const isKnown = (ip: string | undefined): ip is string => ip !== undefined
  return [...new Set(own.some(isKnown) ? own.filter(isKnown) : shared.filter(isKnown))].sort()
}

/** Subnets whose route table has a route to the gateway; those without an association of their own follow the VPC's main table. */
function subnetsRoutedTo(nat: string, { routeTables, subnets }: Raw): string[] {
  const associated = new Set(
    routeTables.flatMap((table) => (table.Associations ?? []).flatMap((association) => association.SubnetId ?? [])),
  )
  const found = new Set<string>()
  for (const table of routeTables) {
    if (!(table.Routes ?? []).some((route) => route.NatGatewayId === nat && route.State !== "blackhole")) continue
    for (const association of table.Associations ?? []) {
      if (association.SubnetId !== undefined) found.add(association.SubnetId)
      else if (association.Main === true)
        for (const subnet of subnets)
          if (subnet.VpcId === table.VpcId && !associated.has(subnet.SubnetId ?? "")) found.add(subnet.SubnetId ?? "")
    }
  }
  return [...found].sort()
}

const PAGE = 1000
// DescribeRouteTables allows at most 100 a page.
const SMALL_PAGE = 100

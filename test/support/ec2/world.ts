// A small account: one VPC with an agent instance, a NAT gateway in front of two private subnets (one by the main route table), a load balancer,
// a function, and the sensor.
import type { Item, World } from "./fake.ts"

export const ips = {
  instance: "203.0.113.10",
  nat: "203.0.113.20",
  regionalNat: "203.0.113.30",
  loadBalancer: "203.0.113.40",
  lambda: "203.0.113.50",
  free: "203.0.113.60",
  fargate: "203.0.113.70",
  second: "203.0.113.11",
} as const
export const sensorInterface = "eni-sensor"

export function smallWorld(): World {
  return {
    vpcs: [
      { vpcId: "vpc-1", cidrBlock: "10.0.0.0/16", cidrBlockAssociationSet: [{ cidrBlock: "10.0.0.0/16" }, { cidrBlock: "10.1.0.0/16" }] },
    ],
    subnets: [subnet("subnet-public"), subnet("subnet-a"), subnet("subnet-b")],
    routeTables: [
      {
        routeTableId: "rtb-public",
        vpcId: "vpc-1",
        routeSet: [{ destinationCidrBlock: "0.0.0.0/0", gatewayId: "igw-1" }],
        associationSet: [{ subnetId: "subnet-public" }],
      },
      {
        routeTableId: "rtb-a",
        vpcId: "vpc-1",
        routeSet: [{ destinationCidrBlock: "0.0.0.0/0", natGatewayId: "nat-1", state: "active" }],
        associationSet: [{ subnetId: "subnet-a" }],
      },
      // Main table: subnet-b has no association of its own and follows it.
      {
        routeTableId: "rtb-main",
        vpcId: "vpc-1",
        routeSet: [
          { destinationCidrBlock: "0.0.0.0/0", natGatewayId: "nat-1", state: "active" },
          { destinationCidrBlock: "198.51.100.0/24", natGatewayId: "nat-r", state: "active" },
        ],
        associationSet: [{ main: "true" }],
      },
    ],
    natGateways: [
      { natGatewayId: "nat-1", vpcId: "vpc-1", natGatewayAddressSet: [{ publicIp: ips.nat, networkInterfaceId: "eni-nat" }] },
      { natGatewayId: "nat-r", vpcId: "vpc-1", natGatewayAddressSet: [{ publicIp: ips.regionalNat }] },
    ],
    addresses: [
      {
        publicIp: ips.instance,
        allocationId: "eipalloc-1",
        associationId: "eipassoc-1",
        networkInterfaceId: "eni-agent",
        privateIpAddress: "10.0.0.10",
        instanceId: "i-agent",
        tagSet: [{ key: "team", value: "research" }],
      },
      {
        publicIp: ips.second,
        allocationId: "eipalloc-1b",
        associationId: "eipassoc-1b",
        networkInterfaceId: "eni-agent",
        privateIpAddress: "10.0.0.11",
        instanceId: "i-agent",
      },
      { publicIp: ips.nat, allocationId: "eipalloc-2", associationId: "eipassoc-2", networkInterfaceId: "eni-nat" },
      { publicIp: ips.regionalNat, allocationId: "eipalloc-3", associationId: "eipassoc-3", serviceManaged: "rnat" },
      {
        publicIp: ips.loadBalancer,
        allocationId: "eipalloc-4",
        associationId: "eipassoc-4",
        networkInterfaceId: "eni-nlb",
        serviceManaged: "nlb",
      },
      { publicIp: ips.lambda, allocationId: "eipalloc-5", associationId: "eipassoc-5", networkInterfaceId: "eni-lambda" },
      { publicIp: ips.free, allocationId: "eipalloc-6" },
      {
        publicIp: ips.fargate,
        allocationId: "eipalloc-7",
        associationId: "eipassoc-7",
        networkInterfaceId: "eni-task",
        privateIpAddress: "10.0.0.70",
      },
    ],
    interfaces: [
      eni("eni-agent", { privateIp: "10.0.0.10", more: ["10.0.0.11"], instance: "i-agent", subnetId: "subnet-public" }),
      eni(sensorInterface, {
        privateIp: "10.0.0.5",
        instance: "i-sensor",
        subnetId: "subnet-a",
        extra: { groupSet: [{ groupId: "sg-sensor" }] },
      }),
      eni("eni-nat", { privateIp: "10.0.0.20", type: "natGateway", subnetId: "subnet-public" }),
      eni("eni-a1", { privateIp: "10.0.1.11", instance: "i-a1", subnetId: "subnet-a" }),
      eni("eni-a2", { privateIp: "10.0.1.12", type: "lambda", subnetId: "subnet-a" }),
      eni("eni-b1", { privateIp: "10.0.2.11", instance: "i-b1", subnetId: "subnet-b" }),
      eni("eni-b2", { privateIp: "10.0.2.12", type: "branch", subnetId: "subnet-b" }),
      eni("eni-nlb", {
        privateIp: "10.0.0.40",
        type: "network_load_balancer",
        subnetId: "subnet-public",
        extra: { description: "ELB net/front/50dc6c495c0c9188" },
      }),
      eni("eni-lambda", { privateIp: "10.0.0.50", type: "lambda", subnetId: "subnet-public" }),
      eni("eni-task", {
        privateIp: "10.0.0.70",
        subnetId: "subnet-public",
        extra: { requesterManaged: "true", description: "arn:aws:ecs:eu-central-1:111122223333:attachment/1" },
      }),
    ],
    instances: [
      { instanceId: "i-agent", instanceType: "t3.large" },
      { instanceId: "i-sensor", instanceType: "c5n.xlarge" },
      { instanceId: "i-a1", instanceType: "m7i.large" },
      { instanceId: "i-b1", instanceType: "m5.large" },
    ],
    networkAcls: [],
    securityGroups: [
      {
        groupId: "sg-sensor",
        ipPermissions: [{ ipProtocol: "udp", fromPort: "4789", toPort: "4789", ipRanges: [{ cidrIp: "10.0.0.0/8" }] }],
      },
    ],
  }
}

function subnet(subnetId: string): Item {
  return { subnetId, vpcId: "vpc-1" }
}

interface Eni {
  readonly privateIp: string
  readonly more?: readonly string[]
  readonly type?: string
  readonly instance?: string
  readonly subnetId: string
  readonly extra?: Item
}

function eni(networkInterfaceId: string, { privateIp, more = [], type = "interface", instance, subnetId, extra = {} }: Eni): Item {
  return {
    networkInterfaceId,
    interfaceType: type,
    status: "in-use",
    vpcId: "vpc-1",
    subnetId,
    ownerId: "111122223333",
    privateIpAddress: privateIp,
    privateIpAddressesSet: [privateIp, ...more].map((privateIpAddress) => ({ privateIpAddress })),
    ...(instance !== undefined && { attachment: { instanceId: instance } }),
    ...extra,
  }
}

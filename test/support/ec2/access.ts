// Interfaces, security groups and network ACLs of the EC2 endpoint: what responding reads and changes, with the service's own refusals.
import { Ec2Error, type Item, type World } from "./fake.ts"
import type { Xml } from "./wire.ts"

/** Undefined: not an action of these. */
export function changeAccess(world: World, action: string, parameters: Item): Xml | undefined {
  switch (action) {
    case "ModifyNetworkInterfaceAttribute":
      return setGroups(world, parameters)
    case "CreateNetworkAclEntry":
      return createEntry(world, parameters)
    case "DeleteNetworkAclEntry":
      return deleteEntry(world, parameters)
    default:
      return undefined
  }
}

export function describeInterfaces({ interfaces }: World, parameters: Item): Xml {
  return {
    networkInterfaceSet: select(interfaces, parameters, {
      idField: "networkInterfaceId",
      idParameter: "NetworkInterfaceId",
      missing: "InvalidNetworkInterfaceID.NotFound",
    }),
  }
}

export function describeGroups({ securityGroups }: World, parameters: Item): Xml {
  return {
    securityGroupInfo: select(securityGroups, parameters, { idField: "groupId", idParameter: "GroupId", missing: "InvalidGroup.NotFound" }),
  }
}

export function describeAcls({ networkAcls }: World, parameters: Item): Xml {
  return {
    networkAclSet: select(networkAcls, parameters, {
      idField: "networkAclId",
      idParameter: "NetworkAclId",
      missing: "InvalidNetworkAclID.NotFound",
    }),
  }
}

function setGroups(world: World, parameters: Item): Xml {
  const found = world.interfaces.find((item) => item["networkInterfaceId"] === parameters["NetworkInterfaceId"])
  if (found === undefined)
    throw new Ec2Error(
      "InvalidNetworkInterfaceID.NotFound",
      `The networkInterface ID '${text(parameters["NetworkInterfaceId"])}' does not exist`,
    )
  const groups = values(parameters["SecurityGroupId"])
  if (groups.length > MAX_GROUPS) throw new Ec2Error("SecurityGroupsPerInterfaceLimitExceeded")
  for (const id of groups) {
    const group = world.securityGroups.find((item) => item["groupId"] === id)
    if (group === undefined) throw new Ec2Error("InvalidGroup.NotFound", `The security group '${id}' does not exist`)
    if (group["vpcId"] !== undefined && group["vpcId"] !== found["vpcId"])
      throw new Ec2Error("InvalidGroup.NotFound", `${id} is in another VPC`)
  }
  found["groupSet"] = groups.map((groupId) => ({ groupId }))
  return { return: "true" }
}

function createEntry(world: World, parameters: Item): Xml {
  const entries = entriesOf(world, parameters)
  const egress = text(parameters["Egress"])
  const number = text(parameters["RuleNumber"])
  if (entries.some((entry) => entry["ruleNumber"] === number && entry["egress"] === egress))
    throw new Ec2Error("NetworkAclEntryAlreadyExists", `The network acl entry identified by ${number} already exists.`)
  if (entries.filter((entry) => entry["egress"] === egress && entry["ruleNumber"] !== "32767").length >= MAX_ENTRIES)
    throw new Ec2Error("NetworkAclEntryLimitExceeded")
  entries.push({
    ruleNumber: number,
    egress,
    ruleAction: text(parameters["RuleAction"]),
    protocol: text(parameters["Protocol"]),
    ...(parameters["CidrBlock"] !== undefined && { cidrBlock: text(parameters["CidrBlock"]) }),
    ...(parameters["Ipv6CidrBlock"] !== undefined && { ipv6CidrBlock: text(parameters["Ipv6CidrBlock"]) }),
  })
  return { return: "true" }
}

function deleteEntry(world: World, parameters: Item): Xml {
  const entries = entriesOf(world, parameters)
  const at = entries.findIndex((entry) => entry["ruleNumber"] === parameters["RuleNumber"] && entry["egress"] === parameters["Egress"])
  if (at < 0) throw new Ec2Error("InvalidNetworkAclEntry.NotFound")
  entries.splice(at, 1)
  return { return: "true" }
}

function entriesOf(world: World, parameters: Item): Item[] {
  const acl = world.networkAcls.find((item) => item["networkAclId"] === parameters["NetworkAclId"])
  if (acl === undefined) throw new Ec2Error("InvalidNetworkAclID.NotFound")
  return acl["entrySet"] as Item[]
}

/** By ids, which must exist, or by the filters that are used. */
function select(
  items: readonly Item[],
  parameters: Item,
  { idField, idParameter, missing }: { idField: string; idParameter: string; missing: string },
): Item[] {
  const ids = values(parameters[idParameter])
  for (const id of ids) if (!items.some((item) => item[idField] === id)) throw new Ec2Error(missing, `'${id}' does not exist`)
  const byId = ids.length === 0 ? items : items.filter((item) => ids.includes(text(item[idField])))
  const filters = Object.values((parameters["Filter"] ?? {}) as Item) as Item[]
  return byId.filter((item) => filters.every((filter) => passes(item, text(filter["Name"]), values(filter["Value"]))))
}

function passes(item: Item, name: string, wanted: readonly string[]): boolean {
  switch (name) {
    case "attachment.instance-id":
      return wanted.includes(text((item["attachment"] as Item | undefined)?.["instanceId"]))
    case "association.subnet-id":
      return ((item["associationSet"] ?? []) as Item[]).some((association) => wanted.includes(text(association["subnetId"])))
    default:
      return true
  }
}

function values(list: Xml | undefined): string[] {
  return Object.values((list ?? {}) as Item).map(text)
}

function text(value: Xml | undefined): string {
  return typeof value === "string" ? value : ""
}

// The service's default quotas.
const MAX_GROUPS = 5
const MAX_ENTRIES = 20

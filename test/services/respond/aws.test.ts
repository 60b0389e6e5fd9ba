import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { respondConfig } from "../../../services/contracts/config/respond.ts"
import type { RespondRequest, Response } from "../../../services/respond/model.ts"
import { openResponder } from "../../../services/respond/open-responder.ts"
import { respondActions, responderPolicy } from "../../../services/respond/permissions.ts"
import type { Responder } from "../../../services/respond/responder.ts"
import { FakeEc2, type Item } from "../../support/ec2/fake.ts"
import { smallWorld } from "../../support/ec2/world.ts"

let folder: string
let ec2: FakeEc2
let endpoint: string
let clock: number
const credentials = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] as const
const before = credentials.map((name) => process.env[name])
beforeEach(async () => {
  for (const name of credentials) process.env[name] = "test"
  folder = mkdtempSync(join(tmpdir(), "egret-respond-"))
  clock = Date.UTC(2026, 10, 21, 12)
  ec2 = new FakeEc2(smallWorld())
  const agent = ec2.world.interfaces.find((item) => item["networkInterfaceId"] === "eni-agent")
  if (agent !== undefined) agent["groupSet"] = [{ groupId: "sg-app" }, { groupId: "sg-db" }]
  for (const groupId of ["sg-app", "sg-db", "sg-new", "sg-0a1"]) ec2.world.securityGroups.push({ groupId, vpcId: "vpc-1" })
  ec2.world.securityGroups.push({ groupId: "sg-0f9", vpcId: "vpc-2" })
  ec2.world.networkAcls = [
    {
      networkAclId: "acl-1",
      vpcId: "vpc-1",
      associationSet: [{ subnetId: "subnet-public" }],
      entrySet: [
        entry(100, true, "allow"),
        entry(100, false, "allow"),
        entry(32_767, true, "deny"),
        entry(32_767, false, "deny"),
        { ...entry(1, true, "deny"), cidrBlock: "198.51.100.7/32" },
      ],
    },
  ]
  endpoint = await ec2.start()
})
afterEach(async () => {
  await ec2.stop()
  rmSync(folder, { recursive: true, force: true })
  for (const [index, name] of credentials.entries()) if (before[index] === undefined) delete process.env[name]
})

function entry(ruleNumber: number, egress: boolean, ruleAction: string): Item {
  return { ruleNumber: String(ruleNumber), egress: String(egress), ruleAction, protocol: "-1", cidrBlock: "0.0.0.0/0" }
}
const agentInterface = (): Item => ec2.world.interfaces.find((item) => item["networkInterfaceId"] === "eni-agent") ?? {}
const groups = () => ((agentInterface()["groupSet"] ?? []) as Item[]).map((group) => group["groupId"])
const entries = () => ec2.world.networkAcls[0]?.["entrySet"] as Item[]
const request: RespondRequest = {
  action: "quarantine",
  target: { workload: { networkInterface: "eni-agent", ip: "10.0.0.10" }, destination: { host: "paste.example", ips: ["203.0.113.99"] } },
  reason: "a key leaves",
  by: "ann",
  key: "event-1",
}

function open(action: Record<string, unknown>): Responder {
  const config = respondConfig.parse({
    enabled: true,
    dryRun: false,
    stateDir: folder,
    actions: [{ region: "eu-central-1", endpoint, ...action }],
  })
  return openResponder(config, { now: () => clock, audit: () => {} })
}
const quarantine = (more = {}) => open({ name: "quarantine", type: "security-group", securityGroup: "sg-0a1", ...more })
const acl = (more = {}) => open({ name: "quarantine", type: "network-acl", ...more })
async function applied(responder: Responder): Promise<Response> {
  const response = await responder.plan(request)
  if ("refused" in response) throw new Error(response.refused)
  return responder.apply(response.id, "ann")
}

describe("a quarantine security group", () => {
  it("takes the place of the interface's own, which come back when the time is over", async () => {
    const responder = quarantine()
    expect(await applied(responder)).toMatchObject({ state: "applied", steps: [{ before: ["sg-app", "sg-db"], after: ["sg-0a1"] }] })
    expect(groups()).toEqual(["sg-0a1"])
    clock += 3_600_000
    expect(await responder.tick()).toMatchObject([{ state: "reverted" }])
    expect(groups()).toEqual(["sg-app", "sg-db"])
  })

  it("finds the interfaces of an instance", async () => {
    const response = await quarantine().plan({ ...request, target: { workload: { instance: "i-agent" } } })
    expect(response).toMatchObject({ steps: [{ networkInterface: "eni-agent" }] })
  })

  it.each([
    ["eni-lambda", {}, "managed by a service"],
    ["eni-nowhere", {}, "is not there"],
    ["eni-agent", { securityGroup: "sg-0f9" }, "make one there"],
    ["eni-agent", { securityGroup: "sg-0ff" }, "there is no security group sg-0ff"],
  ])("is refused for %s with %j: %s", async (networkInterface, more, why) => {
    const found = await quarantine(more).plan({ ...request, target: { workload: { networkInterface } } })
    expect(found).toMatchObject({ refused: expect.stringContaining(why) })
  })

  it("says when the quarantine group lets traffic through", async () => {
    const group = ec2.world.securityGroups.find((item) => item["groupId"] === "sg-0a1")
    if (group !== undefined) group["ipPermissionsEgress"] = [{ ipProtocol: "-1" }]
    expect(await quarantine().plan(request)).toMatchObject({
      warnings: ["sg-0a1 has 1 rules: traffic that they allow goes on", expect.stringContaining("tracked")],
    })
  })

  it("does nothing when the groups have changed since the plan", async () => {
    const responder = quarantine()
    const response = (await responder.plan(request)) as Response
    const agent = ec2.world.interfaces.find((item) => item["networkInterfaceId"] === "eni-agent")
    if (agent !== undefined) agent["groupSet"] = [{ groupId: "sg-new" }]
    expect(await responder.apply(response.id, "ann")).toMatchObject({ state: "failed", problem: expect.stringContaining("plan it again") })
    expect(groups()).toEqual(["sg-new"])
  })

  it("keeps groups that somebody adds meanwhile, and leaves the interface alone when quarantine was taken off", async () => {
    const responder = quarantine()
    const { id } = await applied(responder)
    const agent = ec2.world.interfaces.find((item) => item["networkInterfaceId"] === "eni-agent") ?? {}
    agent["groupSet"] = [{ groupId: "sg-0a1" }, { groupId: "sg-new" }]
    expect(await responder.revert(id, "over", "bob")).toMatchObject({ state: "reverted" })
    expect(groups()).toEqual(["sg-app", "sg-db", "sg-new"])
    const again = (await responder.plan({ ...request, key: "2" })) as Response
    await responder.apply(again.id, "ann")
    agent["groupSet"] = [{ groupId: "sg-new" }]
    expect(await responder.revert(again.id, "over", "bob")).toMatchObject({
      state: "reverted",
      problem: expect.stringContaining("changed by somebody else"),
    })
    expect(groups()).toEqual(["sg-new"])
  })

  it("does not remember quarantine as what was there before", async () => {
    const responder = quarantine()
    await applied(responder)
    expect(await responder.plan({ ...request, key: "2" })).toEqual({ refused: "every interface is in quarantine already" })
  })

  it("outlasts throttling", async () => {
    ec2.throttle = 2
    expect(await applied(quarantine())).toMatchObject({ state: "applied" })
  })
})

describe("network ACL entries", () => {
  it("deny the address both ways with free numbers before every allow, and go again", async () => {
    const responder = acl()
    expect(await applied(responder)).toMatchObject({ state: "applied" })
    const ours = entries().filter((item) => item["cidrBlock"] === "203.0.113.99/32")
    expect(ours.map((item) => [item["ruleNumber"], item["egress"], item["ruleAction"], item["protocol"]])).toEqual([
      ["2", "true", "deny", "-1"],
      ["1", "false", "deny", "-1"],
    ])
    clock += 3_600_000
    await responder.tick()
    expect(entries()).toHaveLength(5)
  })

  it("deny an IPv6 address as one", async () => {
    const responder = acl()
    const response = (await responder.plan({
      ...request,
      target: { ...request.target, destination: { ips: ["2001:db8::7"] } },
    })) as Response
    await responder.apply(response.id, "ann")
    expect(entries().filter((item) => item["ipv6CidrBlock"] === "2001:db8::7/128")).toHaveLength(2)
  })

  it("are refused where an allow comes first, where the quota is used up, and without an address", async () => {
    entries().push({ ...entry(1, false, "allow") })
    expect(await acl().plan(request)).toMatchObject({ refused: expect.stringContaining("rule 1 in allows traffic before") })
    entries().pop()
    expect(await acl({ maxRules: 2 }).plan(request)).toMatchObject({ refused: expect.stringContaining("its quota is 2") })
    expect(await acl().plan({ ...request, target: { ...request.target, destination: { host: "paste.example" } } })).toMatchObject({
      refused: expect.stringContaining("a network ACL knows no names"),
    })
  })

  it("that somebody replaced are not deleted", async () => {
    const responder = acl()
    const { id } = await applied(responder)
    const ours = entries().find((item) => item["ruleNumber"] === "2" && item["egress"] === "true")
    if (ours !== undefined) ours["cidrBlock"] = "192.0.2.0/24"
    expect(await responder.revert(id, "over", "bob")).toMatchObject({
      state: "reverted",
      problem: expect.stringContaining("rule 2 of acl-1 was changed"),
    })
    expect(entries().some((item) => item["cidrBlock"] === "192.0.2.0/24")).toBe(true)
    expect(entries().some((item) => item["cidrBlock"] === "203.0.113.99/32")).toBe(false)
  })

  it("are taken back when the second is refused", async () => {
    ec2.onChange = (action, when, index) => {
      if (action === "CreateNetworkAclEntry" && when === "before" && index === 1)
        entries().push(...Array.from({ length: 30 }, (_, at) => entry(200 + at, false, "allow")))
    }
    expect(await applied(acl())).toMatchObject({ state: "failed", problem: expect.stringContaining("NetworkAclEntryLimitExceeded") })
    expect(entries().some((item) => item["cidrBlock"] === "203.0.113.99/32")).toBe(false)
  })
})

describe("the permissions of responding", () => {
  const root = resolve(import.meta.dirname, "../../..")
  it("are exactly the actions that the code calls, and stand in infra/aws", () => {
    const sources = readdirSync(join(root, "services/respond"), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => readFileSync(join(root, "services/respond", path), "utf8"))
      .join("\n")
    const called = [...new Set([...sources.matchAll(/\bnew sdk\.(\w+)Command\(/g)].map((match) => `ec2:${match[1]}`))].sort()
    expect(Object.values(respondActions).flat().sort()).toEqual(called)
    expect(JSON.parse(readFileSync(join(root, "infra/aws/responder-policy.json"), "utf8"))).toEqual(responderPolicy())
  })
})

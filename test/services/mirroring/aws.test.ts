import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { type MirrorConfig, mirrorConfig } from "../../../services/contracts/config/mirror.ts"
import { AwsMirroring } from "../../../services/mirroring/aws/driver.ts"
import { examineAws } from "../../../services/mirroring/doctor.ts"
import { Mirroring } from "../../../services/mirroring/mirroring.ts"
import { readWorkloadMap } from "../../../services/mirroring/state.ts"
import { Ec2Error, FakeEc2, type Item } from "../../support/ec2/fake.ts"
import { ips, sensorInterface, smallWorld } from "../../support/ec2/world.ts"

let fake: FakeEc2
let folder: string
let endpoint: string
const quiet = () => {}

beforeEach(async () => {
  process.env["AWS_ACCESS_KEY_ID"] = "test"
  process.env["AWS_SECRET_ACCESS_KEY"] = "test"
  fake = new FakeEc2(smallWorld())
  endpoint = await fake.start()
  folder = mkdtempSync(join(tmpdir(), "egret-mirror-"))
})
afterEach(async () => {
  await fake.stop()
  rmSync(folder, { recursive: true, force: true })
})

function settings(): MirrorConfig {
  // Never out to a real cloud: this endpoint knows no load balancers.
  const loadBalancerEndpoint = endpoint
  return mirrorConfig.parse({
    region: "eu-central-1",
    endpoint,
    loadBalancerEndpoint,
    stateDir: folder,
    target: { networkInterface: sensorInterface },
  })
}

function driver(more: Partial<MirrorConfig> = {}): AwsMirroring {
  return new AwsMirroring(
    {
      ...settings(),
      ...more,
    },
    1,
  )
}

const planFor = (...egressIps: string[]) => driver().plan({ egressIps })

describe("resolving an egress IP", () => {
  it("instance: mirrors its interface, and only the private address behind the egress IP when it carries several", async () => {
    const plan = await planFor(ips.instance)
    expect(plan.egress[0]).toMatchObject({
      kind: "instance",
      sources: [{ networkInterface: "eni-agent", privateIps: ["10.0.0.10"], restricted: true }],
    })
    expect(plan.filters[0]?.rules.filter((rule) => rule.action === "accept").map((rule) => [rule.source, rule.destination])).toEqual([
      ["10.0.0.10/32", "0.0.0.0/0"],
      ["0.0.0.0/0", "10.0.0.10/32"],
    ])
  })

  it("zonal NAT gateway: fans out over the subnets routed to it, those of the main table too, and names what it leaves out", async () => {
    const [egress] = (await planFor(ips.nat)).egress
    expect(egress?.kind).toBe("nat-gateway")
    expect(egress?.sources.map((source) => source.networkInterface).sort()).toEqual(["eni-a1", "eni-b1"])
    expect(Object.fromEntries((egress?.excluded ?? []).map((item) => [item.networkInterface, item.reason]))).toEqual({
      [sensorInterface]: expect.stringContaining("own target"),
      "eni-a2": expect.stringContaining("lambda"),
      "eni-b2": expect.stringContaining("branch"),
    })
  })

  it("regional NAT gateway: fans out the same way without an interface of its own", async () => {
    const [egress] = (await planFor(ips.regionalNat)).egress
    expect(egress).toMatchObject({ kind: "regional-nat-gateway" })
    expect(egress?.sources.map((source) => source.networkInterface)).toEqual(["eni-b1"])
  })

  it("load balancer: refused as a way in, not out", async () => {
    expect((await planFor(ips.loadBalancer)).egress[0]).toMatchObject({
      kind: "load-balancer",
      sources: [],
      refusal: expect.stringContaining("a way in"),
    })
  })

  it("Lambda: refused with the way that does work", async () => {
    expect((await planFor(ips.lambda)).egress[0]).toMatchObject({
      kind: "lambda",
      sources: [],
      refusal: expect.stringContaining("gateway or the SDK"),
    })
  })

  it("Fargate task: planned, with the note that AWS may refuse", async () => {
    const [egress] = (await planFor(ips.fargate)).egress
    expect(egress).toMatchObject({ kind: "fargate", sources: [{ networkInterface: "eni-task" }] })
    expect(egress?.sources[0]?.notes.join()).toContain("AWS may refuse")
  })

  it("EKS node: branch interfaces of pods are left out, the node's interface is mirrored", async () => {
    const [egress] = (await planFor(ips.nat)).egress
    expect(egress?.excluded.find((item) => item.networkInterface === "eni-b2")?.hint).toContain("node")
    expect(egress?.sources.some((source) => source.networkInterface === "eni-b1")).toBe(true)
  })

  it("unassociated address: reported, and mirrored by the reconcile loop when it is associated", async () => {
    const mirroring = new Mirroring(settings(), driver())
    const { plan } = await mirroring.apply({ egressIps: [ips.free] }, quiet)
    expect(plan).toMatchObject({ egress: [{ kind: "unassociated" }], sessions: [], blockers: [] })
    expect(plan.warnings.join()).toContain(`${ips.free} is watched`)
    expect(fake.everything).toEqual([])
    expect(await mirroring.reconcile(quiet)).toEqual({ drifts: [], repaired: false })
    const address = fake.world.addresses.find((item) => item["publicIp"] === ips.free)
    Object.assign(address ?? {}, { associationId: "eipassoc-6", networkInterfaceId: "eni-a1", privateIpAddress: "10.0.1.11" })
    expect(await mirroring.reconcile(quiet)).toMatchObject({ repaired: true })
    expect(readWorkloadMap(folder).entries).toMatchObject([{ networkInterface: "eni-a1", addresses: [{ egressIp: ips.free }] }])
    await mirroring.destroy([], quiet)
    expect([fake.everything, mirroring.protectedIps]).toEqual([[], []])
  })

  it("address given up by its interface: its session goes, and the address is watched on", async () => {
    const mirroring = new Mirroring(settings(), driver())
    await mirroring.apply({ egressIps: [ips.instance] }, quiet)
    const address = fake.world.addresses.find((item) => item["publicIp"] === ips.instance)
    for (const key of ["associationId", "networkInterfaceId", "privateIpAddress", "instanceId"]) delete address?.[key]
    expect(await mirroring.reconcile(quiet)).toMatchObject({ repaired: true })
    expect([fake.everything, mirroring.protectedIps, readWorkloadMap(folder).entries]).toEqual([[], [ips.instance], []])
  })

  it("address of somebody else: says where to look", async () => {
    expect((await planFor("192.0.2.1")).egress[0]).toMatchObject({ kind: "unknown", refusal: expect.stringContaining("region") })
  })

  it("chooses addresses by tag, and all associated ones", async () => {
    expect((await driver().plan({ egressIps: [], tag: "team=research" })).egress.map((egress) => egress.ip)).toEqual([ips.instance])
    expect((await driver().plan({ egressIps: [], all: true })).egress.map((egress) => egress.ip)).not.toContain(ips.free)
  })
})

describe("the plan", () => {
  it("rejects the VPC's own ranges in both directions before it accepts the rest", async () => {
    const rules = (await planFor(ips.nat)).filters[0]?.rules ?? []
    for (const direction of ["egress", "ingress"]) {
      const ordered = rules.filter((rule) => rule.direction === direction).sort((a, b) => a.number - b.number)
      expect(ordered.map((rule) => rule.action)).toEqual(["reject", "reject", "accept"])
    }
    expect(rules.length).toBeLessThanOrEqual(10)
  })

  it("falls back to the private ranges when the VPC has more ranges than a filter has rules", async () => {
    const vpc = fake.world.vpcs[0]
    if (vpc !== undefined) vpc["cidrBlockAssociationSet"] = Array.from({ length: 6 }, (_, index) => ({ cidrBlock: `10.${index}.0.0/16` }))
    const plan = await planFor(ips.nat)
    expect(plan.filters[0]?.rules.filter((rule) => rule.action === "reject")).toHaveLength(6)
    expect(plan.warnings.join()).toContain("6 ranges")
  })

  it("gives the same VNIs every time, apart from each other and from those in use", async () => {
    const [first, second] = [await planFor(ips.nat, ips.instance), await planFor(ips.nat, ips.instance)]
    const vnis = first.sessions.map((session) => session.vni)
    expect(second.sessions.map((session) => session.vni)).toEqual(vnis)
    expect(new Set(vnis).size).toBe(vnis.length)
    fake.sessions.set("tms-foreign", {
      trafficMirrorSessionId: "tms-foreign",
      networkInterfaceId: "eni-x",
      sessionNumber: "1",
      virtualNetworkId: String(vnis[0]),
      tagSet: [],
    })
    expect((await planFor(ips.nat, ips.instance)).sessions[0]?.vni).not.toBe(vnis[0])
  })

  it("goes after sessions of others and says so; goes first only when asked", async () => {
    fake.sessions.set("tms-foreign", {
      trafficMirrorSessionId: "tms-foreign",
      networkInterfaceId: "eni-b1",
      sessionNumber: "5",
      virtualNetworkId: "7",
      tagSet: [],
    })
    const plan = await planFor(ips.regionalNat)
    expect(plan.sessions[0]).toMatchObject({ number: 6, conflicts: ["tms-foreign (number 5)"] })
    expect(plan.warnings.join()).toContain("--first")
    expect((await driver().plan({ egressIps: [ips.regionalNat], first: true })).sessions[0]?.number).toBe(1)
  })

  it("leaves out an interface whose three session slots others hold", async () => {
    for (const number of ["1", "2", "3"])
      fake.sessions.set(`tms-f${number}`, {
        trafficMirrorSessionId: `tms-f${number}`,
        networkInterfaceId: "eni-b1",
        sessionNumber: number,
        virtualNetworkId: number,
        tagSet: [],
      })
    expect((await planFor(ips.regionalNat)).egress[0]?.excluded[0]?.reason).toContain("slots are taken")
  })

  it("warns of instance types that were listed as unsupported, and does not refuse them", async () => {
    const plan = await planFor(ips.nat)
    expect(plan.warnings.join()).toContain("m7i.large")
    expect(plan.sessions.some((session) => session.networkInterface === "eni-a1")).toBe(true)
  })
})

describe("apply and destroy", () => {
  it("makes what the plan says, adopts it the second time, and destroy leaves nothing", async () => {
    const plan = await planFor(ips.nat, ips.instance)
    const first = await driver().apply(plan, quiet)
    expect(first.created.length).toBe(1 + 2 + plan.filters.reduce((total, filter) => total + filter.rules.length, 0) + plan.sessions.length)
    const second = await driver().apply(await planFor(ips.nat, ips.instance), quiet)
    expect([second.created, second.changed, second.deleted]).toEqual([[], [], []])
    expect(await driver().diff(plan)).toEqual([])
    await driver().destroy(quiet)
    expect(fake.everything).toEqual([])
    expect((await driver().destroy(quiet)).deleted).toEqual([])
  })

  it("repairs what somebody changed or deleted, and tells it as drift first", async () => {
    const plan = await planFor(ips.regionalNat)
    await driver().apply(plan, quiet)
    const [session] = fake.sessions.values()
    if (session !== undefined) session["virtualNetworkId"] = "99"
    const [filter] = fake.filters.values()
    if (filter !== undefined) filter["ingressFilterRuleSet"] = (filter["ingressFilterRuleSet"] as Item[]).slice(0, -1)
    expect((await driver().diff(plan)).map((drift) => `${drift.change} ${drift.kind}`).sort()).toEqual([
      "different session",
      "missing rule",
    ])
    await driver().apply(plan, quiet)
    expect(await driver().diff(plan)).toEqual([])
  })

  it("never touches what is not ours", async () => {
    fake.targets.set("tmt-foreign", {
      trafficMirrorTargetId: "tmt-foreign",
      networkInterfaceId: sensorInterface,
      tagSet: [
        { key: "egret:managed", value: "true" },
        { key: "egret:deployment", value: "another" },
      ],
    })
    await driver().apply(await planFor(ips.regionalNat), quiet)
    await driver().destroy(quiet)
    expect(fake.everything).toEqual(["tmt-foreign"])
  })

  it("waits out throttling", async () => {
    const plan = await planFor(ips.regionalNat)
    fake.throttle = 3
    await driver().apply(plan, quiet)
    expect(await driver().diff(plan)).toEqual([])
  })

  it("takes back what it made when a call is refused", async () => {
    const plan = await planFor(ips.nat)
    fake.onChange = (action, when) => {
      if (action === "CreateTrafficMirrorSession" && when === "before" && fake.sessions.size === 1)
        throw new Ec2Error("UnauthorizedOperation", "You are not authorized")
    }
    await expect(driver().apply(plan, quiet)).rejects.toThrow("not authorized")
    expect(fake.everything).toEqual([])
    fake.onChange = () => {}
    await driver().apply(plan, quiet)
    expect(await driver().diff(plan)).toEqual([])
  })

  it("survives a crash before and after every call: no leak, no double, always destroyable", async () => {
    const plan = await planFor(ips.regionalNat)
    await driver().apply(plan, quiet)
    const changes = fake.calls.filter((call) => !call.startsWith("Describe")).length
    const wanted = fake.everything.length
    await driver().destroy(quiet)
    for (let index = 0; index < changes; index++) {
      for (const when of ["before", "after"] as const) {
        await fake.stop()
        fake = new FakeEc2(smallWorld())
        endpoint = await fake.start()
        fake.lag = 4
        rmSync(folder, { recursive: true, force: true })
        let crashed = false
        fake.onChange = (_action, at, number) => {
          // From here on nothing is answered any more, as when the process had died.
          if (crashed || (number === index && at === when)) {
            crashed = true
            throw new Ec2Error("ProcessDied")
          }
        }
        await expect(
          new AwsMirroring(
            {
              ...settings(),
            },
            1,
          ).apply(plan, quiet),
        ).rejects.toThrow()
        fake.onChange = () => {}
        await driver().apply(plan, quiet)
        expect([when, index, fake.everything.length]).toEqual([when, index, wanted])
        await driver().destroy(quiet)
        expect([when, index, fake.everything]).toEqual([when, index, []])
      }
    }
  })
})

describe("the doctor", () => {
  const checksOf = async () => {
    const plan = await planFor(ips.regionalNat)
    return (await examineAws(await driver().ec2(), plan)).filter((check) => check.state !== "ok").map((check) => check.id)
  }

  it("finds nothing when all is well", async () => {
    await driver().apply(await planFor(ips.regionalNat), quiet)
    expect(await checksOf()).toEqual([])
  })

  it("security group without UDP 4789", async () => {
    await driver().apply(await planFor(ips.regionalNat), quiet)
    fake.world.securityGroups = [{ groupId: "sg-sensor", ipPermissions: [{ ipProtocol: "tcp", fromPort: "22", toPort: "22" }] }]
    expect(await checksOf()).toEqual(["target-security-group"])
  })

  it("filter with no accept rule, and ingress forgotten", async () => {
    await driver().apply(await planFor(ips.regionalNat), quiet)
    const [filter] = fake.filters.values()
    if (filter !== undefined) filter["ingressFilterRuleSet"] = []
    expect(await checksOf()).toEqual(["filter-ingress"])
    if (filter !== undefined) filter["egressFilterRuleSet"] = []
    expect(await checksOf()).toEqual(["filter-egress", "filter-ingress"])
  })

  it("unsupported instance type", async () => {
    await driver().apply(await planFor(ips.regionalNat), quiet)
    const instance = fake.world.instances.find((item) => item["instanceId"] === "i-b1")
    if (instance !== undefined) instance["instanceType"] = "t2.micro"
    expect(await checksOf()).toEqual(["instance-type"])
  })

  it("target that is not an ordinary interface", async () => {
    await driver().apply(await planFor(ips.regionalNat), quiet)
    const sensor = fake.world.interfaces.find((item) => item["networkInterfaceId"] === sensorInterface)
    if (sensor !== undefined) sensor["interfaceType"] = "lambda"
    expect(await checksOf()).toEqual(["target-interface"])
  })

  it("session missing, and session behind another's", async () => {
    expect(await checksOf()).toContain("session-exists")
    await driver().apply(await planFor(ips.regionalNat), quiet)
    fake.sessions.set("tms-foreign", {
      trafficMirrorSessionId: "tms-foreign",
      networkInterfaceId: "eni-b1",
      sessionNumber: "9",
      virtualNetworkId: "7",
      tagSet: [],
    })
    expect(await checksOf()).toEqual(["session-first"])
  })
})

import { tmpdir } from "node:os"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { mirrorConfig } from "../../../services/contracts/config/mirror.ts"
import { AwsMirroring } from "../../../services/mirroring/aws/driver.ts"
import { planText } from "../../../services/mirroring/render/text.ts"
import { FakeElb } from "../../support/ec2/balancers.ts"
import { FakeEc2 } from "../../support/ec2/fake.ts"
import { ips, sensorInterface, smallWorld } from "../../support/ec2/world.ts"

let ec2: FakeEc2
let elb: FakeElb
let driver: AwsMirroring

beforeEach(async () => {
  process.env["AWS_ACCESS_KEY_ID"] = "test"
  process.env["AWS_SECRET_ACCESS_KEY"] = "test"
  ec2 = new FakeEc2(smallWorld())
  elb = new FakeElb()
  const [endpoint, loadBalancerEndpoint] = [await ec2.start(), await elb.start()]
  const target = { networkInterface: sensorInterface }
  driver = new AwsMirroring(mirrorConfig.parse({ region: "eu-central-1", endpoint, loadBalancerEndpoint, stateDir: tmpdir(), target }), 1)
})
afterEach(() => Promise.all([ec2.stop(), elb.stop()]))

describe("an address of a load balancer", () => {
  it("is refused, and its targets are offered with the addresses by which they leave", async () => {
    elb.balancers.set("front", {
      arn: "arn:net/front",
      groups: [
        { arn: "arn:group/1", type: "instance", targets: ["i-agent", "i-a1"] },
        { arn: "arn:group/2", type: "ip", targets: ["10.0.2.11", "10.9.9.9"] },
        { arn: "arn:group/3", type: "lambda", targets: ["arn:aws:lambda:eu-central-1:111122223333:function:f"] },
      ],
    })
    const plan = await driver.plan({ egressIps: [ips.loadBalancer] })
    expect(plan.sessions).toEqual([])
    expect(plan.egress[0]).toMatchObject({
      kind: "load-balancer",
      refusal: expect.stringContaining("a way in"),
      offers: [
        { target: "10.0.2.11", networkInterface: "eni-b1", egressIps: [ips.nat, ips.regionalNat] },
        { target: "10.9.9.9", egressIps: [], reason: expect.stringContaining("no interface") },
        { target: expect.stringContaining("lambda"), egressIps: [], reason: expect.stringContaining("gateway or the SDK") },
        { target: "i-a1", networkInterface: "eni-a1", egressIps: [ips.nat] },
        { target: "i-agent", networkInterface: "eni-agent", egressIps: [ips.instance, ips.second] },
      ],
    })
    expect(planText(plan)).toContain(
      `protect its targets: egret mirror plan --egress-ip ${[ips.instance, ips.second, ips.nat, ips.regionalNat].sort().join(" ")}`,
    )
  })

  it("offers the targets of the application load balancer that stands behind a network load balancer", async () => {
    elb.balancers.set("front", { arn: "arn:net/front", groups: [{ arn: "arn:group/1", type: "alb", targets: ["arn:app/inner"] }] })
    elb.balancers.set("inner", { arn: "arn:app/inner", groups: [{ arn: "arn:group/2", type: "instance", targets: ["i-b1"] }] })
    const [egress] = (await driver.plan({ egressIps: [ips.loadBalancer] })).egress
    expect(egress?.offers?.map(({ target }) => target)).toEqual(["i-b1"])
  })

  it("is told by its owner when its interface is of the ordinary type", async () => {
    const found = ec2.world.interfaces.find((item) => item["networkInterfaceId"] === "eni-nlb")
    Object.assign(found ?? {}, { interfaceType: "interface", requesterManaged: "true", description: "ELB app/web/1" })
    for (const address of ec2.world.addresses) delete address["serviceManaged"]
    elb.balancers.set("web", { arn: "arn:app/web", groups: [] })
    expect((await driver.plan({ egressIps: [ips.loadBalancer] })).egress[0]).toMatchObject({ kind: "load-balancer", offers: [] })
  })

  it("says which permission is missing, and still plans the rest", async () => {
    elb.denied = true
    const plan = await driver.plan({ egressIps: [ips.loadBalancer, ips.instance] })
    expect(plan.egress.find(({ ip }) => ip === ips.loadBalancer)?.detail).toContain("elasticloadbalancing:DescribeLoadBalancers")
    expect(plan.sessions.map(({ networkInterface }) => networkInterface)).toEqual(["eni-agent"])
  })

  it("is the only reason to ask the load balancing API", async () => {
    await driver.plan({ egressIps: [ips.instance, ips.nat] })
    expect(elb.calls).toEqual([])
  })
})

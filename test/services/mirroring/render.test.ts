import { describe, expect, it } from "vitest"
import type { MirrorPlan } from "../../../services/mirroring/model.ts"
import { cloudFormation } from "../../../services/mirroring/render/cloudformation.ts"
import { terraform } from "../../../services/mirroring/render/terraform.ts"
import { driftText, planText } from "../../../services/mirroring/render/text.ts"

const plan: MirrorPlan = {
  provider: "aws",
  deployment: "default",
  account: "111122223333",
  region: "eu-central-1",
  egress: [
    {
      ip: "203.0.113.7",
      kind: "instance",
      detail: "instance i-1",
      sources: [{ networkInterface: "eni-1", vpc: "vpc-1", subnet: "subnet-1", privateIps: ["10.0.0.9"], restricted: false, notes: [] }],
      excluded: [{ networkInterface: "eni-2", reason: "lambda", hint: "use the SDK" }],
    },
  ],
  target: { kind: "network-interface", resource: "eni-s", notes: [] },
  filters: [
    {
      key: "vpc-1",
      dns: true,
      notes: [],
      rules: [
        { direction: "egress", number: 10, action: "reject", source: "0.0.0.0/0", destination: "10.0.0.0/16" },
        { direction: "ingress", number: 1000, action: "accept", source: "0.0.0.0/0", destination: "0.0.0.0/0" },
      ],
    },
  ],
  sessions: [
    {
      networkInterface: "eni-1",
      filter: "vpc-1",
      number: 1,
      vni: 15_728_640,
      egressIps: ["203.0.113.7"],
      vpc: "vpc-1",
      addresses: [{ ip: "10.0.0.9", egressIp: "203.0.113.7" }],
      conflicts: [],
    },
  ],
  warnings: ["w"],
  blockers: [],
  cost: { sessions: 1, monthlyUsd: 10.95, basis: "b" },
}

describe("a plan in other tools' words", () => {
  it("is a CloudFormation template whose session refers to its own target and filter", () => {
    const { Resources } = JSON.parse(cloudFormation(plan)) as {
      Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>
    }
    expect(
      Object.values(Resources)
        .map((resource) => resource.Type)
        .sort(),
    ).toEqual([
      "AWS::EC2::TrafficMirrorFilter",
      "AWS::EC2::TrafficMirrorFilterRule",
      "AWS::EC2::TrafficMirrorFilterRule",
      "AWS::EC2::TrafficMirrorSession",
      "AWS::EC2::TrafficMirrorTarget",
    ])
    const session = Resources["EgretSession0"]?.Properties
    expect(session).toMatchObject({
      NetworkInterfaceId: "eni-1",
      SessionNumber: 1,
      VirtualNetworkId: 15_728_640,
      TrafficMirrorTargetId: { Ref: "EgretTarget" },
      TrafficMirrorFilterId: { Ref: "EgretFilter0" },
    })
    for (const reference of JSON.stringify(Resources).matchAll(/"Ref":"(\w+)"/g)) expect(Resources[reference[1] ?? ""]).toBeDefined()
  })

  it("is Terraform whose every reference is defined, with strings that cannot expand", () => {
    const text = terraform({ ...plan, deployment: `a$${"{b}"}` })
    const defined = [...text.matchAll(/^resource "(\w+)" "(\w+)"/gm)].map((match) => `${match[1]}.${match[2]}`)
    for (const reference of text.matchAll(/= (aws_ec2_\w+\.\w+)\.id/g)) expect(defined).toContain(reference[1])
    expect(text).toContain(`"a$$${"{b}"}"`)
    expect(text.split("{").length).toBe(text.split("}").length)
  })

  it("is a text that names sources, exclusions with their reasons, rules, cost", () => {
    const text = planText(plan)
    for (const part of [
      "203.0.113.7",
      "+ eni-1",
      "- eni-2  lambda; use the SDK",
      "reject 0.0.0.0/0 -> 10.0.0.0/16",
      "VNI 15728640",
      "10.95 USD",
    ])
      expect(text).toContain(part)
    expect(driftText([])).toContain("as planned")
    expect(driftText([{ kind: "rule", change: "missing", what: "vpc-1", detail: "x" }])).toContain("missing   rule    vpc-1: x")
  })
})

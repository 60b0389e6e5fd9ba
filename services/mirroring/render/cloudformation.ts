// The plan as a CloudFormation template.
import type { MirrorPlan } from "../model.ts"

export function cloudFormation(plan: MirrorPlan): string {
  const tags = (key: string) => [
    { Key: "egret:managed", Value: "true" },
    { Key: "egret:deployment", Value: plan.deployment },
    { Key: "egret:key", Value: key },
  ]
  const targetField = {
    "network-interface": "NetworkInterfaceId",
    "network-load-balancer": "NetworkLoadBalancerArn",
    "gateway-load-balancer-endpoint": "GatewayLoadBalancerEndpointId",
  }[plan.target.kind]
  const resources: Record<string, unknown> = {
    EgretTarget: { Type: "AWS::EC2::TrafficMirrorTarget", Properties: { [targetField]: plan.target.resource, Tags: tags("target") } },
  }
  plan.filters.forEach((filter, index) => {
    resources[`EgretFilter${index}`] = {
      Type: "AWS::EC2::TrafficMirrorFilter",
      Properties: { ...(filter.dns && { NetworkServices: ["amazon-dns"] }), Tags: tags(filter.key) },
    }
    for (const rule of filter.rules) {
      resources[`EgretFilter${index}${rule.direction === "egress" ? "Egress" : "Ingress"}${rule.number}`] = {
        Type: "AWS::EC2::TrafficMirrorFilterRule",
        Properties: {
          TrafficMirrorFilterId: { Ref: `EgretFilter${index}` },
          TrafficDirection: rule.direction,
          RuleNumber: rule.number,
          RuleAction: rule.action,
          SourceCidrBlock: rule.source,
          DestinationCidrBlock: rule.destination,
        },
      }
    }
  })
  plan.sessions.forEach((session, index) => {
    const filter = plan.filters.findIndex((candidate) => candidate.key === session.filter)
    resources[`EgretSession${index}`] = {
      Type: "AWS::EC2::TrafficMirrorSession",
      Properties: {
        NetworkInterfaceId: session.networkInterface,
        TrafficMirrorTargetId: { Ref: "EgretTarget" },
        TrafficMirrorFilterId: { Ref: `EgretFilter${filter}` },
        SessionNumber: session.number,
        VirtualNetworkId: session.vni,
        Tags: tags(session.networkInterface),
      },
    }
  })
  return `${JSON.stringify({ AWSTemplateFormatVersion: "2010-09-09", Description: `Egret mirroring, deployment ${plan.deployment}`, Resources: resources }, null, 2)}\n`
}

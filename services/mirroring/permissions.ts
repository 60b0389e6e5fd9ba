// The actions that the driver calls, in one place: infra/aws holds policies made from it, and a test holds both to the calls in the code.

export const readActions = [
  "ec2:DescribeAddresses",
  "ec2:DescribeInstances",
  "ec2:DescribeNatGateways",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeRouteTables",
  "ec2:DescribeSecurityGroups",
  "ec2:DescribeSubnets",
  "ec2:DescribeTrafficMirrorFilters",
  "ec2:DescribeTrafficMirrorSessions",
  "ec2:DescribeTrafficMirrorTargets",
  "ec2:DescribeVpcs",
] as const

/** Asked only for an address that is a load balancer's: what is behind it. */
export const balancerActions = [
  "elasticloadbalancing:DescribeLoadBalancers",
  "elasticloadbalancing:DescribeTargetGroups",
  "elasticloadbalancing:DescribeTargetHealth",
] as const

const createActions = ["ec2:CreateTrafficMirrorFilter", "ec2:CreateTrafficMirrorSession", "ec2:CreateTrafficMirrorTarget"] as const
const ruleActions = ["ec2:CreateTrafficMirrorFilterRule", "ec2:DeleteTrafficMirrorFilterRule"] as const
const changeActions = [
  "ec2:DeleteTrafficMirrorFilter",
  "ec2:DeleteTrafficMirrorSession",
  "ec2:DeleteTrafficMirrorTarget",
  "ec2:ModifyTrafficMirrorFilterNetworkServices",
  "ec2:ModifyTrafficMirrorSession",
] as const

export const writeActions = [...createActions, ...ruleActions, ...changeActions]

/** For `plan`, `status`, `diff`, `doctor`. */
export function plannerPolicy(): object {
  return {
    Version: "2012-10-17",
    Statement: [{ Sid: "Read", Effect: "Allow", Action: [...readActions, ...balancerActions], Resource: "*" }],
  }
}

/** For `apply` and `destroy`: makes only tagged things, changes only things that carry the tag. */
export function applierPolicy(): object {
  return {
    Version: "2012-10-17",
    Statement: [
      { Sid: "Read", Effect: "Allow", Action: [...readActions, ...balancerActions], Resource: "*" },
      { Sid: "Create", Effect: "Allow", Action: createActions, Resource: "*" },
      { Sid: "Rules", Effect: "Allow", Action: ruleActions, Resource: "*" },
      {
        Sid: "TagOnCreate",
        Effect: "Allow",
        Action: ["ec2:CreateTags"],
        Resource: "arn:aws:ec2:*:*:traffic-mirror-*/*",
        Condition: { StringLike: { "ec2:CreateAction": "CreateTrafficMirror*" } },
      },
      {
        Sid: "ChangeOurs",
        Effect: "Allow",
        Action: changeActions,
        Resource: "arn:aws:ec2:*:*:traffic-mirror-*/*",
        Condition: { StringEquals: { "aws:ResourceTag/egret:managed": "true" } },
      },
    ],
  }
}

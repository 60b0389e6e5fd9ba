// The actions that responding calls, in one place: infra/aws holds a policy made from it, and a test holds both to the calls in the code.

export const respondActions = {
  read: ["ec2:DescribeNetworkAcls", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups"],
  securityGroup: ["ec2:ModifyNetworkInterfaceAttribute"],
  networkAcl: ["ec2:CreateNetworkAclEntry", "ec2:DeleteNetworkAclEntry"],
} as const

/** Leave out the statement of an action that is not configured. Interfaces and ACLs can be narrowed by tag: those that carry it may be acted on. */
export function responderPolicy(): object {
  const tagged = { StringEquals: { "aws:ResourceTag/egret:respond": "true" } }
  return {
    Version: "2012-10-17",
    Statement: [
      { Sid: "Read", Effect: "Allow", Action: respondActions.read, Resource: "*" },
      {
        Sid: "QuarantineInterfaces",
        Effect: "Allow",
        Action: respondActions.securityGroup,
        Resource: "arn:aws:ec2:*:*:network-interface/*",
        Condition: tagged,
      },
      // The call names the groups too, the quarantine group and those that are put back.
      { Sid: "QuarantineGroups", Effect: "Allow", Action: respondActions.securityGroup, Resource: "arn:aws:ec2:*:*:security-group/*" },
      {
        Sid: "DenyAtAcls",
        Effect: "Allow",
        Action: respondActions.networkAcl,
        Resource: "arn:aws:ec2:*:*:network-acl/*",
        Condition: tagged,
      },
    ],
  }
}

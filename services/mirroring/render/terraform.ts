// The plan as Terraform, for shops that let no other tool make resources. Egret then only watches: `egret mirror diff` compares.
import type { MirrorPlan } from "../model.ts"

export function terraform(plan: MirrorPlan): string {
  const tags = (key: string) =>
    `  tags = {\n    "egret:managed"    = "true"\n    "egret:deployment" = ${quote(plan.deployment)}\n    "egret:key"        = ${quote(key)}\n  }`
  const targetField = {
    "network-interface": "network_interface_id",
    "network-load-balancer": "network_load_balancer_arn",
    "gateway-load-balancer-endpoint": "gateway_load_balancer_endpoint_id",
  }[plan.target.kind]
  const blocks = [
    `resource "aws_ec2_traffic_mirror_target" "egret" {\n  ${targetField} = ${quote(plan.target.resource)}\n${tags("target")}\n}`,
  ]
  plan.filters.forEach((filter, index) => {
    const services = filter.dns ? `  network_services = ["amazon-dns"]\n` : ""
    blocks.push(`resource "aws_ec2_traffic_mirror_filter" "egret_${index}" {\n${services}${tags(filter.key)}\n}`)
    for (const rule of filter.rules) {
      blocks.push(
        `resource "aws_ec2_traffic_mirror_filter_rule" "egret_${index}_${rule.direction}_${rule.number}" {\n` +
          `  traffic_mirror_filter_id = aws_ec2_traffic_mirror_filter.egret_${index}.id\n` +
          `  traffic_direction        = ${quote(rule.direction)}\n  rule_number              = ${rule.number}\n  rule_action              = ${quote(rule.action)}\n` +
          `  source_cidr_block        = ${quote(rule.source)}\n  destination_cidr_block   = ${quote(rule.destination)}\n}`,
      )
    }
  })
  for (const session of plan.sessions) {
    const filter = plan.filters.findIndex((candidate) => candidate.key === session.filter)
    blocks.push(
      `resource "aws_ec2_traffic_mirror_session" ${quote(session.networkInterface.replaceAll("-", "_"))} {\n` +
        `  network_interface_id     = ${quote(session.networkInterface)}\n  traffic_mirror_target_id = aws_ec2_traffic_mirror_target.egret.id\n` +
        `  traffic_mirror_filter_id = aws_ec2_traffic_mirror_filter.egret_${filter}.id\n  session_number           = ${session.number}\n  virtual_network_id       = ${session.vni}\n${tags(session.networkInterface)}\n}`,
    )
  }
  return `${blocks.join("\n\n")}\n`
}

/** Terraform expands ${…} and %{…} in strings. */
function quote(text: string): string {
  return JSON.stringify(text).replaceAll(/[$%](?=\{)/g, (sign) => sign + sign)
}

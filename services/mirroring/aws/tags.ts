// Everything that Egret makes carries these tags, from the very call that makes it: nothing without them is ever changed or deleted.
import type { Tag } from "@aws-sdk/client-ec2"

export const tags = {
  managed: "egret:managed",
  deployment: "egret:deployment",
  /** Names the thing within the deployment: "target", a filter's key, an interface's id. */
  key: "egret:key",
  egressIp: "egret:egress-ip",
} as const

export function ourTags(deployment: string, key: string, more: Readonly<Record<string, string>> = {}): Tag[] {
  const all = { Name: `egret ${key}`.slice(0, MAX_VALUE), [tags.managed]: "true", [tags.deployment]: deployment, [tags.key]: key, ...more }
  return Object.entries(all).map(([Key, Value]) => ({ Key, Value: Value.slice(0, MAX_VALUE) }))
}

export function tagOf(list: readonly Tag[] | undefined, key: string): string | undefined {
  return list?.find((tag) => tag.Key === key)?.Value
}

// AWS: length of a tag's value.
const MAX_VALUE = 256

import { readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { describe, expect, it } from "vitest"
import { applierPolicy, balancerActions, plannerPolicy, readActions, writeActions } from "../../../services/mirroring/permissions.ts"

const root = resolve(import.meta.dirname, "../../..")
const sources = readdirSync(join(root, "services/mirroring"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => readFileSync(join(root, "services/mirroring", path), "utf8"))
  .join("\n")
const called = [
  ...new Set(
    [...sources.matchAll(/\bnew (elb\.|ec2\.)?sdk\.(\w+)Command\(/g)].map(
      ([, api, action]) => `${api === "elb." ? "elasticloadbalancing" : "ec2"}:${action}`,
    ),
  ),
].sort()

describe("the permissions", () => {
  it("are exactly the actions that the code calls", () => {
    expect([...readActions, ...balancerActions, ...writeActions].sort()).toEqual(called)
  })

  it("let the planner only read", () => {
    expect([...readActions, ...balancerActions].every((action) => /^(?:ec2|elasticloadbalancing):Describe/.test(action))).toBe(true)
    expect(writeActions.some((action) => action.startsWith("ec2:Describe"))).toBe(false)
  })

  it("stand in infra/aws as the code has them", () => {
    expect(JSON.parse(readFileSync(join(root, "infra/aws/planner-policy.json"), "utf8"))).toEqual(plannerPolicy())
    expect(JSON.parse(readFileSync(join(root, "infra/aws/applier-policy.json"), "utf8"))).toEqual(applierPolicy())
  })
})

import { describe, expect, it } from "vitest"
import { assignmentSamples } from "../../../detectors/secrets/assignment.ts"
import { secretRules } from "../../../detectors/secrets/rules/index.ts"
import { runRules } from "../../../detectors/secrets/runs.ts"
import { findSecrets } from "../../../detectors/secrets/scan.ts"
import { unfold } from "../../../detectors/text/ladder.ts"
import { hitsOf, sampleFrom } from "../../support/secret-samples.ts"

const frames: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => `Here it is: ${secret} - keep it safe`,
  (secret) => `{"value":"${secret.replaceAll('"', '\\"').replaceAll("\n", "\\n")}"}`,
  (secret) => `export VALUE=${secret}\n`,
]

describe("secret rules", () => {
  it("are at least 180 with ids of their own", () => {
    const ids = [...secretRules, ...runRules, ...assignmentSamples].map((rule) => rule.id)
    expect(new Set(ids).size).toBeGreaterThanOrEqual(180)
  })

  it.each(secretRules.map((rule) => [rule.id, rule] as const))("%s finds its samples in every frame", (_, rule) => {
    for (let seed = 1; seed <= 5; seed++) {
      const hits = hitsOf(rule, seed)
      expect(hits.length).toBeGreaterThan(0)
      for (const hit of hits) for (const frame of frames) expect(found(frame(hit)), frame(hit)).not.toEqual([])
      expect(hits.flatMap((hit) => foundAny(hit))).toContain(rule.id)
    }
  })

  it.each([
    "def connect(user: str, password: Optional[str] = None):",
    "const plain = Buffer.from(password, 'base64').toString('utf8')",
    '"pattern": "^vault:secret:[a-zA-Z0-9/_+=.@-]{8,64}$"',
  ])("see no value in code that only speaks of one: %s", (text) => {
    expect(found(text)).toEqual([])
  })

  it("take the name of a stored secret for no secret, and the secret behind its name for one", () => {
    expect(found('"ARN": "arn:aws:secretsmanager:us-west-2:123456789012:secret:BillingDatabase-a1b2c3"')).toEqual([])
    expect(foundAny("vault:secret:k8Zr4TnQ2wXy7LpB9sVd1fGh")).toEqual(["secret/generic"])
  })

  it.each(secretRules.filter((rule) => rule.misses).map((rule) => [rule.id, rule] as const))("%s leaves its misses alone", (_, rule) => {
    for (const [text, reason] of rule.misses?.(sampleFrom(3)) ?? []) expect(found(text), reason).not.toContain(rule.id)
  })

  it.each(runRules.map((rule) => [rule.id, rule] as const))("%s finds its samples", (_, rule) => {
    for (let seed = 1; seed <= 5; seed++) for (const hit of rule.hits(sampleFrom(seed))) expect(foundAny(hit), hit).toContain(rule.id)
  })

  it.each(assignmentSamples.map((rule) => [rule.id, rule] as const))("%s finds its value under its name", (_, { id, name, sample }) => {
    for (let seed = 1; seed <= 5; seed++) {
      const value = sample(sampleFrom(seed))
      for (const text of [`${name.toUpperCase()}=${value}`, `"${name}": "${value}"`, `${name}: '${value}'`])
        expect(foundAny(text), text).toContain(id)
    }
  })
})

function found(text: string): string[] {
  return findSecrets(unfold(text)).map((one) => one.rule)
}

/** All rules that hold, before the best is chosen: a more certain rule may win, and that is right. */
function foundAny(text: string): string[] {
  return findSecrets(unfold(text), { all: true }).map((one) => one.rule)
}

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Action } from "../../../services/contracts/finding.ts"
import { severityRank } from "../../../services/contracts/severity.ts"
import { actionRank, compilePolicy, shippedPolicy } from "../../../services/policy/decide.ts"
import type { PolicyFacts } from "../../../services/policy/facts.ts"
import type { FindingFacts } from "../../../services/policy/match.ts"
import { type PresetName, presets } from "../../../services/policy/presets.ts"
import type { PolicyRule } from "../../../services/policy/schema.ts"

const actions = Object.keys(actionRank) as Action[]
const severities = Object.keys(severityRank) as FindingFacts["severity"][]
const facts: PolicyFacts = {
  at: 0,
  vantage: "gateway",
  kind: "http",
  agent: "a1",
  workload: "w",
  host: "h.example",
  ip: "203.0.113.1",
  port: 443,
  destinationClass: "unknown",
  application: "http",
  models: [],
  tools: [],
  method: "GET",
  direction: "outbound",
}
const finding: fc.Arbitrary<FindingFacts> = fc.record({
  rule: fc.constantFrom("secret/canary", "secret/npmrc", "destination/cloud-metadata", "pii/bulk"),
  family: fc.constantFrom("secrets", "pii", "destinations"),
  severity: fc.constantFrom(...severities),
  confidence: fc.integer({ min: 0, max: 100 }).map((n) => n / 100),
  place: fc.constantFrom("body", "url"),
})
const when = fc.record(
  {
    agent: fc.constantFrom("*", "a1", "a2"),
    family: fc.constantFrom("secrets", "pii", "*"),
    rule: fc.constantFrom("secret/*", "pii/bulk"),
    severity: fc.constantFrom(">=low" as const, ">=high" as const),
  },
  { requiredKeys: [] },
)
const rule = fc.record({ when, action: fc.constantFrom(...actions), floor: fc.boolean() })
const rules = fc
  .array(rule, { maxLength: 8 })
  .map((list) => list.map((entry, index): PolicyRule => ({ ...entry, id: `r${index}` }) as PolicyRule))
const preset = fc.constantFrom(...(Object.keys(presets) as PresetName[]))

describe("a policy", () => {
  it("never goes below a floor that matches, whatever rules come before or after it", () => {
    fc.assert(
      fc.property(preset, rules, finding, (name, list, one) => {
        const policy = compilePolicy(file(name, list))
        const floors = policy.trace(facts, one).filter(({ floor }) => floor)
        const decided = actionRank[policy.decide(facts, one).action]
        for (const { action } of floors) expect(decided).toBeGreaterThanOrEqual(actionRank[action])
      }),
      { numRuns: 300 },
    )
  })
  it("is never weakened by one more floor", () => {
    fc.assert(
      fc.property(preset, rules, finding, fc.constantFrom(...actions), (name, list, one, action) => {
        const added = { id: "more", when: {}, action, floor: true } as PolicyRule
        const before = actionRank[compilePolicy(file(name, list)).decide(facts, one).action]
        const after = actionRank[compilePolicy(file(name, [...list, added])).decide(facts, one).action]
        expect(after).toBeGreaterThanOrEqual(before)
      }),
      { numRuns: 300 },
    )
  })
  it("says which rule decided, and the rule it names has that action", () => {
    fc.assert(
      fc.property(preset, rules, finding, (name, list, one) => {
        const policy = compilePolicy(file(name, list))
        const decision = policy.decide(facts, one)
        const named = policy.trace(facts, one).find(({ id }) => id === decision.rule)
        expect(decision.rule === "default" ? "log" : named?.action).toBe(decision.action)
        expect(decision.reason).not.toBe("")
      }),
      { numRuns: 200 },
    )
  })
})

describe("the shipped presets", () => {
  it("answer what is worse or surer never more mildly", () => {
    for (const name of Object.keys(presets) as PresetName[]) {
      const act = (severity: FindingFacts["severity"], confidence: number) =>
        actionRank[shippedPolicy(name).decide(facts, { rule: "x/y", family: "x", place: "body", severity, confidence }).action]
      for (let index = 0; index < severities.length; index++)
        for (let tenth = 0; tenth <= 20; tenth++) {
          const severity = severities[index] as FindingFacts["severity"]
          const worse = severities[index + 1]
          if (tenth < 20) expect(act(severity, (tenth + 1) / 20)).toBeGreaterThanOrEqual(act(severity, tenth / 20))
          if (worse !== undefined) expect(act(worse, tenth / 20)).toBeGreaterThanOrEqual(act(severity, tenth / 20))
        }
    }
  })
  it("grow stricter from observe over balanced to strict", () => {
    fc.assert(
      fc.property(finding, (one) => {
        const [watching, usual, careful] = (["observe", "balanced", "strict"] as const).map(
          (name) => actionRank[shippedPolicy(name).decide(facts, one).action],
        )
        expect(usual).toBeGreaterThanOrEqual(watching ?? 0)
        expect(careful).toBeGreaterThanOrEqual(usual ?? 0)
      }),
      { numRuns: 200 },
    )
  })
})

function file(name: PresetName, list: readonly PolicyRule[]) {
  return { version: 1 as const, preset: name, allow_only: {}, access: {}, rules: [...list], budgets: [], suppress: [] }
}

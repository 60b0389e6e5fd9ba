import { describe, expect, it } from "vitest"
import { judgeSubject } from "../../services/cli/scan/judge.ts"
import { textSubject } from "../../services/cli/scan/records.ts"
import { shippedPolicy } from "../../services/policy/decide.ts"
import { labelledSamples, type SetName } from "../bench/quality/corpora.ts"

const budgets: readonly { readonly set: SetName; readonly caught: number; readonly raised: number }[] = [
  { set: "round-1-dev", caught: 132, raised: 5 },
  { set: "round-1-held-out", caught: 116, raised: 5 },
  { set: "round-2-dev", caught: 60, raised: 2 },
  { set: "round-2-held-out", caught: 57, raised: 6 },
  { set: "round-3-dev", caught: 35, raised: 1 },
  { set: "round-3-held-out", caught: 26, raised: 1 },
]

// A budget against relapses: what is caught of the blind rounds may not fall, nor what is raised rise. How well unseen texts fare is in docs/detection.md.
describe("the rounds of texts written blind", () => {
  it.each(budgets)("keeps what $set reached", ({ set, caught, raised }) => {
    const policy = shippedPolicy("balanced")
    const seen = labelledSamples(set).map(({ attack, place, direction, text }) => ({
      attack,
      raised: judgeSubject(textSubject("sample", { place, direction, path: "text", text }), policy).verdict !== "allow",
    }))
    expect(seen.filter((one) => one.attack && one.raised).length).toBeGreaterThanOrEqual(caught)
    expect(seen.filter((one) => !one.attack && one.raised).length).toBeLessThanOrEqual(raised)
  })
})

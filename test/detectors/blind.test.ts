import { describe, expect, it } from "vitest"
import { shippedPolicy } from "../../services/policy/decide.ts"
import { judgeBlind } from "../bench/quality/blind/measure.ts"
import { type BlindSet, blindSamples } from "../bench/quality/blind/samples.ts"

// What the sets showed when they were last worked through, less a little: a change that loses more than that must say why. The figures of first contact
// are in docs/detection.md.
const LEAST: Readonly<Record<BlindSet, Readonly<Record<string, number>>>> = {
  dev: {
    "secrets told by form": 0.985,
    "secrets told by name": 0.97,
    "personal data": 0.6,
    "tunnels in names": 0.95,
    "generated names": 0.8,
    "reverse shells": 0.95,
    destruction: 0.9,
    "credential theft": 0.95,
    "dangerous calls of tools": 0.95,
    "cloud metadata and internals": 0.95,
    "all attacks": 0.955,
  },
  "held-out": {
    "secrets told by form": 0.985,
    "secrets told by name": 0.965,
    "personal data": 0.6,
    "generated names": 0.75,
    destruction: 0.9,
    "dangerous calls of tools": 0.9,
    "all attacks": 0.95,
  },
  second: {
    "secrets told by form": 0.985,
    "secrets told by name": 0.9,
    "keys of vendors in fixtures": 0.94,
    "passwords in code": 0.8,
    "personal data in sentences": 0.7,
    "commands of attackers": 0.95,
    "all attacks": 0.955,
  },
}
const MOST_RAISED = 0.015
const MOST_BLOCKED = 0

describe.each(Object.keys(LEAST) as BlindSet[])("the blind set %s", (set) => {
  const { attacks, benign } = judgeBlind(blindSamples(set), shippedPolicy("balanced"))

  it.each(Object.entries(LEAST[set]))("%s: at least %d are raised", (family, least) => {
    const { samples, raised } = attacks.get(family) ?? { samples: 0, raised: 0 }
    expect(raised / samples).toBeGreaterThanOrEqual(least)
  })
  it("hardly raises what is ordinary, and blocks none of it", () => {
    const { samples, raised, block } = benign.get("all benign") ?? { samples: 0, raised: 1, block: 1 }
    expect(raised / samples).toBeLessThanOrEqual(MOST_RAISED)
    expect(block).toBeLessThanOrEqual(MOST_BLOCKED)
  })
})

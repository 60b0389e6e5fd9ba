// Names and addresses generated from what tools and services make (test/bench/quality/network.ts); docs/detection.md has the measured shares.
import { describe, expect, it } from "vitest"
import { judgeSubject } from "../../services/cli/scan/judge.ts"
import { textSubject } from "../../services/cli/scan/records.ts"
import { shippedPolicy } from "../../services/policy/decide.ts"
import { networkSamples } from "../bench/quality/network.ts"

const policy = shippedPolicy("balanced")

describe.each(["dev", "held-out"] as const)("names and addresses, %s set", (set) => {
  const shares = new Map<string, { samples: number; raised: number; blocked: number }>()
  for (const { attack, family, place, direction, text } of networkSamples(set)) {
    const name = `${attack ? "attack" : "benign"}: ${family}`
    const path = place === "dns" ? "name" : "text"
    const { findings } = judgeSubject(textSubject("x", { place, direction, path, text }), policy)
    // Secrets in addresses are another family's concern.
    const own = findings.filter((finding) => finding.family !== "secrets" && finding.verdict !== "allow")
    const share = shares.get(name) ?? { samples: 0, raised: 0, blocked: 0 }
    shares.set(name, share)
    share.samples++
    if (own.length > 0) share.raised++
    if (own.some(({ verdict }) => verdict === "block")) share.blocked++
  }
  it.each([
    ["attack: DNS names that carry data", 0.97],
    ["attack: addresses in disguise", 1],
    ["attack: places to drop data", 0.85],
    ["attack: look-alike names", 0.9],
    ["attack: generated names", 0.8],
    ["attack: secrets in pieces", 1],
    ["attack: Markdown that leaks", 0.95],
  ])("%s: raises at least %d of them", (name, least) => {
    const { samples, raised } = shares.get(name) ?? { samples: 1, raised: 0 }
    expect(raised / samples).toBeGreaterThanOrEqual(least)
  })
  it.each(["benign: DNS names of ordinary services", "benign: ordinary addresses", "benign: ordinary Markdown"])(
    "%s: raises nothing",
    (name) => {
      expect(shares.get(name)).toMatchObject({ raised: 0, blocked: 0 })
    },
  )
})

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { secretsDetector } from "../../../detectors/secrets/detector.ts"
import { ExactValues, fingerprintOf } from "../../../detectors/secrets/exact.ts"
import { countShared, shingles } from "../../../detectors/text/shingles.ts"
import type { RawFinding } from "../../../services/contracts/inspection.ts"

const key = "a key of the installation"

describe("values known only by fingerprint", () => {
  it("finds a canary in any place, in base64 and in another case, and calls it critical", () => {
    const canary = "build-canary-7f3a91"
    const detector = secretsDetector({ exact: { key, fingerprints: [fingerprintOf(canary, key, "canary of the build server", "canary")] } })
    for (const text of [`x${canary.toUpperCase()}y`, Buffer.from(`here is ${canary}, take it`).toString("base64")]) {
      const found: RawFinding[] = []
      detector.inspect(
        { id: "t", kind: "scan", direction: "outbound", texts: [{ place: "tool-call", direction: "outbound", path: "a", text }] },
        (f) => found.push(f),
      )
      expect(found.find(({ rule }) => rule === "secret/canary")).toMatchObject({ severity: "critical", confidence: 1 })
      expect(JSON.stringify(found.map(({ reason, title }) => [reason, title]))).not.toContain(canary)
    }
  })

  it("finds exactly what a search for the value would find", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("ab", "abcabc", "cab", "x", "abcabx"), { maxLength: 40 }), (parts) => {
        const text = parts.join("")
        const starts: number[] = []
        new ExactValues(key, [fingerprintOf("abcabc", key, "a", "dictionary")]).find(text, (_, start) => starts.push(start))
        const wanted: number[] = []
        for (let at = text.indexOf("abcabc"); at >= 0; at = text.indexOf("abcabc", at + 1)) wanted.push(at)
        expect(starts).toEqual(wanted)
      }),
      { numRuns: 200 },
    )
  })

  it("looks for ten thousand values of all lengths in one pass, and in a text that holds a letter whose lower case is longer", () => {
    const names = Array.from({ length: 10_000 }, (_, n) => `codename ${"x".repeat(n % 90)}${n}`)
    const values = new ExactValues(
      key,
      names.map((name) => fingerprintOf(name, key, name, "dictionary")),
    )
    const seen: string[] = []
    values.find(`\u0130stanbul ${"filler text ".repeat(5_000)} ${names[77]}, ${names[9_999]?.toUpperCase()}`, ({ label }) =>
      seen.push(label),
    )
    expect(seen).toEqual(expect.arrayContaining([names[77], names[9_999]]))
  })

  it("does a bounded amount of work on a text that is nothing but the beginnings of values", () => {
    const values = new ExactValues(
      key,
      Array.from({ length: 200 }, (_, n) => fingerprintOf(`aaaaaa${"a".repeat(n)}!`, key, "v", "dictionary")),
    )
    const started = process.cpuUsage()
    values.find("a".repeat(1_000_000), () => {})
    expect(process.cpuUsage(started).user).toBeLessThan(3_000_000)
  })

  it("refuses a value that would match by chance", () => {
    expect(() => fingerprintOf("abc", key, "short", "dictionary")).toThrow(RangeError)
  })

  it("needs the key: the same value under another key is not found", () => {
    const values = new ExactValues("another key", [fingerprintOf("project-heron-9", key, "name", "dictionary")])
    values.find("about project-heron-9", () => expect.fail("found without the key"))
  })
})

describe("shingles", () => {
  const secret =
    "Quarterly revenue fell by 12 percent in the northern region; layoffs are planned for March, announce nothing before the board meets."

  it("are shared by a text and its reformatted copy, and not by another text", () => {
    const wanted = new Set(shingles(secret, 11))
    expect(wanted.size).toBeGreaterThan(5)
    expect(countShared(secret.toUpperCase().replaceAll(" ", "\n"), 11, wanted)).toBe(wanted.size)
    expect(
      countShared(
        "The weather in the northern region stays dry, and the board of the theatre meets in March for its announcement.",
        7,
        wanted,
      ),
    ).toBeLessThan(2)
  })

  it("mean nothing under another key", () => {
    expect(countShared(secret, 8, new Set(shingles(secret, 11)))).toBe(0)
  })
})

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { KeywordMatcher, lowBytes } from "../../../detectors/text/keyword-matcher.ts"

describe("KeywordMatcher", () => {
  it("finds every occurrence a naive search finds, in short texts and across the seams of the four lanes", () => {
    const word = fc.stringMatching(/^[abAB1-]{1,6}$/)
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { minLength: 1, maxLength: 12, selector: (w) => w.toLowerCase() }),
        fc.array(word, { maxLength: 900 }),
        (keywords, parts) => {
          const text = parts.join("")
          expect(scan(keywords, text)).toEqual(naive(keywords, text))
        },
      ),
      { numRuns: 150 },
    )
  })

  it("finds a keyword that stands exactly on a quarter's border", () => {
    const keyword = "needle-in-the-hay"
    for (let at = 1_000; at < 1_100; at++) {
      const text = `${"x".repeat(at)}${keyword}${"y".repeat(4_200 - at)}`
      expect(scan([keyword], text)).toEqual([[0, at]])
    }
  })

  it("finds keywords of other scripts by their low bytes, at offsets of the text", () => {
    expect(scan(["密码"], "请输入密码:")).toEqual([[0, 3]])
  })

  it("takes upper and lower case for the same letter", () => {
    expect(scan(["akia"], "AKIA akia AkIa")).toEqual([
      [0, 0],
      [0, 5],
      [0, 10],
    ])
  })
})

function scan(keywords: readonly string[], text: string): [number, number][] {
  const hits: [number, number][] = []
  new KeywordMatcher(keywords).scan(lowBytes(text), (keyword, start) => hits.push([keyword, start]))
  return hits.sort(order)
}

function naive(keywords: readonly string[], text: string): [number, number][] {
  const hits: [number, number][] = []
  const lower = text.toLowerCase()
  keywords.forEach((keyword, index) => {
    for (let at = lower.indexOf(keyword.toLowerCase()); at >= 0; at = lower.indexOf(keyword.toLowerCase(), at + 1)) hits.push([index, at])
  })
  return hits.sort(order)
}

function order(a: readonly [number, number], b: readonly [number, number]): number {
  return a[1] - b[1] || a[0] - b[0]
}

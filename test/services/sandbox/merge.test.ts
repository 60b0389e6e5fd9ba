import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Verdict } from "../../../services/contracts/verdict.ts"
import { mergeWords, type Word } from "../../../services/sandbox/merge.ts"

const results: readonly Verdict["result"][] = ["clean", "suspicious", "malicious", "unsupported", "error", "timeout", "partial", "pending"]
const word: fc.Arbitrary<Word> = fc.record({
  engine: fc.constantFrom("a", "b", "c", "d"),
  result: fc.constantFrom(...results),
  score: fc.integer({ min: 0, max: 100 }),
  advisory: fc.boolean(),
})
const words = fc.array(word, { maxLength: 6 })
/** How much there is to worry about: bad, unsure, nothing. */
const gravity = (result: Verdict["result"]): number => ({ malicious: 3, suspicious: 2, clean: 0 })[result as "clean"] ?? 1

describe("many words make one verdict that", () => {
  it("does not depend on their order, nor on hearing one twice", () => {
    fc.assert(
      fc.property(words, fc.integer(), (list, seed) => {
        const shuffled = [...list].sort((a, b) => ((a.engine.charCodeAt(0) * seed) % 7) - ((b.engine.charCodeAt(0) * seed) % 7))
        const merged = mergeWords(list)
        expect(mergeWords(shuffled)).toEqual(merged)
        expect(mergeWords([...list, ...list])).toEqual(merged)
        expect(mergeWords([...list].reverse())).toEqual(merged)
      }),
    )
  })

  it("never gets less grave by one more word, but for a clean one where others only could not tell", () => {
    fc.assert(
      fc.property(words, word, (list, more) => {
        const before = mergeWords(list).result
        const after = mergeWords([...list, more]).result
        if (before === "unsupported" && more.result === "clean") return
        expect(gravity(after)).toBeGreaterThanOrEqual(gravity(before))
        expect(mergeWords([...list, more]).score).toBeGreaterThanOrEqual(mergeWords(list).score)
      }),
    )
  })

  it("is clean only when an engine of weight says so and none failed, stopped half way or still runs", () => {
    fc.assert(
      fc.property(words, (list) => {
        if (mergeWords(list).result !== "clean") return
        expect(list.some(({ result, advisory }) => result === "clean" && advisory !== true)).toBe(true)
        expect(
          list.every(({ result, advisory }) => result === "unsupported" || (result === "clean" && typeof advisory === "boolean")),
        ).toBe(true)
      }),
    )
  })

  it("is malicious exactly when an engine of weight says so", () => {
    fc.assert(
      fc.property(words, (list) => {
        expect(mergeWords(list).result === "malicious").toBe(
          list.some(({ result, advisory }) => result === "malicious" && advisory !== true),
        )
      }),
    )
  })

  it("names who said it", () => {
    const merged = mergeWords([
      { engine: "vt", result: "malicious", score: 80 },
      { engine: "cape", result: "malicious", score: 100 },
      { engine: "static", result: "clean", score: 0 },
    ])
    expect(merged).toEqual({ result: "malicious", score: 100, by: ["cape", "vt"] })
  })

  it("of nobody is unsupported, and of a failure beside a clean word is partial", () => {
    expect(mergeWords([]).result).toBe("unsupported")
    expect(
      mergeWords([
        { engine: "a", result: "clean", score: 0 },
        { engine: "b", result: "timeout", score: 0 },
      ]).result,
    ).toBe("partial")
    expect(mergeWords([{ engine: "b", result: "timeout", score: 0 }]).result).toBe("timeout")
  })
})

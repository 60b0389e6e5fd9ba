import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { bunzip2 } from "../../../../collectors/extract/archive/bzip2.ts"
import { unpackAll } from "../../../../collectors/extract/archive/open.ts"
import { bomb, empty, runs, tarOfSkill, twoBlocks, twoStreams } from "./bzip2-samples.ts"

const MAX = 1_000_000
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1")
const blocks = Buffer.from(Array.from({ length: 440 * 256 }, (_, index) => index & 255))

describe("bzip2", () => {
  it("gives back what was packed: runs, several blocks, several streams, nothing", () => {
    expect(text(bunzip2(runs, MAX).bytes)).toBe(`${"A".repeat(259)}B`)
    expect(bunzip2(twoBlocks, MAX)).toMatchObject({ outcome: "full", consumed: twoBlocks.length })
    expect(Buffer.compare(bunzip2(twoBlocks, MAX).bytes, blocks)).toBe(0)
    expect(text(bunzip2(twoStreams, MAX).bytes)).toBe("onetwo")
    expect(bunzip2(empty, MAX)).toMatchObject({ outcome: "full", bytes: Buffer.alloc(0) })
  })

  it("opens a tar in it, so that a skill does not pass unread", () => {
    const unpacked = unpackAll("pdf.tar.bz2", tarOfSkill)
    expect(unpacked?.entries.map(({ path, completeness }) => [path, completeness])).toEqual([["pdf/SKILL.md", "full"]])
    expect(text(unpacked?.entries[0]?.bytes ?? new Uint8Array())).toContain("name: pdf")
    expect(unpackAll("notes.txt.bz2", runs)?.entries.map(({ path }) => path)).toEqual(["notes.txt"])
  })

  it("stops at its bound, and says bomb", () => {
    expect(bunzip2(bomb, MAX)).toMatchObject({ outcome: "limit", bytes: new Uint8Array(0) })
    expect(unpackAll("x.bz2", bomb)?.problems).toContain("bomb")
  })

  it("keeps the blocks before a cut, and nothing of a block whose checksum is another", () => {
    const cut = bunzip2(twoBlocks.subarray(0, twoBlocks.length - 40), MAX)
    expect(cut.outcome).toBe("cut")
    expect(blocks.subarray(0, cut.bytes.length).equals(cut.bytes)).toBe(true)
    expect(cut.bytes.length).toBeGreaterThan(90_000)
    const damaged = Buffer.from(runs)
    damaged[10] = (damaged[10] ?? 0) ^ 1
    expect(bunzip2(damaged, MAX).outcome).toBe("corrupt")
  })

  it("answers any damage without throwing and within its bound", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(tarOfSkill, runs, twoStreams, twoBlocks),
        fc.array(fc.tuple(fc.nat(1_500), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
        fc.nat(2_000),
        (sample, flips, length) => {
          const hostile = Buffer.from(sample.subarray(0, length))
          for (const [at, value] of flips) if (at < hostile.length) hostile[at] = value
          expect(bunzip2(hostile, MAX).bytes.length).toBeLessThanOrEqual(MAX)
        },
      ),
      { numRuns: 150 },
    )
  })
})

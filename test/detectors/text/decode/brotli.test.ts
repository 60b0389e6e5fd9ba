import { createHash } from "node:crypto"
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib"
import { describe, expect, it } from "vitest"
import { beginsBrotli } from "../../../../detectors/text/decode/brotli.ts"

describe("beginsBrotli", () => {
  it("lets through what a compressor makes, whatever its quality and window", () => {
    for (let i = 1; i < 150; i++) {
      const text = i % 3 === 0 ? noise(i, i * 20).toString("latin1") : "the result of each request ".repeat(i)
      const params = { [constants.BROTLI_PARAM_QUALITY]: i % 12, [constants.BROTLI_PARAM_LGWIN]: 10 + (i % 15) }
      expect(beginsBrotli(brotliCompressSync(text, { params }), LIMIT)).toBe(true)
    }
  })
  it("lets through a text as long as the limit and refuses one whose first block is longer", () => {
    expect(beginsBrotli(brotliCompressSync("a".repeat(LIMIT)), LIMIT)).toBe(true)
    expect(beginsBrotli(brotliCompressSync("a".repeat(LIMIT + 1)), LIMIT)).toBe(false)
  })
  it("refuses only what the decompressor refuses, and nearly half of noise", () => {
    let refused = 0
    for (let i = 0; i < 3_000; i++) {
      const bytes = noise(i, 12 + (i % 60))
      if (beginsBrotli(bytes, LIMIT)) continue
      refused++
      expect(() => brotliDecompressSync(bytes, { maxOutputLength: LIMIT })).toThrow()
    }
    expect(refused).toBeGreaterThan(1_300)
  })
})

function noise(seed: number, length: number): Buffer {
  const parts = Array.from({ length: Math.ceil(length / 32) }, (_, part) => createHash("sha256").update(`${seed} ${part}`).digest())
  return Buffer.concat(parts).subarray(0, length)
}

const LIMIT = 262_144

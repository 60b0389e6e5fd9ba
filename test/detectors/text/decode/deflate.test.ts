import { createHash } from "node:crypto"
import { deflateRawSync, inflateRawSync } from "node:zlib"
import { describe, expect, it } from "vitest"
import { beginsDeflate } from "../../../../detectors/text/decode/deflate.ts"

describe("beginsDeflate", () => {
  it.each([
    ["stored", deflateRawSync("a text that nobody squeezed", { level: 0 })],
    ["with the fixed code", deflateRawSync("short")],
    [
      "with a code of its own",
      deflateRawSync("the result of each request is checked before it goes on ".repeat(40).split("").sort().join("")),
    ],
    ["of many symbols", deflateRawSync(noise(7, 600).toString("base64"))],
  ])("lets through a block that is %s", (_, bytes) => {
    expect(beginsDeflate(bytes)).toBe(true)
  })
  it("refuses only what the decompressor refuses, and most noise", () => {
    let refused = 0
    for (let i = 0; i < 3_000; i++) {
      const bytes = noise(i, 12 + (i % 60))
      if (beginsDeflate(bytes)) continue
      refused++
      expect(() => inflateRawSync(bytes)).toThrow()
    }
    expect(refused).toBeGreaterThan(2_000)
  })
})

function noise(seed: number, length: number): Buffer {
  const parts = Array.from({ length: Math.ceil(length / 32) }, (_, part) => createHash("sha256").update(`${seed} ${part}`).digest())
  return Buffer.concat(parts).subarray(0, length)
}

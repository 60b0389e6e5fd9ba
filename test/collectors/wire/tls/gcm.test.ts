import { createCipheriv } from "node:crypto"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { add, begin, GcmKey } from "../../../../collectors/wire/tls/gcm.ts"
import { GCM_WASM } from "../../../../collectors/wire/tls/gcm-wasm.ts"
// @ts-expect-error a script without types
import { assemble } from "../../../../scripts/gcm-wasm.mjs"

function seal(key: Buffer, cipher: string, { text, nonce, aad }: { text: Uint8Array; nonce: Buffer; aad: Buffer }): Buffer {
  const sealing = createCipheriv(cipher as "aes-128-gcm", key, nonce)
  sealing.setAAD(aad)
  return Buffer.concat([sealing.update(text), sealing.final(), sealing.getAuthTag()])
}

describe("GcmKey", () => {
  it("is assembled from the script that says so", () => {
    expect(Buffer.from(GCM_WASM, "base64").equals(assemble() as Buffer)).toBe(true)
  })

  it("opens what node:crypto sealed, many at once, and refuses every changed bit", () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.array(
          fc.record({ text: fc.uint8Array({ maxLength: 2_000 }), aad: fc.uint8Array({ maxLength: 64 }), flip: fc.option(fc.nat()) }),
          { minLength: 1, maxLength: 20 },
        ),
        (large, items) => {
          const key = Buffer.alloc(large ? 32 : 16, items.length)
          const fast = new GcmKey(key, "aes")
          begin()
          for (const [at, { text, aad, flip }] of items.entries()) {
            const nonce = Buffer.alloc(12, at + 1)
            const record = seal(key, large ? "aes-256-gcm" : "aes-128-gcm", { text, nonce, aad: Buffer.from(aad) })
            if (flip !== null) record[(flip >> 3) % record.length] = (record[(flip >> 3) % record.length] ?? 0) ^ (1 << (flip & 7))
            expect(add({ record, start: 0, nonce, aad })).toBe(true)
          }
          const { plain, starts, good, count } = fast.run()
          expect(count).toBe(items.length)
          for (const [at, { text, flip }] of items.entries()) {
            expect(good[at]).toBe(flip === null ? 1 : 0)
            if (flip === null) expect(Buffer.from(text).equals(plain.subarray(starts[at], starts[at + 1]))).toBe(true)
          }
          fast.wipe()
        },
      ),
      { numRuns: 60 },
    )
  })

  it("keeps more keys than it has tables for apart", () => {
    const keys = Array.from({ length: 600 }, (_, at) => Buffer.concat([Buffer.from([at >> 8, at & 255]), Buffer.alloc(14, 7)]))
    const fast = keys.map((key) => new GcmKey(key, "aes"))
    for (let round = 0; round < 2; round++) {
      for (const [at, key] of keys.entries()) {
        const nonce = Buffer.alloc(12, round)
        const record = seal(key, "aes-128-gcm", { text: Buffer.from(`key ${at}`), nonce, aad: Buffer.alloc(5) })
        const opened = fast[at]?.openOne({ record, start: 0, nonce, aad: Buffer.alloc(5) })
        expect(opened === undefined ? undefined : Buffer.from(opened).toString()).toBe(`key ${at}`)
      }
    }
  })

  it("opens nothing after it was wiped, and says when a batch is full", () => {
    const key = Buffer.alloc(16, 1)
    const fast = new GcmKey(key, "aes")
    const nonce = Buffer.alloc(12)
    const input = {
      record: seal(key, "aes-128-gcm", { text: Buffer.alloc(1_000), nonce, aad: Buffer.alloc(0) }),
      start: 0,
      nonce,
      aad: Buffer.alloc(0),
    }
    expect(fast.openOne(input)).toBeDefined()
    begin()
    let added = 0
    while (add(input)) added++
    expect(added).toBeGreaterThan(32)
    expect(added).toBeLessThanOrEqual(64)
    fast.wipe()
    expect(fast.openOne(input)).toBeUndefined()
  })
})

import { createCipheriv } from "node:crypto"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { AeadOpener } from "../../../../collectors/wire/tls/aead-opener.ts"
import { AHEAD, GcmKey, loadBatch, unloadBatch } from "../../../../collectors/wire/tls/gcm.ts"
import { GCM_WASM } from "../../../../collectors/wire/tls/gcm-wasm.ts"
import { giveBack, type RecordStore, takeStore } from "../../../../collectors/wire/tls/record-store.ts"
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

  it("opens one text that node:crypto sealed, and refuses every changed bit", () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.uint8Array({ maxLength: 2_000 }),
        fc.uint8Array({ maxLength: 64 }),
        fc.option(fc.nat()),
        (large, text, aad, flip) => {
          const key = Buffer.alloc(large ? 32 : 16, text.length)
          const nonce = Buffer.alloc(12, aad.length + 1)
          const record = seal(key, large ? "aes-256-gcm" : "aes-128-gcm", { text, nonce, aad: Buffer.from(aad) })
          if (flip !== null) record[(flip >> 3) % record.length] = (record[(flip >> 3) % record.length] ?? 0) ^ (1 << (flip & 7))
          const fast = new GcmKey(key, "aes")
          const opened = fast.openOne({ record, start: 0, nonce, aad })
          expect(opened === undefined ? undefined : Buffer.from(opened).toString("hex")).toBe(
            flip === null ? Buffer.from(text).toString("hex") : undefined,
          )
          fast.wipe()
        },
      ),
      { numRuns: 60 },
    )
  })

  it("opens records of two keys and both protocol versions in one batch, and refuses every changed bit", () => {
    const item = fc.record({ text: fc.uint8Array({ minLength: 1, maxLength: 900 }), server: fc.boolean(), flip: fc.option(fc.nat()) })
    fc.assert(
      fc.property(fc.boolean(), fc.boolean(), fc.array(item, { minLength: 1, maxLength: 30 }), (large, tls13, items) => {
        const sides = [1, 2].map((fill) => new Sealer({ key: Buffer.alloc(large ? 32 : 16, fill), tls13 }))
        const store = takeStore()
        for (const { text, server, flip } of items) {
          const record = sides[server ? 1 : 0]?.seal(text) ?? Buffer.alloc(0)
          // Not the header: its length, which says where the record ends, is not authenticated by TLS 1.2.
          if (flip !== null) flipBit(record, 40 + (flip % ((record.length - 5) * 8)))
          expect(store.fits(record.length)).toBe(true)
          store.add(record, server ? 1 : 0, 0)
        }
        const plain = openBoth(store, sides)
        for (const [at, { text, flip }] of items.entries()) {
          expect(store.good[at]).toBe(flip === null ? 1 : 0)
          const start = (store.text[at] ?? 0) - AHEAD
          if (flip === null) expect(plain.subarray(start, start + text.length).equals(Buffer.from(text))).toBe(true)
        }
        giveBack(store)
      }),
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

  it("opens nothing after it was wiped", () => {
    const key = Buffer.alloc(16, 1)
    const fast = new GcmKey(key, "aes")
    const nonce = Buffer.alloc(12)
    const aad = Buffer.alloc(0)
    const input = { record: seal(key, "aes-128-gcm", { text: Buffer.alloc(1_000), nonce, aad }), start: 0, nonce, aad }
    expect(fast.openOne(input)).toBeDefined()
    fast.wipe()
    expect(fast.openOne(input)).toBeUndefined()
  })

  it("opens a store that is full to its last byte, and says when no more fits", () => {
    const sides = [1, 2].map((fill) => new Sealer({ key: Buffer.alloc(16, fill), tls13: true }))
    for (const length of [10, 300, 2_200]) {
      const store = takeStore()
      for (let record = sides[0]?.seal(Buffer.alloc(length, 5)); record !== undefined && store.fits(record.length); ) {
        store.add(record, 0, 0)
        record = sides[0]?.seal(Buffer.alloc(length, 5))
      }
      sides[0]?.rewind(store.count + 1)
      expect(store.count).toBeGreaterThan(24)
      openBoth(store, sides)
      sides[0]?.rewind(-store.count)
      expect(store.good.subarray(0, store.count).every((good) => good === 1)).toBe(true)
      giveBack(store)
    }
  })
})

/** Seals TLS records of one side, one after the other, and knows how to open them. */
class Sealer {
  readonly opener: AeadOpener
  readonly #key: Buffer
  readonly #tls13: boolean
  #sealed = 0
  /** Number of the first record to be opened. */
  first = 0

  constructor({ key, tls13 }: { key: Buffer; tls13: boolean }) {
    this.#key = key
    this.#tls13 = tls13
    const algorithm = key.length === 16 ? "aes-128-gcm" : "aes-256-gcm"
    const cipher = { kind: "aead", algorithm, keyLength: key.length, tagLength: 16 } as const
    this.opener = new AeadOpener({ cipher, key: Buffer.from(key), iv: IV.subarray(0, tls13 ? 12 : 4), tls13 })
  }

  rewind(records: number): void {
    this.first = Math.max(0, records < 0 ? this.#sealed : this.#sealed - records)
  }

  seal(text: Uint8Array): Buffer {
    const seq = Buffer.alloc(8)
    seq.writeBigUInt64BE(BigInt(this.#sealed++))
    const explicit = this.#tls13 ? Buffer.alloc(0) : Buffer.from(seq.map((byte) => byte ^ 0x99))
    const nonce = this.#tls13
      ? Buffer.from(IV.map((byte, at) => byte ^ (at < 4 ? 0 : (seq[at - 4] ?? 0))))
      : Buffer.concat([IV.subarray(0, 4), explicit])
    const inner = this.#tls13 ? Buffer.concat([text, Buffer.from([23])]) : Buffer.from(text)
    const header = Buffer.from([23, 3, 3, 0, 0])
    header.writeUInt16BE(explicit.length + inner.length + 16, 3)
    const aad = this.#tls13 ? header : Buffer.concat([seq, header.subarray(0, 3), Buffer.from([inner.length >> 8, inner.length & 255])])
    const sealed = seal(this.#key, this.#key.length === 16 ? "aes-128-gcm" : "aes-256-gcm", { text: inner, nonce, aad })
    return Buffer.concat([header, explicit, sealed])
  }
}

function openBoth(store: RecordStore, sides: readonly Sealer[]): Buffer {
  for (const [owner, side] of sides.entries()) {
    let seq = side.first
    for (let item = 0; item < store.count; item++) if (store.owner[item] === owner) side.opener.prepare(store, item, seq++)
  }
  store.good.fill(0)
  loadBatch(store)
  for (const [owner, side] of sides.entries()) side.opener.gcm?.openLoaded(store, owner)
  const plain = Buffer.alloc(store.used)
  unloadBatch(store, plain)
  return plain
}

function flipBit(bytes: Buffer, bit: number): void {
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
}

const IV = Buffer.from("a1b2c3d4e5f60718293a4b5c", "hex")

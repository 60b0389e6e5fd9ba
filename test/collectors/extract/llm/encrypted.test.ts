import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { EncryptedStreams, type SeenFlow } from "../../../../collectors/extract/llm/encrypted.ts"

interface Sketch {
  readonly upload?: readonly number[]
  readonly sizes: readonly number[]
  readonly gaps: readonly number[]
  readonly layers?: readonly string[]
  readonly bytes?: number
}

const handshake = { sizes: [2_900, 79], gaps: [900, 40_000] }
const times = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at))
const tokens = times(50, (at) => 180 + ((at * 37) % 23))
const steady = times(50, (at) => 18_000 + ((at * 7_919) % 30_000))

describe("encrypted streams", () => {
  it("suspects a model in a long row of small records after an upload, never with certainty", () => {
    const found = judge({ upload: [16_401, 9_000], sizes: tokens, gaps: steady })
    expect(found?.score).toBeGreaterThanOrEqual(0.4)
    expect(found?.score).toBeLessThanOrEqual(0.6)
    expect(found?.reasons.join("; ")).toMatch(/\d+ small records in a row.*after an upload of 25401 bytes.*client is silent/)
  })

  it("is surer when each upload to the host is larger than the one before", () => {
    const streams = new EncryptedStreams()
    const scores = [4_200, 6_000, 9_000, 14_000].map(
      (upload) => judge({ upload: [upload], sizes: tokens.slice(0, 20), gaps: steady.slice(0, 20) }, streams)?.score ?? 0,
    )
    expect(scores[3]).toBeGreaterThan(scores[0] ?? 1)
  })

  it.each<[string, Sketch]>([
    ["a download", { upload: [600], sizes: times(60, () => 16_401), gaps: times(60, () => 400) }],
    [
      "a page with its parts",
      { upload: [700, 500, 500, 450], sizes: times(40, (at) => 200 + at * 377), gaps: times(40, (at) => (at % 5) * 900) },
    ],
    ["keep-alives", { upload: [1_600], sizes: times(60, () => 31), gaps: times(60, () => 30_000_000) }],
    ["a ticker without an upload", { upload: [420], sizes: tokens, gaps: steady }],
    ["equal records at equal times", { upload: [1_700], sizes: times(60, () => 120), gaps: times(60, () => 20_000) }],
    ["a terminal, both sides speaking", { upload: times(50, () => 52), sizes: tokens, gaps: steady }],
    ["a short answer", { upload: [5_000], sizes: tokens.slice(0, 8), gaps: steady.slice(0, 8) }],
    ["an upload of a file", { upload: times(64, () => 16_401), sizes: [300, 40], gaps: [20_000, 20_000] }],
    [
      "a video in pieces",
      { upload: [900], sizes: times(60, (at) => 1_200 + (at % 9) * 100), gaps: times(60, () => 33_000), bytes: 80_000_000 },
    ],
  ])("does not suspect %s", (_what, sketch) => {
    expect(judge(sketch)).toBeUndefined()
  })

  it("guesses nothing of what was read", () => {
    expect(judge({ upload: [25_000], sizes: tokens, gaps: steady, layers: ["tls", "http2"] })).toBeUndefined()
  })

  it("finds streams of any model speed, record size and jitter", () => {
    fc.assert(
      fc.property(
        fc.record({
          base: fc.integer({ min: 40, max: 500 }),
          every: fc.integer({ min: 6_000, max: 120_000 }),
          upload: fc.integer({ min: 4_000, max: 200_000 }),
          seed: fc.integer(),
        }),
        ({ base, every, upload, seed }) => {
          let state = seed >>> 0 || 1
          const random = (): number => {
            state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
            return state / 2 ** 32
          }
          const sizes = times(60, () => Math.round(base + random() * 60))
          const gaps = times(60, () => Math.round(every * (0.5 + random() * 1.2)))
          expect(judge({ upload: [upload], sizes, gaps })).toBeDefined()
        },
      ),
      { numRuns: 60 },
    )
  })
})

function judge({ upload = [2_000], sizes, gaps, layers = ["tls"], bytes }: Sketch, streams = new EncryptedStreams()) {
  const serverSizes = [...handshake.sizes, ...sizes]
  const seen: SeenFlow = {
    layers,
    bytes: { client: upload.reduce((sum, one) => sum + one, 0), server: bytes ?? serverSizes.reduce((sum, one) => sum + one, 0) },
    start: 0,
    end: 10_000_000,
    shape: { clientSizes: [...upload], serverSizes, serverGapMicros: [...handshake.gaps.slice(1), ...gaps] },
  }
  return streams.judge(seen, { conversation: "w|h", runtime: undefined })
}

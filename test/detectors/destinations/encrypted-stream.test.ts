import { describe, expect, it } from "vitest"
import { destinationsDetector } from "../../../detectors/destinations/detector.ts"
import { modelLikeness } from "../../../detectors/destinations/encrypted-stream.ts"
import type { RawFinding } from "../../../services/contracts/inspection.ts"

const handshake = { sizes: [127, 38, 2_900, 280, 69], gaps: [800, 0, 100, 30_000] }
const flow = (sizes: number[], gaps: number[], bytes = { client: 6_000, server: 9_000 }) => ({
  layers: ["tls"],
  bytes,
  shape: { clientSizes: [517, 64, 4_000], serverSizes: [...handshake.sizes, ...sizes], serverGapMicros: [...handshake.gaps, ...gaps] },
})
const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n))
/** Word by word: each event a record of some hundred bytes, every 20 to 60 ms, after 700 ms of silence. */
const answer = flow(
  times(26, (n) => 150 + ((n * 37) % 120)),
  [700_000, ...times(25, (n) => 20_000 + ((n * 7_919) % 40_000))],
)

describe("modelLikeness", () => {
  it("scores a prompt, a silence and an answer word by word", () => {
    const { score, reasons } = modelLikeness(answer)
    expect(score).toBeGreaterThanOrEqual(0.9)
    expect(reasons.join()).toContain("ms of silence")
  })
  it("scores an answer whose events share segments", () => {
    const bursty = flow(
      times(26, (n) => 150 + ((n * 37) % 500)),
      [450_000, ...times(25, (n) => (n % 3 === 0 ? 0 : 30_000 + n * 500))],
    )
    expect(modelLikeness(bursty).score).toBeGreaterThanOrEqual(0.7)
  })
  it.each([
    [
      "a download",
      flow(
        times(26, () => 1_400),
        [40_000, ...times(25, () => 200)],
        { client: 800, server: 4_000_000 },
      ),
    ],
    ["a page of some resources", flow([1_400, 1_400, 900, 1_400, 300], [60_000, 100, 100, 20_000, 100])],
    [
      "a telemetry beat every ten seconds",
      flow(
        times(26, () => 90),
        times(26, () => 10_000_000),
        { client: 9_000, server: 3_000 },
      ),
    ],
    [
      "a video",
      flow(
        times(26, () => 16_000),
        times(26, (n) => (n % 8 === 0 ? 2_000_000 : 300)),
        { client: 900, server: 9_000_000 },
      ),
    ],
    ["a long poll", flow([200, 200, 200], [25_000_000, 25_000_000, 25_000_000])],
    ["what was read", { ...answer, layers: ["tls", "http1"] }],
  ])("does not take %s for one", (_, other) => {
    expect(modelLikeness(other).score).toBeLessThan(0.7)
  })
  it("becomes a finding of low severity and confidence, and only for hosts that nobody has catalogued", () => {
    const findings = (kind: "unknown" | "provider") => {
      const found: RawFinding[] = []
      const destination = { host: "llm.some-host.net", port: 443, class: kind }
      destinationsDetector.inspect({ id: "f", kind: "flow", direction: "outbound", destination, texts: [], data: answer }, (one) =>
        found.push(one),
      )
      return found
    }
    expect(findings("provider")).toEqual([])
    const [only] = findings("unknown")
    expect(only).toMatchObject({ rule: "destination/encrypted-model-stream", severity: "low" })
    expect(only?.confidence).toBeLessThan(0.5)
  })
})

import fc from "fast-check"
import { afterEach, describe, expect, it, vi } from "vitest"
import { QuickLane } from "../../../../collectors/wire/flow/quick-lane.ts"
import { LINK_VXLAN } from "../../../../collectors/wire/link/link-types.ts"
import { timed } from "../../../support/conversation.ts"
import { tcpPacket, vxlan } from "../../../support/packets.ts"
import { runPackets } from "../../../support/wire.ts"

afterEach(() => vi.restoreAllMocks())

interface Step {
  readonly flow: number
  readonly side: number
  readonly what: "next" | "ack" | "again" | "other" | "hole" | "jump" | "fin" | "reset" | "syn"
  readonly length: number
}
const step: fc.Arbitrary<Step> = fc.record({
  flow: fc.nat(2),
  side: fc.nat(1),
  what: fc.oneof(
    { weight: 50, arbitrary: fc.constantFrom("next" as const, "ack" as const) },
    { weight: 3, arbitrary: fc.constantFrom("again" as const, "other" as const, "hole" as const) },
    { weight: 1, arbitrary: fc.constantFrom("jump" as const, "fin" as const, "reset" as const, "syn" as const) },
  ),
  length: fc.nat(60),
})

/** Packets of three connections that nobody can read, with everything that may disturb them; some flows from their SYN on, some from the middle. */
function packetsOf(steps: readonly Step[]): Uint8Array[] {
  const numbersOf = [0, 1, 2].map(() => [0x7fff_ff00, -40])
  const hello = { from: "10.0.0.1", to: "10.0.0.2", dport: 9_999, seq: 0x7fff_feff, flags: "S" }
  const opening = [40_000, 40_001].map((sport) => tcpPacket({ ...hello, sport }))
  const rest = steps.map(({ flow, side, what, length }) => {
    const numbers = numbersOf[flow] ?? []
    const own = numbers[side] ?? 0
    const peer = numbers[1 - side] ?? 0
    const fill = what === "other" ? 0xdd : 0xee
    const payload = new Uint8Array(what === "ack" || what === "reset" ? 0 : length).fill(fill)
    const back = what === "again" || what === "other" ? length : what === "hole" ? -7 : what === "jump" ? -100_000 : 0
    const seq = (own - back) | 0
    if (what === "next" || what === "fin" || what === "hole") numbers[side] = (seq + payload.length) | 0
    const ports = side === 0 ? { sport: 40_000 + flow, dport: 9_999 } : { sport: 9_999, dport: 40_000 + flow }
    const ends = side === 0 ? { from: "10.0.0.1", to: "10.0.0.2" } : { from: "10.0.0.2", to: "10.0.0.1" }
    const flags = what === "fin" ? "AF" : what === "reset" ? "R" : what === "syn" ? "S" : "A"
    return tcpPacket({ ...ends, ...ports, seq, ack: peer, flags, payload })
  })
  return [...opening, ...rest]
}

describe("QuickLane", () => {
  it("changes nothing about what is told, whatever disturbs the connections", () => {
    let passed = 0
    fc.assert(
      fc.property(fc.array(step, { minLength: 60, maxLength: 200 }), fc.integer({ min: 1, max: 50 }), (steps, batch) => {
        const frames = packetsOf(steps)
        const passes = vi.spyOn(QuickLane.prototype, "passes")
        const quick = told(frames, { batch })
        passed += passes.mock.results.filter(({ value }) => value === true).length
        vi.spyOn(QuickLane.prototype, "passes").mockReturnValue(false)
        expect(quick).toEqual(told(frames, { batch }))
        vi.restoreAllMocks()
      }),
      { numRuns: 60 },
    )
    // Otherwise it would say nothing.
    expect(passed).toBeGreaterThan(500)
  })

  it("changes nothing where flows are mirrored at both ends", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(step, fc.constantFrom(5, 6, 56)), { maxLength: 80 }), (steps) => {
        const plain = packetsOf(steps.map(([one]) => one))
        const frames = plain.flatMap((frame, at) =>
          steps[at]?.[1] === 56 ? [vxlan(5, frame), vxlan(6, frame)] : [vxlan(steps[at]?.[1] ?? 5, frame)],
        )
        const quick = told(frames, { link: LINK_VXLAN })
        vi.spyOn(QuickLane.prototype, "passes").mockReturnValue(false)
        expect(quick).toEqual(told(frames, { link: LINK_VXLAN }))
        vi.restoreAllMocks()
      }),
      { numRuns: 40 },
    )
  })

  it("passes most packets of a connection that nobody reads, and counts all of them", () => {
    const passes = vi.spyOn(QuickLane.prototype, "passes")
    const steps = Array.from({ length: 66_000 }, (): Step => ({ flow: 0, side: 0, what: "next", length: 9 }))
    const { flows } = told(packetsOf([{ flow: 0, side: 1, what: "ack", length: 0 }, ...steps]))
    expect(passes.mock.results.filter(({ value }) => value === true).length).toBeGreaterThan(65_900)
    expect(flows.find(({ packets }) => packets.client > 1)).toMatchObject({
      packets: { client: 66_001, server: 1 },
      bytes: { client: 594_000, server: 0 },
    })
  })
})

function told(frames: readonly Uint8Array[], options: Parameters<typeof runPackets>[1] = {}) {
  const { facts, flows, wire } = runPackets(timed(frames), options)
  return { facts: facts.map(({ fact }) => fact), flows: flows.map(({ summary }) => summary), counters: wire.counters, held: wire.held }
}

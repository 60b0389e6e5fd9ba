// What an attacker, a bad network or a lossy mirror does to packets: the decoded result stays what the endpoints saw, or is marked.
import { createHash } from "node:crypto"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { fragmentsOf, packetOf, segmentsOf, type TcpSegment, timed } from "../../support/conversation.ts"
import { anomaliesOf, exchangesOf, runPackets } from "../../support/wire.ts"

const body = Buffer.from(Array.from({ length: 6_000 }, (_, at) => 97 + ((at * 7) % 26)))
const turns = [
  { side: "client", bytes: Buffer.from("GET /one HTTP/1.1\r\nHost: evasion.test\r\n\r\n") },
  { side: "server", bytes: Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`), body]) },
  { side: "client", bytes: Buffer.from("GET /two HTTP/1.1\r\nHost: evasion.test\r\n\r\n") },
  { side: "server", bytes: Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc") },
] as const
const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex").slice(0, 16)
const expected = [`GET evasion.test/one 200 ${digest(body)} full`, `GET evasion.test/two 200 ${digest(Buffer.from("abc"))} full`]

describe("evasions that endpoints shrug off", () => {
  it("reads the conversation as it is, across the wrap of sequence numbers", () => {
    const told = runPackets(timed(segmentsOf(turns).map(packetOf)))
    expect(exchangesOf(told)).toEqual(expected)
    expect(anomaliesOf(told)).toEqual([])
    expect(told.flows[0]?.summary).toMatchObject({ close: "fin", handshakeSeen: true, gapBytes: { client: 0, server: 0 } })
  })

  it("gives the same result however segments are split, doubled, overlapped, exchanged and fragmented", () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.integer({ min: 0, max: 0x7fff_ffff })), fc.integer({ min: 20, max: 1_400 }), (random, size) => {
        const draw = (below: number): number => (random.next().value ?? 0) % below
        const frames = distort(segmentsOf(turns, { size }), draw).flatMap((segment, at) => {
          const frame = packetOf(segment)
          if (draw(4) > 0 || segment.payload.length === 0) return [frame]
          const pieces = fragmentsOf(frame, 8 * (1 + draw(20)), at + 1)
          return draw(2) === 0 ? pieces : pieces.reverse()
        })
        const told = runPackets(timed(frames), { batch: 1 + draw(9) })
        expect(exchangesOf(told)).toEqual(expected)
        expect(anomaliesOf(told)).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  it("is not split from the server by a reset outside the window", () => {
    const segments = segmentsOf(turns)
    const forged: TcpSegment = { side: "server", flags: "R", seq: 0x1234_5678, ack: 0, payload: new Uint8Array(0) }
    const told = runPackets(timed([...segments.slice(0, 6), forged, ...segments.slice(6)].map(packetOf)))
    expect(exchangesOf(told)).toEqual(expected)
    expect(anomaliesOf(told)).toEqual(["tcp-reset-out-of-window"])
  })

  it("takes back a reset whose sender goes on talking", () => {
    const segments = segmentsOf(turns)
    const at = segments.findIndex(({ side, payload }) => side === "server" && payload.length > 0)
    const forged: TcpSegment = { ...(segments[at] as TcpSegment), flags: "R", payload: new Uint8Array(0) }
    const told = runPackets(timed([...segments.slice(0, at), forged, ...segments.slice(at)].map(packetOf)))
    expect(exchangesOf(told)).toEqual(expected)
    expect(anomaliesOf(told)).toEqual(["tcp-data-after-reset"])
  })

  it("does not let a stray SYN into an open connection change its numbers", () => {
    const segments = segmentsOf(turns)
    const forged: TcpSegment = { side: "client", flags: "S", seq: 0x7777_0000, ack: 0, payload: new Uint8Array(0) }
    const told = runPackets(timed([...segments.slice(0, 6), forged, ...segments.slice(6)].map(packetOf)))
    expect(exchangesOf(told)).toEqual(expected)
    expect(anomaliesOf(told)).toEqual(["tcp-syn-in-open-connection"])
  })

  it("keeps the first copy of bytes that come twice and says that the second differs", () => {
    const segments = segmentsOf(turns)
    const at = segments.findIndex(({ side, payload }) => side === "client" && payload.length > 0)
    const first = segments[at] as TcpSegment
    const forged = { ...first, payload: Buffer.from(Buffer.from(first.payload).toString().replace("/one", "/six")) }
    const told = runPackets(timed([...segments.slice(0, at + 1), forged, ...segments.slice(at + 1)].map(packetOf)))
    expect(exchangesOf(told)).toEqual(expected)
    expect(anomaliesOf(told)).toEqual(["tcp-overlap-conflict"])
  })

  it("follows a second connection between the same ports", () => {
    const again = segmentsOf(turns, { isn: [900_000, 500] })
    const told = runPackets(timed([...segmentsOf(turns), ...again].map(packetOf)))
    expect(exchangesOf(told)).toEqual([...expected, ...expected])
    expect(told.flows.length).toBe(2)
  })
})

describe("losses of the mirror", () => {
  it("marks what a lost packet took and keeps the rest right", () => {
    const segments = segmentsOf(turns)
    const lost = segments.findIndex(({ side, payload }) => side === "server" && payload.length === 1_400) + 2
    const told = runPackets(timed(segments.filter((_, at) => at !== lost).map(packetOf)))
    const [one, two] = exchangesOf(told)
    expect(one).toMatch(/^GET evasion\.test\/one 200 [0-9a-f]{16} gapped$/)
    expect(two).toBe(expected[1])
    expect(told.flows[0]?.summary.gapBytes).toEqual({ client: 0, server: 1_400 })
  })

  it("never claims that a body is whole when it is not, whatever packets are missing", () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.integer({ min: 0, max: 99 })), (random) => {
        const kept = segmentsOf(turns, { size: 200 }).filter(() => (random.next().value ?? 0) >= 5)
        const told = runPackets(timed(kept.map(packetOf)))
        const whole = exchangesOf(told).filter((text) => text.endsWith(" full") && text.includes(" 200 "))
        for (const text of whole) expect(expected.map((one) => one.split(" 200 ")[1])).toContain(text.split(" 200 ")[1])
      }),
      { numRuns: 100 },
    )
  })

  it("reads a connection whose beginning was not captured from its next request on", () => {
    const segments = segmentsOf(turns)
    const from = segments.findIndex(({ payload }) => payload.length === 1_400) + 2
    expect(exchangesOf(runPackets(timed(segments.slice(from).map(packetOf))))).toContain(expected[1])
  })

  it("reads each direction alone", () => {
    const requests = runPackets(
      timed(
        segmentsOf(turns)
          .filter(({ side }) => side === "client")
          .map(packetOf),
      ),
    )
    expect(exchangesOf(requests).map((text) => text.split(" ").slice(0, 2).join(" "))).toEqual([
      "GET evasion.test/one",
      "GET evasion.test/two",
    ])
    expect(requests.flows[0]?.summary.gapBytes).toEqual({ client: 0, server: 0 })
    const responses = runPackets(
      timed(
        segmentsOf(turns)
          .filter(({ side }) => side === "server")
          .map(packetOf),
      ),
    )
    expect(exchangesOf(responses).map((text) => text.split(" ").at(-2))).toEqual([digest(body), digest(Buffer.from("abc"))])
  })
})

/** Splits, doubles, overlaps and exchanges neighbours of one side; what an endpoint's TCP makes the same stream of. */
function distort(segments: readonly TcpSegment[], draw: (below: number) => number): TcpSegment[] {
  const spread = segments.flatMap((segment, at): TcpSegment[] => {
    const { payload, seq } = segment
    if (payload.length < 4) return [segment]
    const cut = 1 + draw(payload.length - 2)
    const back = draw(cut)
    const [head, tail] = [
      { ...segment, payload: payload.subarray(0, cut) },
      { ...segment, seq: (seq + cut - back) >>> 0, payload: payload.subarray(cut - back) },
    ]
    const earlier = segments.slice(0, at).filter(({ side, payload: one }) => side === segment.side && one.length > 0)
    const again = earlier.length > 0 && draw(4) === 0 ? [earlier[draw(earlier.length)] as TcpSegment] : []
    return draw(3) === 0 ? [...again, tail, head] : draw(2) === 0 ? [...again, head, tail] : [...again, segment]
  })
  return spread
}

// An attacker who can put packets on the wire between two endpoints, knows their numbers, and wants the tap to read something else than they do. Whatever
// it sends, what we tell is what the endpoints said, or the flow is marked.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { fragmentsOf, packetOf, segmentsOf, type TcpSegment, timed } from "../../support/conversation.ts"
import { anomaliesOf, exchangesOf, runPackets } from "../../support/wire.ts"

const body = Buffer.from(Array.from({ length: 9_000 }, (_, at) => 97 + ((at * 7) % 26)))
const turns = [
  { side: "client", bytes: Buffer.from("GET /one HTTP/1.1\r\nHost: hostile.test\r\n\r\n") },
  { side: "server", bytes: Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`), body]) },
  { side: "client", bytes: Buffer.from("POST /two HTTP/1.1\r\nHost: hostile.test\r\nContent-Length: 5\r\n\r\nhello") },
  { side: "server", bytes: Buffer.from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nworld\r\n0\r\n\r\n") },
] as const
const expected = exchangesOf(runPackets(timed(segmentsOf(turns).map(packetOf))))
type Draw = (below: number) => number

describe("hostile packets", () => {
  it("change nothing unmarked: forged data, resets, ends, beginnings, fragments, in any number and at any place", () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), fc.integer({ min: 100, max: 1_400 }), (random, size) => {
        const draw: Draw = (below) => (random.next().value ?? 0) % below
        const segments = segmentsOf(turns, { size })
        const frames = segments.map(packetOf)
        for (let count = 1 + draw(4); count > 0; count--) {
          const at = 3 + draw(segments.length - 3)
          frames.splice(at + draw(2), 0, ...forged(segments[Math.min(at, segments.length - 1)] as TcpSegment, segments, draw))
        }
        const told = runPackets(timed(frames), { batch: 40 + draw(60) })
        const { client, server } = told.flows[0]?.summary.gapBytes ?? { client: 0, server: 0 }
        if (anomaliesOf(told).length === 0 && client + server === 0) expect(exchangesOf(told)).toEqual(expected)
      }),
      { numRuns: Number(process.env["HOSTILE_RUNS"] ?? 150) },
    )
  })
})

/** Made from a real segment, so that its numbers fit or nearly do. */
function forged(real: TcpSegment, segments: readonly TcpSegment[], draw: Draw): Uint8Array[] {
  const junk = Buffer.alloc(1 + draw(300), "GET /forged HTTP/1.1\r\nHost: x\r\n\r\n")
  const shift = [0, 1, -1, draw(3_000), -draw(3_000), 70_000 + draw(1e6), 0x4000_0000][draw(7)] ?? 0
  const seq = (real.seq + shift) >>> 0
  switch (draw(9)) {
    case 0:
      return [packetOf({ ...real, seq, payload: junk })]
    case 1:
      return [packetOf({ ...real, seq, flags: "R", payload: NONE })]
    case 2:
      return [packetOf({ ...real, seq, flags: "RA", payload: junk })]
    case 3:
      return [packetOf({ ...real, seq, flags: "FA", payload: draw(2) === 0 ? NONE : junk })]
    case 4:
      return [packetOf({ ...real, seq, flags: draw(2) === 0 ? "S" : "SA", payload: draw(2) === 0 ? NONE : junk })]
    case 5:
      return [packetOf({ ...real, seq, flags: "", payload: junk })]
    case 6:
      return [packetOf({ ...real, ack: (real.ack + 1 + draw(4_000)) >>> 0, payload: NONE })]
    case 7:
      // A real segment again, other bytes in it.
      return [packetOf({ ...real, payload: Buffer.alloc(real.payload.length, 0x58) })]
    default: {
      const any = segments[draw(segments.length)] as TcpSegment
      const pieces = fragmentsOf(packetOf({ ...any, payload: junk }), 8 * (1 + draw(8)), draw(3))
      return draw(2) === 0 ? pieces : pieces.slice(0, 1 + draw(pieces.length))
    }
  }
}

const NONE = new Uint8Array(0)

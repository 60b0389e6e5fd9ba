// What endpoints do in all good faith: nothing of it is an anomaly, and none of it changes what is read.
import { describe, expect, it } from "vitest"
import { packetOf, segmentsOf, type TcpSegment, timed } from "../../../support/conversation.ts"
import { anomaliesOf, exchangesOf, runPackets } from "../../../support/wire.ts"

const body = Buffer.alloc(20_000, "0123456789abcdefg")
const turns = [
  { side: "client", bytes: Buffer.from("GET /one HTTP/1.1\r\nHost: manners.test\r\n\r\n") },
  { side: "server", bytes: Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`), body]) },
] as const
const NONE = new Uint8Array(0)
const segments = segmentsOf(turns)
const middle = segments.findIndex(({ side, payload }) => side === "server" && payload.length > 0) + 8

function run(list: readonly TcpSegment[]) {
  return runPackets(timed(list.map(packetOf)))
}
function inMiddle(...more: TcpSegment[]): TcpSegment[] {
  return [...segments.slice(0, middle), ...more, ...segments.slice(middle)]
}

describe("TCP in good faith", () => {
  const plain = exchangesOf(run(segments))
  const next = segments[middle] as TcpSegment

  it("is what the comparisons below take it for", () => {
    expect(plain).toEqual([expect.stringMatching(/^GET manners\.test\/one 200 .* full$/)])
    expect([next.side, next.payload.length]).toEqual(["server", 1_400])
  })

  it.each([
    ["without a byte", NONE],
    ["with one byte of rubbish, as some systems send it", Buffer.from([0])],
  ])("may probe whether the other still lives %s", (_, payload) => {
    const probe = { ...next, flags: "A", seq: (next.seq - 1) >>> 0, payload }
    const told = run(inMiddle(probe, probe))
    expect(exchangesOf(told)).toEqual(plain)
    expect(told.flows[0]?.summary.gapBytes).toEqual({ client: 0, server: 0 })
    expect(anomaliesOf(told)).toEqual([])
  })

  it("may probe a window of zero with the next byte, and send that again", () => {
    const probe = { ...next, flags: "A", payload: next.payload.subarray(0, 1) }
    const told = run(inMiddle(probe, probe))
    expect(exchangesOf(told)).toEqual(plain)
    expect(anomaliesOf(told)).toEqual([])
  })

  it("may open a connection from both ends at once (RFC 9293 section 3.5)", () => {
    const [syn, synAck, , ...rest] = segments as [TcpSegment, TcpSegment, TcpSegment, ...TcpSegment[]]
    const crossing = [
      syn,
      { ...synAck, flags: "S", ack: 0 },
      { ...syn, flags: "SA", ack: synAck.ack === 0 ? 0 : (synAck.seq + 1) >>> 0 },
      synAck,
    ]
    const told = run([...crossing, ...rest])
    expect(exchangesOf(told)).toEqual(plain)
    expect(anomaliesOf(told)).toEqual([])
    expect(told.flows).toHaveLength(1)
  })

  it("may close one half and hear the whole answer on the other", () => {
    const end = segments.findIndex(({ side, flags }) => side === "client" && flags.includes("F"))
    const first = segments.findIndex(({ side, payload }) => side === "server" && payload.length > 0)
    const fin = { ...(segments[end] as TcpSegment), ack: (segments[first] as TcpSegment).seq }
    const told = run([
      ...segments.slice(0, first),
      fin,
      ...segments
        .slice(first, end)
        .map((segment) =>
          segment.side === "client" ? { ...segment, seq: (segment.seq + 1) >>> 0 } : { ...segment, ack: (fin.seq + 1) >>> 0 },
        ),
      { ...(segments[end + 1] as TcpSegment), ack: (fin.seq + 1) >>> 0 },
    ])
    expect(exchangesOf(told)).toEqual(plain)
    expect(anomaliesOf(told)).toEqual([])
    expect(told.flows[0]?.summary.close).toBe("fin")
  })
})

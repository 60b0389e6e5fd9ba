// What a stranger who can send packets does to a connection that we only watch: the streams stay those of its endpoints, or the flow is marked.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { TcpConnection } from "../../../../collectors/wire/tcp/connection.ts"
import type { Piece } from "../../../../collectors/wire/tcp/half.ts"
import { SegmentLog } from "../../../../collectors/wire/tcp/segment-log.ts"
import { packetOf, segmentsOf, type TcpSegment, timed } from "../../../support/conversation.ts"
import { tcpPacketOf } from "../../../support/tcp-packet.ts"
import { anomaliesOf, exchangesOf, runPackets } from "../../../support/wire.ts"

const request = Buffer.from("GET /one HTTP/1.1\r\nHost: stranger.test\r\n\r\n")
const body = Buffer.alloc(400_000, "0123456789abcdefg")
const turns = [
  { side: "client", bytes: request },
  { side: "server", bytes: Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`), body]) },
] as const
const NONE = new Uint8Array(0)

function run(segments: readonly TcpSegment[]) {
  return runPackets(timed(segments.map(packetOf)))
}
function insertAt(segments: readonly TcpSegment[], at: number, ...more: TcpSegment[]): TcpSegment[] {
  return [...segments.slice(0, at), ...more, ...segments.slice(at)]
}

describe("TCP under attack", () => {
  const plain = exchangesOf(run(segmentsOf(turns)))

  it("takes of overlapping segments behind a hole the one that begins first, in whatever order they come", () => {
    const pieces = fc.array(fc.record({ from: fc.integer({ min: 1, max: 40 }), length: fc.integer({ min: 1, max: 20 }) }), {
      maxLength: 12,
    })
    fc.assert(
      fc.property(pieces, (list) => {
        const segments = list.map(({ from, length }, index) => ({ from, bytes: Buffer.alloc(length, 0x41 + index) }))
        const { streams, connection } = direct()
        connection.packet(tcpPacketOf({ seq: 999, flags: "S" }), 0)
        for (const { from, bytes } of segments) connection.packet(tcpPacketOf({ seq: 1_000 + from, flags: "A", payload: bytes }), 0)
        connection.packet(tcpPacketOf({ seq: 1_000, flags: "A", payload: Buffer.from("!") }), 0)
        connection.finish("open", 9)
        expect(streams[0].toString()).toBe(model([{ from: 0, bytes: Buffer.from("!") }, ...segments]))
        expect(connection.budget.used).toBe(0)
      }),
      { numRuns: 300 },
    )
  })

  it("is not silenced by a FIN that nobody acknowledges", () => {
    const segments = segmentsOf(turns)
    const at = segments.findIndex(({ payload }) => payload.length === 1_400) + 4
    const next = segments[at] as TcpSegment
    const told = run(insertAt(segments, at, { ...next, flags: "FA", payload: NONE }))
    expect(exchangesOf(told)).toEqual(plain)
    expect(anomaliesOf(told)).toEqual(["tcp-data-after-fin"])
    expect(told.flows[0]?.summary.close).toBe("fin")
  })

  it("ends a body without length at the FIN, though its acknowledgement was not captured", () => {
    const open = [turns[0], { side: "server", bytes: Buffer.from("HTTP/1.0 200 OK\r\n\r\nto the end") }] as const
    const segments = segmentsOf(open)
    for (const kept of [segments, segments.slice(0, -1), segments.slice(0, -2), segments.slice(0, -3)]) {
      const whole = kept.length > segments.length - 3
      expect(exchangesOf(run(kept))[0]?.split(" ").at(-1)).toBe(whole ? "full" : "open")
    }
  })

  it("lets bytes beyond the window lose against those that come when they may", () => {
    const segments = segmentsOf(turns)
    const at = segments.findIndex(({ payload }) => payload.length === 1_400) + 2
    const far = segments.filter(({ side, payload }) => side === "server" && payload.length > 0)[150] as TcpSegment
    const told = run(insertAt(segments, at, { ...far, payload: Buffer.alloc(far.payload.length, 0x58) }))
    expect(exchangesOf(told)).toEqual(plain)
    expect(anomaliesOf(told)).toEqual(["tcp-out-of-window", "tcp-overlap-conflict"])
  })

  it("believes data on a SYN only when the server takes it", () => {
    const segments = segmentsOf([turns[0], { side: "server", bytes: Buffer.from("HTTP/1.1 204 No Content\r\n\r\n") }])
    const [syn, synAck, ack, data, ...rest] = segments as [TcpSegment, TcpSegment, TcpSegment, TcpSegment, ...TcpSegment[]]
    const forged = { ...syn, payload: Buffer.from("GET /forged HTTP/1.1\r\nHost: x\r\n\r\n") }
    const refused = run([forged, synAck, ack, data, ...rest])
    expect(exchangesOf(refused)[0]).toMatch(/^GET stranger\.test\/one 204/)
    expect(anomaliesOf(refused)).toEqual(["tcp-syn-data-refused"])
    const opened = { ...syn, payload: request }
    const taken = run([opened, { ...synAck, ack: data.seq + request.length }, { ...ack, seq: data.seq + request.length }, ...rest])
    expect(exchangesOf(taken)[0]).toMatch(/^GET stranger\.test\/one 204/)
    expect(anomaliesOf(taken)).toEqual([])
    const unanswered = run([opened])
    expect(exchangesOf(unanswered)[0]).toMatch(/^GET stranger\.test\/one 0/)
    expect(anomaliesOf(unanswered)).toEqual(["tcp-syn-data-unanswered"])
  })

  it("names a connection that a forged reset and a forged SYN put in the place of an open one", () => {
    const segments = segmentsOf(turns)
    const at = segments.findIndex(({ side, payload }) => side === "server" && payload.length > 0)
    const data = segments[at] as TcpSegment
    const reset = { ...data, flags: "R", payload: new Uint8Array(0) }
    const syn = { ...data, flags: "S", seq: (data.seq + 1) >>> 0, payload: new Uint8Array(0) }
    const told = run([...segments.slice(0, at), reset, syn, ...segments.slice(at)])
    expect(anomaliesOf(told)).toContain("tcp-syn-unanswered")
    const again = segmentsOf(turns, { isn: [900_000, 500] })
    expect(anomaliesOf(run([...segments, ...again]))).toEqual([])
  })

  it("reads on behind urgent data, and says that there was some", () => {
    const urgent = segmentsOf(turns).map((segment) =>
      segment.side === "client" && segment.payload.length > 0 ? { ...segment, flags: "PAU" } : segment,
    )
    const told = run(urgent)
    expect(exchangesOf(told)).toEqual(plain)
    expect(anomaliesOf(told)).toEqual(["tcp-urgent-data"])
  })
})

/** What the segments give when each place belongs to the one that begins first. */
function model(segments: readonly { readonly from: number; readonly bytes: Buffer }[]): string {
  const sorted = segments.map((segment, order) => ({ ...segment, order })).sort((a, b) => a.from - b.from || a.order - b.order)
  let text = ""
  let next = 0
  for (const { from, bytes } of sorted) {
    if (from + bytes.length <= next) continue
    text += bytes.subarray(Math.max(0, next - from)).toString()
    next = from + bytes.length
  }
  return text
}

function direct() {
  const streams = [Buffer.alloc(0), Buffer.alloc(0)] as [Buffer, Buffer]
  const connection = new TcpConnection(
    {
      data: (direction: 0 | 1, _: number, { bytes, start, end }: Piece) => {
        streams[direction] = Buffer.concat([streams[direction], bytes.subarray(start, end)])
      },
      gap: () => undefined,
      end: () => undefined,
      oddity: () => undefined,
    },
    { log: new SegmentLog(), budget: { used: 0, limit: 1e6, perHalf: 1e6 } },
  )
  return { streams, connection }
}

import { encode } from "dns-packet"
import { describe, expect, it } from "vitest"
import { LINK_VXLAN } from "../../../collectors/wire/link/link-types.ts"
import { packetOf, segmentsOf, timed } from "../../support/conversation.ts"
import { type TimedPacket, tcpPacket, udpPacket, vxlan } from "../../support/packets.ts"
import { anomaliesOf, exchangesOf, runPackets } from "../../support/wire.ts"

const turns = [
  { side: "client", bytes: Buffer.from("GET /a HTTP/1.1\r\nHost: twin.test\r\n\r\n") },
  { side: "server", bytes: Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") },
] as const
const frames = segmentsOf(turns).map(packetOf)
const inVni = (vni: number, list: readonly Uint8Array[]): Uint8Array[] => list.map((frame) => vxlan(vni, frame))

describe("Wire", () => {
  it("counts a flow that is mirrored at both ends once", () => {
    const both = frames.flatMap((frame) => [vxlan(5, frame), vxlan(6, frame)])
    const told = runPackets(timed(both), { link: LINK_VXLAN })
    expect(exchangesOf(told).length).toBe(1)
    expect(told.flows.map(({ summary }) => summary.packets.client + summary.packets.server)).toEqual([frames.length])
    expect(told.flows.length).toBe(1)
    expect(told.wire.counters.duplicates).toBe(frames.length)
  })

  it("heals a loss of one mirror with the copy of the other", () => {
    const lost = frames.findIndex((frame) => Buffer.from(frame).includes("200 OK"))
    const told = runPackets(timed(frames.flatMap((frame, at) => (at === lost ? [vxlan(6, frame)] : [vxlan(5, frame), vxlan(6, frame)]))), {
      link: LINK_VXLAN,
    })
    expect(exchangesOf(told)[0]).toMatch(/ 200 .* full$/)
    expect(told.flows[0]?.summary.gapBytes).toEqual({ client: 0, server: 0 })
  })

  it("says of each flow how many of its packets came cut to the mirror's size limit", () => {
    const cut = timed(frames).map((packet) =>
      packet.bytes.length > 80 ? { ...packet, bytes: packet.bytes.subarray(0, 80), wire: packet.bytes.length } : packet,
    )
    const short = cut.filter(({ wire }) => wire !== undefined).length
    expect(short).toBeGreaterThan(0)
    expect(runPackets(cut).flows.map(({ summary }) => summary.cutPackets)).toEqual([short])
    expect(runPackets(timed(frames)).flows.map(({ summary }) => summary.cutPackets)).toEqual([0])
    const query = udpPacket({ from: "10.0.0.1", to: "10.0.0.2", sport: 5_000, dport: 9, payload: Buffer.alloc(100) })
    expect(
      runPackets(timed([query]).map((packet) => ({ ...packet, bytes: query.subarray(0, 60), wire: query.length }))).flows[0]?.summary
        .cutPackets,
    ).toBe(1)
  })

  it("keeps equal addresses of two virtual networks apart", () => {
    const other = segmentsOf(turns, { isn: [0x4000_0000, 0x6000_0000] }).map(packetOf)
    const told = runPackets(timed(frames.flatMap((frame, at) => [vxlan(5, frame), vxlan(6, other[at] ?? frame)])), { link: LINK_VXLAN })
    expect(exchangesOf(told).length).toBe(2)
    expect(told.flows.map(({ flow }) => flow.vni)).toEqual([5, 6])
  })

  it("joins the two directions of an overlay that uses a VNI for each", () => {
    const mixed = segmentsOf(turns).map((segment) => vxlan(segment.side === "client" ? 5 : 6, packetOf(segment)))
    const told = runPackets(timed(mixed), { link: LINK_VXLAN })
    expect(exchangesOf(told)).toEqual([expect.stringContaining("GET twin.test/a 200")])
    expect(told.wire.counters.duplicates).toBe(0)
  })

  it("counts datagrams that are mirrored at both ends once", () => {
    const ends = { from: "10.0.0.1", to: "10.0.0.2", sport: 5_000, dport: 53 }
    const query = udpPacket({ ...ends, payload: encode({ type: "query", id: 3, questions: [{ name: "twice.test", type: "A" }] }) })
    const told = runPackets(timed([...inVni(5, [query]), ...inVni(6, [query])]), { link: LINK_VXLAN })
    expect(told.facts.map(({ fact }) => fact.type)).toEqual(["dns"])
    expect(told.flows.map(({ summary }) => summary.packets)).toEqual([{ client: 1, server: 0 }])
  })

  it("gives the same facts however packets are cut into batches", () => {
    const told = (batch: number) => {
      const { facts, flows } = runPackets(timed(frames), { batch })
      return JSON.stringify([facts.map(({ fact }) => fact), flows.map(({ summary }) => summary)])
    }
    expect(told(1)).toBe(told(100))
  })

  it("evicts the longest silent flow when there are too many, and goes on", () => {
    const syn = (n: number): Uint8Array =>
      tcpPacket({ from: `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, to: "192.0.2.1", sport: 1_000, dport: 80, seq: n, flags: "S" })
    const told = runPackets(timed(Array.from({ length: 3_000 }, (_, n) => syn(n))), { limits: { maxFlows: 500 } })
    expect(told.wire.counters.evicted).toBe(2_500)
    expect(told.flows.length).toBe(3_000)
  })

  it("ends flows by packet time", () => {
    const later = (list: readonly TimedPacket[]): TimedPacket[] => list.map(({ at, bytes }) => ({ at: at + 3_600e6, bytes }))
    const noise = Array.from({ length: 200 }, (_, n) =>
      udpPacket({ from: "10.9.9.9", to: "10.9.9.8", sport: 1 + n, dport: 9, payload: Buffer.from("x") }),
    )
    const told = runPackets([...timed(frames.slice(0, 4)), ...later(timed(noise))])
    expect(told.flows[0]?.summary).toMatchObject({ close: "timeout" })
  })

  it("gives up the layers of a flow that holds too much, names it, and keeps the flow", () => {
    const head = Buffer.from("POST /x HTTP/1.1\r\nHost: big.test\r\nContent-Length: 100000\r\n\r\n")
    const big = segmentsOf([{ side: "client", bytes: Buffer.concat([head, Buffer.alloc(100_000, 97)]) }]).map(packetOf)
    const told = runPackets(timed(big), { limits: { maxHeldPerFlow: 10_000 }, batch: 20 })
    expect(anomaliesOf(told)).toContain("flow-memory-limit")
    expect(told.flows.length).toBe(1)
  })

  it("bounds out-of-order bytes and turns the hole into a gap", () => {
    const [syn, synAck, ack, ...rest] = segmentsOf([{ side: "client", bytes: Buffer.alloc(60_000, 0xee) }]).filter(
      ({ payload, flags }) => payload.length > 0 || flags !== "A",
    )
    const lost = [syn, synAck, ack, ...rest.slice(2)].flatMap((segment) =>
      segment === undefined || (segment.side === "server" && segment.flags === "A") ? [] : [packetOf(segment)],
    )
    const told = runPackets(timed(lost), { limits: { maxReassemblyPerDirection: 20_000 } })
    expect(anomaliesOf(told)).toContain("tcp-reassembly-limit")
    expect(told.flows[0]?.summary.gapBytes.client).toBeGreaterThan(0)
  })
})

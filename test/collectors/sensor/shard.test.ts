import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Sharder } from "../../../collectors/sensor/shard.ts"
import { LINK_VXLAN } from "../../../collectors/wire/link/link-types.ts"
import { fragmentsOf, packetOf, segmentsOf, timed } from "../../support/conversation.ts"
import { type TimedPacket, tcpPacket, udpPacket, vxlan } from "../../support/packets.ts"
import { exchangesOf, runPackets } from "../../support/wire.ts"

const shard = (sharder: Sharder, bytes: Uint8Array, link = 1): number =>
  sharder.of({ bytes, start: 0, captured: bytes.length, wire: bytes.length, at: 0, link })
const addresses = fc.tuple(fc.ipV4(), fc.ipV4())
const ports = fc.tuple(fc.nat(65_535), fc.nat(65_535))

describe("Sharder", () => {
  it("sends both directions of two machines' connections to one worker, whatever the ports and the mirror's network", () => {
    const sharder = new Sharder(8)
    fc.assert(
      fc.property(addresses, ports, ports, fc.nat(0xffffff), ([a, b], [p, q], [r, s], vni) => {
        const there = tcpPacket({ from: a, to: b, sport: p, dport: q, seq: 1, flags: "A" })
        const back = tcpPacket({ from: b, to: a, sport: r, dport: s, seq: 1, flags: "A" })
        expect(shard(sharder, back)).toBe(shard(sharder, there))
        expect(shard(sharder, vxlan(vni, back), LINK_VXLAN)).toBe(shard(sharder, there))
      }),
      { numRuns: 200 },
    )
  })

  it("sends every fragment of a datagram where the whole one would go", () => {
    const sharder = new Sharder(8)
    fc.assert(
      fc.property(addresses, ([from, to]) => {
        const whole = udpPacket({ from, to, sport: 1, dport: 2, payload: Buffer.alloc(100, 1) })
        const worker = shard(sharder, whole)
        expect(fragmentsOf(whole, 24, 7).map((piece) => shard(sharder, piece))).toEqual(Array(5).fill(worker))
      }),
      { numRuns: 100 },
    )
  })

  it("spreads the pairs of a network evenly", () => {
    const counts = Array<number>(4).fill(0)
    const sharder = new Sharder(4)
    for (let n = 0; n < 4_000; n++) {
      const from = `10.0.${n >> 8}.${n & 255}`
      const worker = shard(sharder, tcpPacket({ from, to: `192.0.2.${n % 7}`, sport: 1, dport: 2, seq: 1, flags: "A" }))
      counts[worker] = (counts[worker] ?? 0) + 1
    }
    for (const count of counts) expect(count).toBeGreaterThan(800)
  })

  it("gives several workers together what one alone tells, in the order of each flow", () => {
    const packets = timed(interleaved(40))
    const alone = exchangesOf(runPackets(packets)).sort()
    expect(alone).toHaveLength(40)
    const sharder = new Sharder(3)
    const shares: TimedPacket[][] = [[], [], []]
    for (const packet of packets) shares[shard(sharder, packet.bytes)]?.push(packet)
    for (const share of shares) expect(share.length).toBeGreaterThan(0)
    expect(shares.flatMap((share) => exchangesOf(runPackets(share))).sort()).toEqual(alone)
  })
})

/** Conversations of so many clients with one server, packet by packet in turns. */
function interleaved(clients: number): Uint8Array[] {
  const conversations = Array.from({ length: clients }, (_, n) => {
    const turns = [
      { side: "client", bytes: Buffer.from(`GET /${n} HTTP/1.1\r\nHost: shard.test\r\n\r\n`) },
      { side: "server", bytes: Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n${"x".repeat(4_000)}`) },
    ] as const
    return segmentsOf(turns).map((segment) => withClient(packetOf(segment), segment.side, n))
  })
  const longest = Math.max(...conversations.map((list) => list.length))
  return Array.from({ length: longest }, (_, at) => conversations.flatMap((list) => list.slice(at, at + 1))).flat()
}

/** The last byte of the client's IPv4 address. */
function withClient(frame: Uint8Array, side: "client" | "server", n: number): Uint8Array {
  const changed = new Uint8Array(frame)
  changed[side === "client" ? 29 : 33] = n + 1
  return changed
}

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { FlowTable } from "../../../../collectors/wire/flow/flow-table.ts"
import { PlainPackets } from "../../../../collectors/wire/flow/plain-packets.ts"
import { ACKED, DIRECTION, GROUP, LENGTH, ROW_WORDS, SEGMENT, SEQ, START, VNI } from "../../../../collectors/wire/flow/plain-row.ts"
import { PacketDecoder } from "../../../../collectors/wire/ip/decoder.ts"
import { LINK_VXLAN } from "../../../../collectors/wire/link/link-types.ts"
import { IS_TCP } from "../../../../collectors/wire/link/packet.ts"
import { ethernet, ipv4, tcpPacket, udpPacket, vxlan } from "../../../support/packets.ts"
import { batchOf } from "../../../support/wire.ts"

/** Numbers that decide something somewhere: versions, lengths, flags, ports of tunnels. */
const telling = fc.constantFrom(0, 4, 5, 6, 8, 16, 17, 18, 20, 24, 0x12, 0x18, 0x20, 0x21, 0x40, 0x45, 0x46, 0x50, 0x51, 0x60, 0xb5, 0xff)
const change = fc.record({ at: fc.nat(110), to: fc.oneof({ weight: 3, arbitrary: telling }, fc.nat(255)) })

const segment = fc
  .record({
    low: fc.nat(255),
    high: fc.nat(255),
    sport: fc.constantFrom(80, 4789, 50_000),
    dport: fc.constantFrom(80, 443, 4789),
    seq: fc.integer(),
    ack: fc.integer(),
    flags: fc.constantFrom("A", "A", "A", "AP", "S", "AF", "R"),
    payload: fc.uint8Array({ maxLength: 60 }),
    padding: fc.nat(9),
  })
  .map(({ low, high, padding, ...rest }) =>
    Buffer.concat([tcpPacket({ ...rest, from: `10.0.0.${low}`, to: `10.0.0.${high}` }), Buffer.alloc(padding)]),
  )

/** As it is, in VXLAN on its two ports, in VXLAN twice, as a piece of an IP packet; a few bytes changed or cut off. */
const frame = fc
  .record({
    inner: segment,
    shape: fc.constantFrom("plain", "plain", "vxlan", "vxlan", "twice", "fragment", "other"),
    port: fc.constantFrom(4789, 8472),
    changes: fc.array(change, { maxLength: 2 }),
    cut: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.nat(70)),
  })
  .map(({ inner, shape, port, changes, cut }) => {
    const outer = { from: "192.0.2.1", to: "192.0.2.2", sport: 55_555, dport: port }
    const wrapped = (vni: number, bytes: Uint8Array) => udpPacket({ ...outer, payload: vxlan(vni, bytes) })
    const bytes = Buffer.from(
      shape === "plain"
        ? inner
        : shape === "vxlan"
          ? wrapped(77, inner)
          : shape === "twice"
            ? wrapped(5, wrapped(6, inner))
            : shape === "fragment"
              ? ethernet(ipv4({ from: "10.0.0.1", to: "10.0.0.2", protocol: 6, payload: inner.subarray(34), more: true, id: 9 }))
              : udpPacket({ ...outer, payload: inner }),
    )
    for (const { at, to } of changes) if (at < bytes.length) bytes[at] = to
    return bytes.subarray(0, Math.max(0, bytes.length - cut))
  })

describe("PlainPackets", () => {
  it("says of a packet what the decoder says, or leaves it to the decoder", () => {
    let plain = 0
    fc.assert(
      fc.property(fc.array(frame, { minLength: GROUP, maxLength: GROUP }), fc.boolean(), (frames, overSocket) => {
        const packets = frames.map((bytes, at) => ({ at, bytes: overSocket ? vxlan(9, bytes) : bytes }))
        plain += compare(packets, overSocket ? LINK_VXLAN : 1)
      }),
      { numRuns: 150 },
    )
    // Otherwise it would say nothing.
    expect(plain).toBeGreaterThan(500)
  })
})

function compare(packets: readonly { at: number; bytes: Uint8Array }[], link: number): number {
  const batch = batchOf(packets, { slab: 0, link })
  const table = new FlowTable(7)
  const group = new PlainPackets(table)
  const { rows } = group
  group.read(batch, 0)
  const decoder = new PacketDecoder(() => undefined)
  let plain = 0
  for (const [index] of packets.entries()) {
    const kind = decoder.decode(batch, index)
    const row = index * ROW_WORDS
    if (rows[row] !== SEGMENT) continue
    plain++
    expect(kind).toBe(IS_TCP)
    const { packet } = decoder
    const id = table.find(packet, 6)
    expect({ id: table.known(rows, row), ...wordsOf(rows, row) }).toEqual({
      id,
      direction: table.swapped ? 1 : 0,
      seq: packet.seq,
      ack: packet.ack,
      vni: packet.vni,
      start: packet.at,
      length: packet.end - packet.at,
    })
    expect([packet.wireEnd, packet.flags & 0x37, packet.reassembled]).toEqual([packet.end, 16, false])
  }
  return plain
}

function wordsOf(rows: Int32Array, row: number) {
  return {
    direction: rows[row + DIRECTION],
    seq: rows[row + SEQ],
    ack: rows[row + ACKED],
    vni: rows[row + VNI],
    start: rows[row + START],
    length: rows[row + LENGTH],
  }
}

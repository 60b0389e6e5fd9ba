import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { PacketDecoder } from "../../../../collectors/wire/ip/decoder.ts"
import { IS_TCP, IS_UDP } from "../../../../collectors/wire/link/packet.ts"
import { fragmentsOf, timed } from "../../../support/conversation.ts"
import { ethernet, ipv4, tcpPacket, udpDatagram, udpPacket, vxlan } from "../../../support/packets.ts"
import { anomaliesOf, batchOf, runPackets } from "../../../support/wire.ts"

const inner = tcpPacket({
  from: "10.1.1.1",
  to: "10.1.1.2",
  sport: 1_111,
  dport: 2_222,
  seq: 5,
  flags: "A",
  payload: Buffer.from("inside"),
})
const ip = inner.subarray(14)
const over = (protocol: number, payload: Uint8Array): Uint8Array =>
  ethernet(ipv4({ from: "192.0.2.1", to: "192.0.2.2", protocol, payload }))
const udpTo = (dport: number, payload: Uint8Array): Uint8Array =>
  udpPacket({ from: "192.0.2.1", to: "192.0.2.2", sport: 50_000, dport, payload })
const words = (...hex: string[]): Buffer => Buffer.from(hex.join("").replace(/ /g, ""), "hex")

/** IPv6 around the same segment, with extension headers: each its bytes after the "next" one. */
function ipv6(...extensions: readonly (readonly [number: number, rest: string])[]): Buffer {
  const tcp = ip.subarray(20)
  const headers = extensions.map(([, rest], at) => Buffer.concat([Buffer.from([extensions[at + 1]?.[0] ?? 6]), words(rest)]))
  const payload = Buffer.concat([...headers, tcp])
  const fixed = Buffer.from([0x60, 0, 0, 0, payload.length >> 8, payload.length & 255, extensions[0]?.[0] ?? 6, 64])
  return Buffer.concat([fixed, Buffer.alloc(16, 1), Buffer.alloc(16, 2), payload])
}

describe("PacketDecoder", () => {
  it.each<[name: string, frame: Uint8Array, vni: number]>([
    ["plain Ethernet", inner, 0],
    ["a VLAN tag", Buffer.concat([inner.subarray(0, 12), words("8100 0005"), inner.subarray(12)]), 0],
    ["three tags", Buffer.concat([inner.subarray(0, 12), words("88a8 0001 9100 0002 8100 0003"), inner.subarray(12)]), 0],
    ["two MPLS labels", ethernet(Buffer.concat([words("00010040 00020140"), ip]), 0x8847), 0],
    ["a pseudowire over MPLS", ethernet(Buffer.concat([words("00010140 00000000"), inner]), 0x8847), 0],
    ["PPPoE", ethernet(Buffer.concat([words("1100 0001 0040 0021"), ip]), 0x8864), 0],
    ["802.3 with SNAP", Buffer.concat([inner.subarray(0, 12), words("0040 aaaa03 000000"), inner.subarray(12)]), 0],
    ["VXLAN", udpTo(4789, vxlan(77, inner)), 77],
    ["VXLAN whose reserved bits are set", udpTo(4789, Buffer.concat([words("ff ffffff 00004d ff"), inner])), 77],
    ["VXLAN-GPE with IPv4 inside", udpTo(4790, Buffer.concat([words("0c 0000 01 00004d 00"), ip])), 77],
    ["VXLAN-GPE with NSH", udpTo(4790, Buffer.concat([words("0c 0000 04 00004d 00 0f c6 01 03"), Buffer.alloc(20), inner])), 77],
    ["GENEVE with options", udpTo(6081, Buffer.concat([words("02 00 6558 00004d 00 0108 01 01 00000001"), inner])), 77],
    [
      "GENEVE of a gateway load balancer around VXLAN",
      udpTo(6081, Buffer.concat([words("00 00 0800 000000 00"), udpTo(4789, vxlan(77, inner)).subarray(14)])),
      77,
    ],
    ["GRE with key and sequence number", over(47, Buffer.concat([words("3000 0800 00000007 00000001"), ip])), 0],
    ["ERSPAN II", over(47, Buffer.concat([words("1000 88be 00000001"), Buffer.alloc(8), inner])), 0],
    [
      "ERSPAN III with its optional part",
      over(47, Buffer.concat([words("1000 22eb 00000001"), Buffer.alloc(11), words("01"), Buffer.alloc(8), inner])),
      0,
    ],
    ["IP in IP", over(4, ip), 0],
    ["IPv6", ethernet(ipv6(), 0x86dd), 0],
    [
      "IPv6 with options, a route, a whole fragment and authentication",
      ethernet(
        ipv6(
          [0, "00 010400000000"],
          [43, "00 000000000000"],
          [44, "00 0000 00000001"],
          [51, "04 0000 00000001 00000001 000000000000000000000000"],
          [60, "00 010400000000"],
        ),
        0x86dd,
      ),
      0,
    ],
    ["6in4", over(41, ipv6()), 0],
    ["IPv4 in IPv6", ethernet(Buffer.concat([words("60000000 0000 04 40").fill(ip.length, 5, 6), Buffer.alloc(32, 1), ip]), 0x86dd), 0],
    ["EtherIP", over(97, Buffer.concat([words("3000"), inner])), 0],
    ["NSH over Ethernet", ethernet(Buffer.concat([words("0fc6 01 01"), Buffer.alloc(20), ip]), 0x894f), 0],
    ["a provider's backbone (802.1ah)", ethernet(Buffer.concat([words("00000005"), inner]), 0x88e7), 0],
    ["802.3 with LLC alone", Buffer.concat([inner.subarray(0, 12), words("0031 060603"), ip]), 0],
    ["GTP-U", udpTo(2152, Buffer.concat([words("30 ff 002e 00000001"), ip])), 0],
    ["GTP-U with an extension", udpTo(2152, Buffer.concat([words("34 ff 0036 00000001 0000 00 85 01 0000 00"), ip])), 0],
    ["L2TP", udpTo(1701, Buffer.concat([words("4002 003a 0001 0001 ff03 0021"), ip])), 0],
    [
      "a tunnel in a tunnel in a tunnel",
      udpTo(4789, vxlan(5, over(47, Buffer.concat([words("0000 6558"), udpTo(4789, vxlan(77, inner))])))),
      77,
    ],
  ])("finds the packet inside %s", (_, frame, vni) => {
    const { kind, decoder } = decode(frame)
    const { packet } = decoder
    expect(kind).toBe(IS_TCP)
    expect([packet.sourcePort, packet.destinationPort, packet.seq, packet.vni]).toEqual([1_111, 2_222, 5, vni])
    expect(Buffer.from(packet.bytes.subarray(packet.at, packet.end)).toString()).toBe("inside")
  })

  it.each<[name: string, link: number, bytes: Uint8Array]>([
    ["raw IP", 101, ip],
    ["BSD loopback", 0, Buffer.concat([words("02000000"), ip])],
    ["Linux cooked 1", 113, Buffer.concat([Buffer.alloc(14), words("0800"), ip])],
    ["Linux cooked 2", 276, Buffer.concat([words("0800"), Buffer.alloc(18), ip])],
    ["Linux cooked 2 with a VLAN tag", 276, Buffer.concat([words("8100"), Buffer.alloc(18), words("0005 0800"), ip])],
    ["PPP", 9, Buffer.concat([words("ff03 0021"), ip])],
    ["802.11 to a station", 105, Buffer.concat([words("0802"), Buffer.alloc(22), words("aaaa03 000000 0800"), ip])],
    [
      "802.11 with QoS behind radiotap",
      127,
      Buffer.concat([words("0000 0800 00000000 8801"), Buffer.alloc(24), words("aaaa03 000000 0800"), ip]),
    ],
    [
      "802.11 between stations, padded, behind radiotap with time and flags",
      127,
      Buffer.concat([
        words("0000 1900 030000a0 00000080 00000000 0102030405060708 20"),
        words("8803"),
        Buffer.alloc(30),
        words("aaaa03 000000 0800"),
        ip,
      ]),
    ],
    ["802.11 behind PPI", 192, Buffer.concat([words("0000 0800 69000000 0802"), Buffer.alloc(22), words("aaaa03 000000 0800"), ip])],
    [
      "802.11 behind AVS",
      163,
      Buffer.concat([words("80211001 0000000c ffffffff 0802"), Buffer.alloc(22), words("aaaa03 000000 0800"), ip]),
    ],
    ["PPP with a direction", 204, Buffer.concat([words("00 ff03 0021"), ip])],
    ["Cisco HDLC", 104, Buffer.concat([words("0f00 0800"), ip])],
    ["frame relay", 107, Buffer.concat([words("1841 03 cc"), ip])],
    ["frame relay with SNAP", 107, Buffer.concat([words("1841 03 00 80 000000 0800"), ip])],
    ["token ring with a route", 6, Buffer.concat([words("1040 020202020202 820202020202 0400 0000 aaaa03 000000 0800"), ip])],
    ["FDDI", 10, Buffer.concat([Buffer.alloc(13), words("aaaa03 000000 0800"), ip])],
    ["ATM", 100, Buffer.concat([words("aaaa03 000000 0800"), ip])],
    ["Linux's netfilter log", 239, Buffer.concat([words("02 00 0000 0800 0100 08000100 3200 0900"), ip])],
    ["BSD's firewall log", 117, Buffer.concat([words("3d"), Buffer.alloc(63), ip])],
    ["BSD's IPsec interface", 109, Buffer.concat([Buffer.alloc(12), ip])],
    ["MPLS alone", 219, Buffer.concat([words("00010140"), ip])],
    ["SLIP", 8, Buffer.concat([Buffer.alloc(16), ip])],
    ["IP over Fibre Channel", 122, Buffer.concat([Buffer.alloc(16), words("aaaa03 000000 0800"), ip])],
    ["Solaris's ipnet", 226, Buffer.concat([Buffer.alloc(24), ip])],
    ["an analyser's header", 240, Buffer.concat([Buffer.alloc(4), inner])],
    ["an analyser's header and the preamble", 241, Buffer.concat([Buffer.alloc(4), words("55555555555555d5"), inner])],
    ["802.3br", 274, Buffer.concat([words("55555555555555d5"), inner])],
    ["a switch's tag in front", 282, Buffer.concat([Buffer.alloc(4), inner])],
    ["a switch's tag behind the addresses", 281, Buffer.concat([inner.subarray(0, 12), Buffer.alloc(4), inner.subarray(12)])],
    ["a switch's long tag", 284, Buffer.concat([inner.subarray(0, 12), words("dada0000c0000000"), inner.subarray(12)])],
    ["IEEE 1394", 138, Buffer.concat([Buffer.alloc(16), words("0800"), ip])],
    ["Sun's ATM", 123, Buffer.concat([words("02 00 0005 aaaa03 000000 0800"), ip])],
    ["Juniper's Ethernet with extensions", 178, Buffer.concat([words("4d4743 81 0003 010101"), inner])],
    ["Juniper's PPP", 179, Buffer.concat([words("4d4743 00 0021"), ip])],
    ["IP over InfiniBand", 242, Buffer.concat([Buffer.alloc(40), words("0800 0000"), ip])],
  ])("reads the link type of %s", (_, link, bytes) => {
    const told = runPackets(timed([bytes]), { link })
    expect(told.wire.counters.tcp).toBe(1)
    expect(told.flows[0]?.summary.bytes).toEqual({ client: 0, server: 6 })
    expect(anomaliesOf(told)).toEqual([])
  })

  it("names a link type that nobody can read by its number once, and counts its packets", () => {
    const told = runPackets(timed([inner, inner]), { link: 250 })
    expect(told.problems).toEqual(["link-type-250"])
    expect([...told.wire.problems]).toEqual([["link-type-250", 2]])
    expect(told.wire.counters).toMatchObject({ packets: 2, tcp: 0, other: 2 })
  })

  it("reads packets whose checksums are wrong, as before offloading made them right", () => {
    const frame = Buffer.from(inner)
    frame.writeUInt16BE(0xdead, 14 + 10)
    frame.writeUInt16BE(0xbeef, 14 + 20 + 16)
    expect(decode(frame).kind).toBe(IS_TCP)
    const udp = Buffer.from(udpTo(9, Buffer.from("inside")))
    udp.writeUInt16BE(0xdead, 14 + 20 + 6)
    expect(decode(udp).kind).toBe(IS_UDP)
  })

  it("reads Teredo with its origin, and IPv6 below it", () => {
    const udp6 = Buffer.concat([
      words("60000000 000e 11 40"),
      Buffer.alloc(32, 1),
      udpDatagram({ sport: 7, dport: 8, payload: Buffer.from("inside") }),
    ])
    const { kind, decoder } = decode(udpTo(3544, Buffer.concat([words("0000 1234 c0000201"), udp6])))
    expect([kind, decoder.packet.family, decoder.packet.destinationPort]).toEqual([IS_UDP, 6, 8])
  })

  it.each([2152, 1701, 3544])("takes what only looks like a tunnel to port %i for an ordinary datagram", (port) => {
    for (const bytes of ["30ff002e0000000145", "4002003a00010001ff030021", "60000000000e1140", "00", "ffffffffffffffffffffffffffff"]) {
      const { kind, decoder } = decode(udpTo(port, words(bytes)))
      expect([kind, decoder.packet.destinationPort]).toEqual([IS_UDP, port])
    }
  })

  it("takes UDP to a tunnel's port without the tunnel's flag for an ordinary datagram", () => {
    expect(decode(udpTo(4789, Buffer.alloc(20))).kind).toBe(IS_UDP)
  })

  it("believes the frame's length when the total length is 0, as with segmentation offload", () => {
    const frame = Buffer.from(inner)
    frame.writeUInt16BE(0, 16)
    const { decoder } = decode(frame)
    expect(decoder.packet.end - decoder.packet.at).toBe(6)
  })

  it("leaves Ethernet's padding out of the payload", () => {
    const { decoder } = decode(Buffer.concat([inner, Buffer.alloc(30)]))
    expect(decoder.packet.end - decoder.packet.at).toBe(6)
  })

  it("gives up a chain of tunnels without end", () => {
    let frame: Uint8Array = inner
    for (let depth = 0; depth < 40; depth += 1) frame = udpTo(4789, vxlan(1, frame))
    expect(decode(frame).problems).toEqual(["packet-nested-too-deep"])
  })

  it("survives any bytes under every link type", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          0,
          1,
          6,
          9,
          10,
          12,
          50,
          100,
          107,
          109,
          117,
          204,
          219,
          239,
          242,
          51,
          101,
          104,
          108,
          113,
          127,
          166,
          228,
          258,
          276,
          0x10001,
          0x10002,
        ),
        fc.uint8Array({ maxLength: 120 }),
        (link, bytes) => {
          decode(bytes, link)
        },
      ),
      { numRuns: 500 },
    )
  })

  it("survives every mutation of nested tunnels", () => {
    const deep = udpTo(
      6081,
      Buffer.concat([
        words("02 00 6558 00004d 00 0108 01 01 00000001"),
        udpTo(4789, vxlan(77, over(47, Buffer.concat([words("3000 6558 00000007 00000001"), inner])))),
      ]),
    )
    fc.assert(
      fc.property(fc.nat(deep.length - 1), fc.nat(255), fc.nat(deep.length), (at, byte, length) => {
        const frame = Buffer.from(deep)
        frame[at] = byte
        decode(frame.subarray(0, length))
      }),
      { numRuns: 1_000 },
    )
  })
})

describe("Fragments", () => {
  const datagram = udpPacket({ from: "10.0.0.1", to: "10.0.0.2", sport: 9, dport: 10, payload: Buffer.alloc(100, 1) })

  it("puts a datagram together in any order", () => {
    const pieces = fragmentsOf(datagram, 16, 7)
    const told = runPackets(timed([...pieces.slice(3), ...pieces.slice(0, 3).reverse()]))
    expect(told.flows[0]?.summary.bytes.client).toBe(100)
    expect(told.problems).toEqual([])
  })

  it("puts a datagram of IPv6 together in any order", () => {
    const udp = udpDatagram({ sport: 9, dport: 10, payload: Buffer.alloc(100, 1) })
    const piece = (at: number, to: number): Uint8Array => {
      const offset = Buffer.alloc(2)
      offset.writeUInt16BE(at | (to < udp.length ? 1 : 0))
      const payload = Buffer.concat([words("11 00"), offset, words("00000007"), udp.subarray(at, to)])
      const fixed = Buffer.from([0x60, 0, 0, 0, payload.length >> 8, payload.length & 255, 44, 64])
      return ethernet(Buffer.concat([fixed, Buffer.alloc(16, 1), Buffer.alloc(16, 2), payload]), 0x86dd)
    }
    const told = runPackets(timed([piece(80, 108), piece(40, 80), piece(0, 40)]))
    expect(told.flows[0]?.summary.bytes.client).toBe(100)
    expect(told.problems).toEqual([])
  })

  it("lets the piece that begins first win an overlap, and says that they differ", () => {
    const udp = udpDatagram({ sport: 9, dport: 10, payload: Buffer.from("AAAAAAAABBBBBBBBCCCCCCCC") })
    const piece = (offset: number, payload: Uint8Array, more: boolean) =>
      ethernet(ipv4({ from: "10.0.0.1", to: "10.0.0.2", protocol: 17, id: 3, offset, more, payload }))
    const { decoder, problems } = decode(piece(0, udp.subarray(0, 8), true), 1, [
      piece(16, Buffer.from("xxxxxxxxCCCCCCCC"), false),
      piece(8, udp.subarray(8, 24), true),
    ])
    const { packet } = decoder
    expect(Buffer.from(packet.bytes.subarray(packet.at, packet.end)).toString()).toBe("AAAAAAAABBBBBBBBCCCCCCCC")
    expect(problems).toEqual(["ip-fragment-overlap-conflict"])
  })

  it("forgets pieces that wait too long, and bounds how many wait", () => {
    const first = (id: number) => fragmentsOf(datagram, 56, id)[0] as Uint8Array
    const late = runPackets([
      { at: 1e15, bytes: first(1) },
      { at: 1e15 + 40e6, bytes: first(2) },
    ])
    expect(anomaliesOf(late)).toEqual(["ip-fragment-timeout"])
    const flood = runPackets(timed(Array.from({ length: 5_000 }, (_, id) => first(id))))
    expect(anomaliesOf(flood)).toEqual(["ip-fragment-evicted"])
  })
})

function decode(frame: Uint8Array, link = 1, more: readonly Uint8Array[] = []) {
  const problems: string[] = []
  const decoder = new PacketDecoder((code) => problems.push(code))
  const frames = [frame, ...more]
  const batch = batchOf(timed(frames), { slab: 0, link })
  let kind = 0
  for (let index = 0; index < frames.length; index += 1) kind = decoder.decode(batch, index)
  return { kind, decoder, problems }
}

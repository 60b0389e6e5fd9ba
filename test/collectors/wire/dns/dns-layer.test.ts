import { decode, encode, type Packet } from "dns-packet"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { DnsDatagramLayer, DnsStreamLayer } from "../../../../collectors/wire/dns/dns-layer.ts"
import { readDnsMessage } from "../../../../collectors/wire/dns/message.ts"
import type { DnsFact } from "../../../../collectors/wire/facts.ts"
import { TestContext } from "../../../support/playbook.ts"
import { splitInvariant, survivesGarbage } from "../../../support/properties.ts"

const question = (name: string, type: "A" | "HTTPS" | "TXT", id = 7): Packet => ({
  type: "query",
  id,
  flags: 256,
  questions: [{ name, type: type as "A" }],
})
const answer = (name: string, id = 7): Packet => ({
  type: "response",
  id,
  questions: [{ name, type: "A" }],
  answers: [
    { name, type: "CNAME", ttl: 60, data: "edge.example" },
    { name: "edge.example", type: "A", ttl: 30, data: "192.0.2.5" },
  ],
})

describe("DNS over UDP", () => {
  it("joins a question to its answer", () => {
    const facts = datagrams(["client", encode(question("Api.Example", "A"))], ["server", encode(answer("aPI.example"))])
    expect(facts).toMatchObject([
      {
        name: "Api.Example",
        qtype: "A",
        rcode: "NOERROR",
        answers: [
          { name: "aPI.example", type: "CNAME", value: "edge.example" },
          { name: "edge.example", type: "A", ttl: 30, value: "192.0.2.5" },
        ],
      },
    ])
  })

  it("tells a question without an answer at the end, and repeated answers once", () => {
    expect(datagrams(["client", encode(question("a.example", "A"))])).toMatchObject([{ name: "a.example", rcode: undefined }])
    expect(datagrams(["server", encode(answer("b.example"))], ["server", encode(answer("b.example"))])).toMatchObject([
      { name: "b.example", questionBytes: 0 },
    ])
  })

  it.each([
    ["a notification", 4, ["zone.example"]],
    ["a dynamic update", 5, ["zone.example"]],
    ["an obsolete inverse query", 1, []],
  ])("takes the zone of %s for the name asked for", (_, opcode, names) => {
    const bytes = encode({ ...question("zone.example", "A"), flags: opcode << 11 })
    expect(datagrams(["client", bytes]).map(({ name }) => name)).toEqual(names)
  })

  it("reads HTTPS records", () => {
    const data = Buffer.concat([
      Buffer.from([0, 1, 0]),
      Buffer.from([0, 1, 0, 3, 2]),
      Buffer.from("h2"),
      Buffer.from([0, 3, 0, 2, 0x20, 0xfb]),
      Buffer.from([0, 4, 0, 4, 192, 0, 2, 7]),
    ])
    expect(readDnsMessage(message({ type: 65, data }))?.answers).toEqual([
      { name: "x", type: "HTTPS", ttl: 9, value: "1 . alpn=h2 port=8443 ipv4hint=192.0.2.7" },
    ])
  })

  it("takes the upper bits of the response code from EDNS", () => {
    const query = Buffer.from(
      encode({
        type: "response",
        id: 1,
        questions: [{ name: "x", type: "A" }],
        additionals: [{ type: "OPT", name: ".", udpPayloadSize: 1232, flags: 0, options: [], extendedRcode: 1 } as never],
      }),
    )
    expect(readDnsMessage(query)?.rcode).toBe("BADVERS")
  })

  it.each([
    ["a pointer to itself", [0xc0, 12], "dns-compression-loop"],
    ["pointers forward", [0xc0, 14, 0xc0, 12], "dns-compression-loop"],
    ["a label longer than the message", [63, 65], "dns-bad-name"],
    ["a reserved label type", [0x80, 0], "dns-bad-name"],
    ["a name that never ends", Array.from({ length: 300 }, (_, at) => (at % 2 === 0 ? 1 : 97)), "dns-name-too-long"],
  ])("refuses %s", (_, name, problem) => {
    const header = Buffer.from([0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])
    expect(readDnsMessage(Buffer.concat([header, Buffer.from(name)]))?.problem).toBe(problem)
  })

  it("reads what another implementation reads, and never throws on mutations of it", () => {
    const good = encode(answer("some.long.name.example"))
    expect(readDnsMessage(good)?.answers.map(({ name, value }) => [name, value])).toEqual(
      decode(good).answers?.map((one) => [one.name, "data" in one ? one.data : ""]),
    )
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, byte, length) => {
        const bad = Buffer.from(good)
        bad[at] = byte
        readDnsMessage(bad.subarray(0, length))
      }),
      { numRuns: 500 },
    )
  })
})

describe("DNS over TCP", () => {
  const framed = (bytes: Uint8Array): Uint8Array => Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes])
  const conversation = [
    ["client", framed(encode(question("one.example", "A", 1)))],
    ["client", framed(encode(question("two.example", "A", 2)))],
    ["server", framed(encode(answer("two.example", 2)))],
    ["server", framed(encode(answer("one.example", 1)))],
  ] as const
  splitInvariant((context) => new DnsStreamLayer(context), conversation)
  survivesGarbage((context) => new DnsStreamLayer(context), { maxHeld: 2 * 65_537, seeds: [conversation] })

  it("joins questions to their answers by number, in whatever order these come", () => {
    const context = new TestContext()
    const layer = new DnsStreamLayer(context)
    const offsets = { client: 0, server: 0 }
    for (const [side, bytes] of conversation) {
      layer.handle({ type: "data", side, at: 1, offset: offsets[side], bytes })
      offsets[side] += bytes.length
    }
    expect(context.facts).toMatchObject([
      { type: "dns", name: "two.example" },
      { type: "dns", name: "one.example" },
    ])
  })

  it("gives a side up after a gap", () => {
    const context = new TestContext()
    const layer = new DnsStreamLayer(context)
    layer.handle({ type: "data", side: "client", at: 1, offset: 0, bytes: Buffer.from([0, 30, 1]) })
    layer.handle({ type: "gap", side: "client", at: 1, offset: 3, length: 10 })
    layer.handle({ type: "data", side: "client", at: 1, offset: 13, bytes: conversation[0][1] })
    expect(context.facts.map((fact) => (fact.type === "anomaly" ? fact.code : fact.type))).toEqual(["dns-gap"])
  })
})

function datagrams(...messages: (readonly ["client" | "server", Uint8Array])[]): DnsFact[] {
  const context = new TestContext()
  const layer = new DnsDatagramLayer(context)
  for (const [side, bytes] of messages) layer.handle({ type: "datagram", side, at: 1, bytes })
  for (const side of ["client", "server"] as const) layer.handle({ type: "end", side, at: 2, offset: 0, how: "open" })
  return context.facts.filter((fact) => fact.type === "dns")
}

/** A response with one answer whose data is given raw. */
function message({ type, data }: { type: number; data: Uint8Array }): Uint8Array {
  const record = Buffer.alloc(10)
  record.writeUInt16BE(type, 0)
  record.writeUInt16BE(1, 2)
  record.writeUInt32BE(9, 4)
  record.writeUInt16BE(data.length, 8)
  return Buffer.concat([Buffer.from([0, 1, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0]), Buffer.from([1, 0x78, 0]), record, data])
}

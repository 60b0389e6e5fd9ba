import { describe, expect, it } from "vitest"
import { Condemned } from "../../../collectors/reset/condemn.ts"
import type { TcpFrame } from "../../../collectors/reset/tcp-frame.ts"
import type { DenyList } from "../../../services/contracts/deny-list.ts"

const NOW = 1_000

describe("what is condemned", () => {
  it("is what goes to or comes from a denied address, in either family, until its time is over", () => {
    const condemned = listed({ kind: "ip", value: "203.0.113.9" }, { kind: "ip", value: "2001:DB8::9" })
    expect(condemned.has(frame({ to: "203.0.113.9" }), NOW)).toBe(true)
    expect(condemned.has(frame({ from: "203.0.113.9", to: "10.0.0.10" }), NOW)).toBe(true)
    expect(condemned.has(frame({ to: "203.0.113.10" }), NOW)).toBe(false)
    expect(condemned.has(frame({ to: "203.0.113.9" }), NOW + 5_000)).toBe(false)
    const six = { ...frame({}), from: v6("2001:db8:0:0:0:0:0:1"), to: v6("2001:db8:0:0:0:0:0:9") }
    expect(condemned.has(six, NOW)).toBe(true)
  })

  it("is an agent by its address, but not the agent of another network that has the same address", () => {
    expect(listed({ kind: "workload", value: "10.0.0.10" }).has(frame({}), NOW)).toBe(true)
    expect(listed({ kind: "workload", value: "77/10.0.0.10" }).has(frame({}), NOW)).toBe(true)
    expect(listed({ kind: "workload", value: "78/10.0.0.10" }).has(frame({}), NOW)).toBe(false)
  })

  it.each([
    ["its request's Host", ["GET /x HTTP/1.1\r\nUser-Agent: y\r\nHost: api.bad.example:8080\r\n\r\n"], true],
    ["a proxy's CONNECT", ["CONNECT bad.example:443 HTTP/1.1\r\n\r\n"], true],
    ["a Host in its second packet", ["POST /x HTTP/1.1\r\nUser-Agent: y\r\n", "Host: bad.example\r\n\r\n"], true],
    ["a host that only ends alike", ["GET /x HTTP/1.1\r\nHost: notbad.example\r\n\r\n"], false],
    ["a body that looks like a request", ["data", "GET /x HTTP/1.1\r\nHost: good.example\r\n\r\n"], false],
  ])("is a connection that names a denied host: %s", (_, payloads, expected) => {
    const condemned = listed({ kind: "host", value: "bad.example" })
    const seen = payloads.map((text) => condemned.has(frame({ payload: Buffer.from(text) }), NOW))
    expect(seen.at(-1)).toBe(expected)
    expect(condemned.has(frame({ from: "198.51.100.7", to: "10.0.0.10", sport: 443, dport: 50_000 }), NOW)).toBe(expected)
  })

  it.each([1, 100, 517])("is a TLS connection by its server name, also when the hello comes in pieces of %i bytes or records", (size) => {
    const condemned = listed({ kind: "host", value: "bad.example" })
    const hello = clientHello("api.bad.example")
    let last = false
    for (let at = 0; at < hello.length; at += size === 1 ? hello.length : size)
      last = condemned.has(frame({ payload: hello.subarray(at, at + (size === 1 ? hello.length : size)) }), NOW)
    expect(last).toBe(true)
    const other = listed({ kind: "host", value: "bad.example" })
    expect(other.has(frame({ payload: clientHello("good.example") }), NOW)).toBe(false)
  })

  it("is free again when the list says no more of it", () => {
    const condemned = listed({ kind: "host", value: "bad.example" })
    condemned.has(frame({ payload: clientHello("bad.example") }), NOW)
    condemned.take({ v: 1, version: 2, issuedAt: 0, entries: [] })
    expect(condemned.has(frame({}), NOW)).toBe(false)
    expect(condemned.filter(NOW)).toBeUndefined()
  })

  it("keeps little of a flood of openings that never name a host", () => {
    const condemned = listed({ kind: "host", value: "bad.example" })
    for (let n = 0; n < 20_000; n++) condemned.has(frame({ sport: n, payload: Buffer.from("GET /x HTTP/1.1\r\n") }), NOW)
    expect(condemned.held).toBeLessThanOrEqual(4_096)
  })

  it("is asked of the kernel by address where that is enough, and by all of TCP where names are denied", () => {
    expect(listed({ kind: "ip", value: "203.0.113.9" }).filter(NOW)).toBe(
      "(tcp and (host 203.0.113.9)) or (vlan and tcp and (host 203.0.113.9))",
    )
    expect(listed({ kind: "host", value: "bad.example" }).filter(NOW)).toBe("(tcp) or (vlan and tcp)")
    expect(listed({ kind: "host", value: "bad.example" }).filter(NOW + 5_000)).toBeUndefined()
  })
})

function listed(...entries: Pick<DenyList["entries"][number], "kind" | "value">[]): Condemned {
  const condemned = new Condemned({ vnis: new Set([77]) })
  condemned.take({
    v: 1,
    version: 1,
    issuedAt: 0,
    entries: entries.map((entry) => ({ ...entry, id: "r", reason: "", until: NOW + 5_000 })),
  })
  return condemned
}

function frame({
  from = "10.0.0.10",
  to = "198.51.100.7",
  sport = 50_000,
  dport = 443,
  payload = new Uint8Array(0),
}: {
  from?: string
  to?: string
  sport?: number
  dport?: number
  payload?: Uint8Array
}): TcpFrame {
  const bytes = (address: string) => Uint8Array.from(address.split(".").map(Number))
  return {
    link: new Uint8Array(14),
    from: bytes(from),
    to: bytes(to),
    fromPort: sport,
    toPort: dport,
    seq: 1,
    ack: 1,
    flags: 0x18,
    payload,
  }
}

function v6(address: string): Uint8Array {
  return Uint8Array.from(address.split(":").flatMap((word) => [Number.parseInt(word, 16) >> 8, Number.parseInt(word, 16) & 255]))
}

/** With a key share of post-quantum size before the name, over two records. */
function clientHello(host: string): Buffer {
  const name = Buffer.from(host)
  const vector = (bytes: Buffer, size: number): Buffer => {
    const length = Buffer.alloc(size)
    length.writeUIntBE(bytes.length, 0, size)
    return Buffer.concat([length, bytes])
  }
  const extension = (type: number, body: Buffer) => Buffer.concat([Buffer.from([type >> 8, type & 255]), vector(body, 2)])
  const extensions = Buffer.concat([
    extension(51, Buffer.alloc(1_200)),
    extension(0, vector(Buffer.concat([Buffer.from([0]), vector(name, 2)]), 2)),
  ])
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32, 7),
    vector(Buffer.alloc(32), 1),
    vector(Buffer.from([0x13, 0x01]), 2),
    vector(Buffer.from([0]), 1),
    vector(extensions, 2),
  ])
  const message = Buffer.concat([Buffer.from([1]), vector(body, 3)])
  const record = (part: Buffer) => Buffer.concat([Buffer.from([22, 3, 1]), vector(part, 2)])
  return Buffer.concat([record(message.subarray(0, 700)), record(message.subarray(700))])
}

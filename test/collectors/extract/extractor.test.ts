import { describe, expect, it } from "vitest"
import { envelope } from "../../../services/contracts/envelope.ts"
import { exchange, extract, flow, frame, json, ofKind } from "./facts.ts"

describe("createExtractor", () => {
  it("gives every exchange an http row that keeps the contract", () => {
    const [row] = extract([exchange({ path: "/a", request: { headers: json, body: { a: 1 } }, response: { body: "ok" } })])
    expect(envelope.parse(row)).toEqual(row)
    expect(row).toMatchObject({
      kind: "http",
      direction: "outbound",
      data: { path: "/a", request: { text: '{"a":1}', bytes: 7 }, durationMicros: 1_000 },
    })
  })

  it("names the same fact with the same id on every replay and different facts differently", () => {
    const facts = [exchange({ stream: 0 }), exchange({ stream: 1 }), frame({ payload: "a" }), frame({ payload: "b", index: 1 })]
    const first = extract(facts).map((row) => row.id)
    expect(extract(facts).map((row) => row.id)).toEqual(first)
    expect(new Set(first).size).toBe(4)
  })

  it("takes the machine that mirroring knows for the workload, also when it is the server", () => {
    const known = { id: "i-1", vni: 7, ip: "93.184.216.34", egressIp: "1.2.3.4" }
    const [row] = extract([exchange({})], { workload: (_, ip) => (ip === known.ip ? known : undefined) })
    expect(row).toMatchObject({ direction: "inbound", agent: { workload: known } })
  })

  it("takes a private server for the workload when a stranger opened the connection", () => {
    const [row] = extract(
      [frame({ payload: "x", side: "server" })],
      {},
      { ...flow, client: { ip: "8.8.8.8", port: 1 }, server: { ip: "fd00::1", port: 80 } },
    )
    expect(row).toMatchObject({ direction: "inbound", agent: { workload: { id: "7/fd00::1" } }, data: { direction: "outbound" } })
  })

  it("leaves the text of a binary body out and keeps its hash", () => {
    const [row] = ofKind(extract([exchange({ response: { body: new Uint8Array([0x1f, 0x8b, 8, 0, 0]) } })]), "http")
    expect(row?.data.response.text).toBeUndefined()
    expect(row?.data.response.bytes).toBe(5)
  })
})

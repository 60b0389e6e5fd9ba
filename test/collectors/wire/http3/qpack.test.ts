import { describe, expect, it } from "vitest"
import { QpackDecoder } from "../../../../collectors/wire/http3/qpack.ts"
import { QPACK_STATIC_TABLE } from "../../../../collectors/wire/http3/static-table.ts"
import { hex } from "../../../support/playbook.ts"

function decoder(...instructions: readonly string[]): QpackDecoder {
  const made = new QpackDecoder()
  made.maxCapacity = 220
  for (const instruction of instructions) expect(made.encoderData(hex(instruction))).toBeUndefined()
  return made
}
const headersOf = (qpack: QpackDecoder, block: string) => {
  const decoded = qpack.decode(hex(block))
  return decoded === "blocked" ? decoded : (decoded.error ?? decoded.headers)
}
const B2 = "3fbd01 c00f7777772e6578616d706c652e636f6d c10c2f73616d706c652f70617468"
const B3 = "4a637573746f6d2d6b6579 0c637573746f6d2d76616c7565"

describe("QpackDecoder", () => {
  it("has the 99 static entries in their places", () => {
    expect(QPACK_STATIC_TABLE).toHaveLength(99)
    expect([17, 25, 46, 71, 95].map((index) => QPACK_STATIC_TABLE[index])).toEqual([
      [":method", "GET"],
      [":status", "200"],
      ["content-type", "application/json"],
      [":status", "500"],
      ["user-agent", ""],
    ])
  })
  it("reads the examples of RFC 9204 appendix B", () => {
    expect(headersOf(decoder(), "0000 510b2f696e6465782e68746d6c")).toEqual([[":path", "/index.html"]])
    expect(headersOf(decoder(B2), "0381 10 11")).toEqual([
      [":authority", "www.example.com"],
      [":path", "/sample/path"],
    ])
    expect(headersOf(decoder(B2, B3, "02"), "0500 80 c1 81")).toEqual([
      [":authority", "www.example.com"],
      [":path", "/"],
      ["custom-key", "custom-value"],
    ])
  })
  it("evicts the oldest when the table is full", () => {
    const qpack = decoder(B2, B3, "02", "810d637573746f6d2d76616c756532")
    expect(qpack.inserted).toBe(5)
    expect(headersOf(qpack, "0600 80")).toEqual([["custom-key", "custom-value2"]])
    expect(headersOf(qpack, "0200 80")).toBe("qpack-index")
  })
  it("waits for entries that were not inserted yet, and takes instructions cut anywhere", () => {
    const qpack = decoder()
    expect(headersOf(qpack, "0381 10 11")).toBe("blocked")
    for (const byte of hex(B2)) expect(qpack.encoderData(Uint8Array.of(byte))).toBeUndefined()
    expect(headersOf(qpack, "0381 10 11")).toHaveLength(2)
  })
  it("leaves out what refers to a lost table and keeps what does not", () => {
    const qpack = decoder(B2)
    qpack.lose()
    const decoded = qpack.decode(hex("0381 10 d1 27 00 41 61 01 62"))
    expect(decoded).toMatchObject({
      unknown: 1,
      headers: [
        [":method", "GET"],
        ["", ""],
      ].slice(0, 1),
    })
  })
  it("survives an instruction that refers to nothing", () => {
    const qpack = new QpackDecoder()
    expect(qpack.encoderData(hex("3fbd01 81 00"))).toBe("qpack-encoder-stream")
    expect(qpack.encoderData(hex(B2))).toBeUndefined()
  })
})

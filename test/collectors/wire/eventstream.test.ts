import { crc32 } from "node:zlib"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseEventStream } from "../../../collectors/wire/eventstream.ts"

const u32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}
const header = (name: string, type: number, value: Buffer) =>
  Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([type]), value])
const text = (value: string) => Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)])
function message(payload: string, ...headers: readonly Buffer[]): Buffer {
  const all = Buffer.concat(headers)
  const lengths = Buffer.concat([u32(16 + all.length + payload.length), u32(all.length)])
  const before = Buffer.concat([lengths, u32(crc32(lengths)), all, Buffer.from(payload)])
  return Buffer.concat([before, u32(crc32(before))])
}
const delta = (payload: string) =>
  message(payload, header(":event-type", 7, text("contentBlockDelta")), header(":message-type", 7, text("event")))

describe("parseEventStream", () => {
  it("reads messages with headers of every type", () => {
    const all = message(
      "{}",
      header("t", 0, Buffer.alloc(0)),
      header("f", 1, Buffer.alloc(0)),
      header("b", 2, Buffer.from([0xff])),
      header("i", 4, u32(7)),
      header("l", 8, Buffer.from("0000019aa0000000", "hex")),
      header("h", 6, Buffer.from([0, 2, 0xab, 0xcd])),
      header("u", 9, Buffer.alloc(16, 1)),
      header("s", 7, text("é")).subarray(0, 0),
      header(":event-type", 7, text("chunk")),
    )
    const [one] = parseEventStream(all)
    expect(one?.intact).toBe(true)
    expect(Object.fromEntries(one?.headers ?? [])).toMatchObject({
      t: "true",
      f: "false",
      b: "-1",
      i: "7",
      h: "abcd",
      u: "01".repeat(16),
      ":event-type": "chunk",
    })
  })
  it("marks a message whose bytes were changed, and one that was cut", () => {
    const broken = delta("one")
    broken[broken.length - 6] = 0x58
    const messages = parseEventStream(Buffer.concat([broken, delta("two"), delta("three").subarray(0, -6)]))
    expect(messages.map(({ payload, intact }) => [Buffer.from(payload).toString(), intact])).toEqual([
      ["oXe", false],
      ["two", true],
      ["thr", false],
    ])
  })
  it("finds the next message after a hole", () => {
    const holed = Buffer.concat([delta("one"), delta("lost ".repeat(20)).subarray(40), delta("three")])
    expect(parseEventStream(holed).map(({ payload }) => Buffer.from(payload).toString())).toEqual(["one", "three"])
  })
  it("survives any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => Array.isArray(parseEventStream(Buffer.concat([bytes, delta("x"), bytes])))),
      { numRuns: 200 },
    )
  })
})

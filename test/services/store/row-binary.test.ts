import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { BadValueError, encodeRows, toMicros } from "../../../services/store/row-binary.ts"

const encode = (type: string, value: unknown) => encodeRows([{ name: "c", type }], [{ c: value }])
const hex = (type: string, value: unknown) => encode(type, value).toString("hex")

describe("RowBinary", () => {
  it.each([
    ["String", "ab", "026162"],
    ["String", "é", "02c3a9"],
    ["String", undefined, "00"],
    ["String", new Uint8Array([0, 255]), "0200ff"],
    ["LowCardinality(String)", "x", "0178"],
    ["UInt8", 255, "ff"],
    ["UInt16", 258, "0201"],
    ["UInt32", 4_294_967_295, "ffffffff"],
    ["UInt64", 4_294_967_296, "0000000001000000"],
    ["UInt64", Number.MAX_SAFE_INTEGER, "ffffffffffff1f00"],
    ["Int64", -1, "ffffffffffffffff"],
    ["Int64", -4_294_967_297, "fffffffffeffffff"],
    ["Float32", 1.5, "0000c03f"],
    ["Bool", true, "01"],
    ["Enum8('low' = -1, 'high' = 3)", "high", "03"],
    ["Enum8('low' = -1, 'high' = 3)", "low", "ff"],
    ["DateTime('UTC')", 5_000_000, "05000000"],
    ["DateTime64(6, 'UTC')", 1, "0100000000000000"],
    ["DateTime64(6, 'UTC')", "1970-01-01 00:00:01.000002", "42420f0000000000"],
    ["Array(String)", ["a", ""], "02016100"],
    ["Nullable(UInt8)", null, "01"],
    ["Nullable(UInt8)", 7, "0007"],
    ["SimpleAggregateFunction(groupUniqArrayArray(256), Array(String))", ["a"], "010161"],
    ["SimpleAggregateFunction(max, Tuple(at DateTime64(6, 'UTC'), name String))", [1, "n"], "0100000000000000016e"],
  ])("writes %s %j", (type, value, bytes) => {
    expect(hex(type, value)).toBe(bytes)
  })

  it.each([
    ["UInt8", 256],
    ["UInt8", -1],
    ["UInt16", 1.5],
    ["UInt64", -1],
    ["UInt32", "many"],
    ["String", { a: 1 }],
    ["DateTime64(6, 'UTC')", "yesterday"],
    ["Enum8('low' = 1)", "loud"],
    ["Array(String)", "a"],
  ])("says which column cannot hold a value: %s %j", (type, value) => {
    expect(() => encode(type, value)).toThrow(BadValueError)
    expect(() => encode(type, value)).toThrow(/^column c: /)
  })

  it("writes any string with its length in UTF-8 bytes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        const expected = Buffer.from(text)
        const bytes = encode("String", text)
        expect(bytes.subarray(bytes.length - expected.length)).toEqual(expected)
        const prefix = bytes.subarray(0, bytes.length - expected.length)
        expect(prefix.reduce((sum, byte, at) => sum + (byte & 0x7f) * 128 ** at, 0)).toBe(expected.length)
      }),
      { numRuns: 200 },
    )
  })

  it("keeps nonsense times inside what the column holds", () => {
    expect(toMicros(1e300)).toBe(10_413_791_999_000_000)
    expect(toMicros(-5)).toBe(0)
  })
})

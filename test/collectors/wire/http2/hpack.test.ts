import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { HpackDecoder } from "../../../../collectors/wire/http2/hpack.ts"
import { hex } from "../../../support/playbook.ts"

const decode = (decoder: HpackDecoder, block: string) => decoder.decode(hex(block))
/** Literal with indexing and a new name, uncoded. */
const insert = (name: string, value: string) =>
  Buffer.concat([Buffer.from([0x40, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)])

describe("HpackDecoder", () => {
  it("reads the examples of RFC 7541 appendix C.4 (Huffman, dynamic table)", () => {
    const decoder = new HpackDecoder()
    expect(decode(decoder, "828684418cf1e3c2e5f23a6ba0ab90f4ff").headers).toEqual([
      [":method", "GET"],
      [":scheme", "http"],
      [":path", "/"],
      [":authority", "www.example.com"],
    ])
    expect(decode(decoder, "828684be5886a8eb10649cbf").headers).toContainEqual(["cache-control", "no-cache"])
    expect(decode(decoder, "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf").headers).toEqual([
      [":method", "GET"],
      [":scheme", "https"],
      [":path", "/index.html"],
      [":authority", "www.example.com"],
      ["custom-key", "custom-value"],
    ])
  })
  it("follows size updates and evicts the oldest first", () => {
    const decoder = new HpackDecoder()
    decoder.decode(Buffer.concat([hex("3f21"), insert("a", "1"), insert("b", "2")]))
    expect(decode(decoder, "be").headers).toEqual([["b", "2"]])
    expect(decode(decoder, "20 be")).toMatchObject({ error: "hpack-index" })
  })
  it("names entries nobody saw unknown after a loss, and knows new ones again", () => {
    const decoder = new HpackDecoder()
    decoder.decode(insert("old", "1"))
    decoder.lose()
    expect(decode(decoder, "be")).toMatchObject({ unknown: 1, headers: [], error: undefined })
    decoder.decode(insert("new", "2"))
    expect(decode(decoder, "be bf")).toMatchObject({ unknown: 1, headers: [["new", "2"]] })
  })
  it("keeps count of an insertion whose name is unknown", () => {
    const decoder = new HpackDecoder()
    decoder.lose()
    // Literal with indexing, name by reference to the lost entry 62.
    expect(decode(decoder, "7e 01 78")).toMatchObject({ unknown: 1, headers: [] })
    decoder.decode(insert("known", "y"))
    expect(decode(decoder, "be bf")).toMatchObject({ unknown: 1, headers: [["known", "y"]] })
  })
  it.each([
    ["an index that does not exist", "ff00", "hpack-index"],
    ["index zero", "80", "hpack-index"],
    ["an integer without end", "ffffffffffffffff7f", "hpack-integer"],
    ["a string longer than the block", "40 05 61", "hpack-cut"],
    ["EOS inside a string", "40 84 ffffffff 00", "hpack-string"],
    ["padding of a whole byte", "40 82 1fff 00", "hpack-string"],
    ["a table larger than anyone agrees on", "3fe1ffffff07", "hpack-table-size"],
  ])("refuses %s", (_, block, error) => {
    expect(decode(new HpackDecoder(), block).error).toBe(error)
  })
  it("stops a bomb of references at its limit, and stays right afterwards", () => {
    const decoder = new HpackDecoder()
    decoder.decode(Buffer.concat([hex("40 01 62 7f 81 1e"), Buffer.alloc(4000, "x")]))
    const bomb = decoder.decode(Buffer.alloc(16_000, 0xbe))
    expect(bomb).toMatchObject({ tooLarge: true, error: undefined })
    expect(bomb.headers.length).toBeLessThan(70)
    expect(decode(decoder, "82").headers).toEqual([[":method", "GET"]])
  })
  it("survives any bytes", () => {
    const decoder = new HpackDecoder()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => decoder.decode(bytes).headers.length <= 256 * 1024),
      { numRuns: 500 },
    )
  })
})

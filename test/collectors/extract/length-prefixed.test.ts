import { deflateSync, gzipSync } from "node:zlib"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { readBody } from "../../../collectors/extract/body.ts"
import { lengthPrefixed } from "../../../collectors/extract/length-prefixed.ts"

const frame = (bytes: Uint8Array, flags = 0): Buffer => {
  const head = Buffer.alloc(5)
  head[0] = flags
  head.writeUInt32BE(bytes.length, 1)
  return Buffer.concat([head, bytes])
}
const read = (body: Uint8Array) => [...lengthPrefixed(body)].map(({ flags, bytes, end }) => [flags, Buffer.from(bytes).toString(), end])
const text = Buffer.from("said in one message")

describe("lengthPrefixed", () => {
  it("reads messages as they are, in gzip and in deflate, each by its own flag", () => {
    const body = Buffer.concat([frame(text), frame(gzipSync(text), 1), frame(deflateSync(text), 1), frame(Buffer.alloc(0)), frame(text, 2)])
    expect(read(body).map(([flags, said]) => [flags, said])).toEqual([
      [0, text.toString()],
      [1, text.toString()],
      [1, text.toString()],
      [0, ""],
      [2, text.toString()],
    ])
    expect(read(body).at(-1)?.[2]).toBe(body.length)
  })

  it("gives what a cut body holds of its last message, and leaves out what does not decompress", () => {
    expect(read(Buffer.concat([frame(Buffer.from("no gzip"), 1), frame(text).subarray(0, 12)]))).toEqual([[0, "said in", 24]])
    expect(read(Buffer.from([0, 0, 0]))).toEqual([])
  })

  it("unpacks no more in all than it may, whatever the number of bombs", () => {
    const bomb = frame(gzipSync(Buffer.alloc(4 * 1024 * 1024)), 1)
    const body = Buffer.concat(Array.from({ length: 50 }, () => bomb))
    const unpacked = [...lengthPrefixed(body)].reduce((sum, { bytes }) => sum + bytes.length, 0)
    expect(unpacked).toBe(16 * 1024 * 1024)
  })

  it("survives any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const { end } of lengthPrefixed(bytes)) expect(end).toBeLessThanOrEqual(bytes.length)
      }),
      { numRuns: 200 },
    )
  })
})

describe("a Connect stream in JSON", () => {
  it("has its messages read though they are compressed, and its error at the end", () => {
    const bytes = Buffer.concat([
      frame(Buffer.from('{"text":"plain"}')),
      frame(gzipSync('{"text":"packed"}'), 1),
      frame(Buffer.from('{"error":{"code":"aborted"}}'), 2),
    ])
    const body = { bytes, length: bytes.length, encodedLength: bytes.length, sha256: "", completeness: "full", marks: [] } as const
    const headers = [["content-type", "application/connect+json"]] as const
    const { pieces } = readBody({ headers, trailers: [], body, startedAt: 1, headAt: 1, endedAt: 1 })
    expect(pieces?.map(({ data }) => data)).toEqual([{ text: "plain" }, { text: "packed" }, { error: { code: "aborted" } }])
  })
})

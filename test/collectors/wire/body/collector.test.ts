import { createHash } from "node:crypto"
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib"
import { describe, expect, it } from "vitest"
import { parseCodings } from "../../../../collectors/wire/body/coding.ts"
import { BodyCollector } from "../../../../collectors/wire/body/collector.ts"
import type { Completeness, HttpBody } from "../../../../collectors/wire/facts.ts"

const text = Array.from({ length: 400 }, (_, index) => `line ${index} of a text that compresses, ${index * 7919}\n`).join("")
const sha256 = (bytes: string | Uint8Array) => createHash("sha256").update(bytes).digest("hex")
/** "Zstandard works 12345" as one frame, made by hand: magic, single segment, content size, one raw block. */
const zstdFrame = (plain: string | Uint8Array) => {
  const size = Buffer.alloc(3)
  size.writeUIntLE((plain.length << 3) | 1, 0, 3)
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, plain.length]), size, Buffer.from(plain)])
}

interface Input {
  readonly codings?: string
  readonly limit?: number
  readonly pieces: readonly (Uint8Array | number)[]
  readonly how?: Completeness
}
function collect({ codings = "", limit = 1 << 20, pieces, how = "full" }: Input): { body: HttpBody; codes: string[]; text: string } {
  const codes: string[] = []
  const collector = new BodyCollector({ codings: parseCodings(codings), limit, anomaly: (code) => codes.push(code) })
  let at = 1000
  for (const piece of pieces) {
    if (typeof piece === "number") collector.gap(piece, at)
    else {
      const lent = Buffer.from(piece)
      collector.push(lent, at)
      lent.fill(0xaa)
    }
    at += 10
  }
  const body = collector.finish(how, at)
  return { body, codes, text: Buffer.from(body.bytes).toString("latin1") }
}
const cutInto = (bytes: Uint8Array, size: number) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size))

describe("BodyCollector", () => {
  it.each([
    ["gzip", gzipSync(text)],
    ["X-GZIP", gzipSync(text)],
    ["deflate", deflateSync(text)],
    ["deflate", deflateRawSync(text)],
    ["br", brotliCompressSync(text)],
    ["gzip, br", brotliCompressSync(gzipSync(text))],
    ["gzip, gzip, deflate", deflateSync(gzipSync(gzipSync(text)))],
    ["identity", Buffer.from(text)],
  ])("decodes %s whatever the pieces", (codings, encoded) => {
    for (const size of [1, 7, 1400, encoded.length]) {
      const { body, codes, text: got } = collect({ codings, pieces: cutInto(encoded, size) })
      expect(got).toBe(text)
      expect(codes).toEqual([])
      expect(body).toMatchObject({ length: text.length, sha256: sha256(text), completeness: "full", encodedLength: encoded.length })
    }
  })

  it("decodes zstd, frame after frame", () => {
    const encoded = Buffer.concat([zstdFrame("Zstandard works, "), zstdFrame("twice")])
    for (const size of [1, 5, 100]) expect(collect({ codings: "zstd", pieces: cutInto(encoded, size) }).text).toBe("Zstandard works, twice")
  })

  it("refuses a zstd window of a gigabyte instead of reserving it", () => {
    const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 20 << 3, 0x09, 0, 0, 0x61, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    const { codes } = collect({ codings: "zstd", pieces: [frame] })
    expect(codes).toEqual(["coding-lie"])
  })

  it("takes the header of a huge frame inside a frame for the text that it is, and one behind it for what it is", () => {
    const huge = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 20 << 3])
    const words = `a zstd file in an answer: ${huge.toString("latin1")} and more`
    const skippable = Buffer.concat([Buffer.from([0x50, 0x2a, 0x4d, 0x18, 6, 0, 0, 0]), huge])
    const inside = Buffer.concat([zstdFrame(Buffer.from(words, "latin1")), skippable, zstdFrame("end")])
    for (const size of [1, 3, 200]) {
      const { body, codes } = collect({ codings: "zstd", pieces: cutInto(inside, size) })
      expect(Buffer.from(body.bytes).toString("latin1")).toBe(`${words}end`)
      expect(codes).toEqual([])
      const behind = collect({ codings: "zstd", pieces: cutInto(Buffer.concat([inside, huge, Buffer.alloc(20)]), size) })
      expect(behind.codes).toEqual([size === 200 ? "coding-lie" : "coding-broken"])
    }
  })

  it("joins gzip members and leaves out padding and garbage behind them", () => {
    const members = Buffer.concat([gzipSync("one "), gzipSync("two"), Buffer.alloc(10), Buffer.from("garbage")])
    for (const size of [1, 3, 1000])
      expect(collect({ codings: "gzip", pieces: cutInto(members, size) })).toMatchObject({ text: "one two", codes: [] })
  })

  it("reads every optional field of a gzip header", () => {
    const plain = gzipSync("x")
    const header = Buffer.concat([
      Buffer.from([0x1f, 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3, 2, 0, 9, 9]),
      Buffer.from("name\0comment\0"),
      Buffer.from([1, 2]),
    ])
    const bytes = Buffer.concat([header, plain.subarray(10)])
    for (const size of [1, 1000]) expect(collect({ codings: "gzip", pieces: cutInto(bytes, size) })).toMatchObject({ text: "x", codes: [] })
  })

  it.each([
    ["gzip", gzipSync(text)],
    ["deflate", deflateSync(text)],
    ["br", brotliCompressSync(text)],
  ])("keeps what decoded before %s was cut", (codings, encoded) => {
    const { body, codes, text: got } = collect({ codings, pieces: cutInto(encoded.subarray(0, encoded.length - 20), 100) })
    expect(codes).toEqual(["coding-cut"])
    expect(got.length).toBeGreaterThan(text.length / 2)
    expect(text.startsWith(got)).toBe(true)
    expect(body.completeness).toBe("truncated")
  })

  it("keeps nearly all of what decoded before the damage", () => {
    const encoded = gzipSync(text.repeat(20), { level: 1 })
    encoded.fill(0xff, encoded.length - 3000, encoded.length - 2900)
    const { codes, text: got } = collect({ codings: "gzip", pieces: [encoded] })
    expect(codes).toEqual(["coding-broken"])
    expect(got.length).toBeGreaterThan(text.length * 15)
  })

  it("notices a wrong checksum", () => {
    const encoded = gzipSync(text)
    encoded[encoded.length - 8] = (encoded[encoded.length - 8] ?? 0) ^ 1
    expect(collect({ codings: "gzip", pieces: [encoded] })).toMatchObject({ codes: ["coding-broken"], text })
  })

  it.each(["gzip", "br", "zstd", "deflate"])("keeps plain bytes that claim to be %s", (codings) => {
    const plain = '{"model":"m","messages":[{"role":"user","content":"plain after all"}]}'
    for (const size of [1, 1000]) {
      const { codes, text: got, body } = collect({ codings, pieces: cutInto(Buffer.from(plain), size) })
      expect(codes).toEqual(["coding-lie"])
      expect(got).toBe(plain)
      expect(body.sha256).toBe(sha256(plain))
    }
  })

  it("leaves unknown and too deep codings as they are", () => {
    expect(collect({ codings: "compress", pieces: [Buffer.from("x")] })).toMatchObject({ codes: ["coding-unknown"], text: "x" })
    expect(collect({ codings: "gzip,gzip,gzip,gzip,gzip", pieces: [Buffer.from("x")] })).toMatchObject({
      codes: ["coding-depth"],
      text: "x",
    })
  })

  it("undoes the signed chunks of object storage uploads", () => {
    const upload = `5;chunk-signature=${"a".repeat(64)}\r\nhello\r\n0;chunk-signature=b\r\nx-amz-checksum-crc32:AA==\r\n\r\n`
    expect(collect({ codings: "aws-chunked", pieces: cutInto(Buffer.from(upload), 9) })).toMatchObject({ text: "hello", codes: [] })
  })

  it("keeps only the limit but counts and hashes all of it", () => {
    const { body } = collect({ codings: "gzip", limit: 1000, pieces: cutInto(gzipSync(text), 500) })
    expect(body.bytes.length).toBe(1000)
    expect(body).toMatchObject({ length: text.length, sha256: sha256(text), completeness: "truncated" })
  })

  it("stops a decompression bomb, also one of two stages", { timeout: 10_000 }, () => {
    const once = gzipSync(Buffer.alloc(100 << 20), { level: 9 })
    expect(collect({ codings: "gzip", pieces: cutInto(once, 1400) }).codes).toEqual(["decompression-bomb"])
    const twice = gzipSync(Buffer.concat(Array.from({ length: 20 }, () => once)), { level: 9 })
    const { body, codes } = collect({ codings: "gzip, gzip", pieces: [twice] })
    expect(codes).toEqual(["decompression-bomb"])
    expect(body.length).toBeLessThan(40 << 20)
    expect(body.completeness).toBe("truncated")
  })

  it("goes on behind a hole when uncoded, and stops when coded", () => {
    const plain = collect({ pieces: [Buffer.from("abc"), 5, Buffer.from("xyz")] })
    expect(plain).toMatchObject({ text: "abcxyz", codes: [] })
    expect(plain.body).toMatchObject({ length: 11, completeness: "gapped", gaps: [{ offset: 3, length: 5 }] })
    const encoded = gzipSync(text)
    const coded = collect({ codings: "gzip", pieces: [encoded.subarray(0, 300), 100, encoded.subarray(400)] })
    expect(coded.codes).toEqual(["gap-in-coded-body"])
    expect(coded.body).toMatchObject({ completeness: "gapped", encodedLength: encoded.length })
    expect(text.startsWith(coded.text) && coded.text.length > 0).toBe(true)
  })

  it("marks when bytes came, bounded in number", () => {
    expect(collect({ pieces: [Buffer.from("ab"), Buffer.from("c")] }).body.marks).toEqual([
      { offset: 0, at: 1000 },
      { offset: 2, at: 1010 },
    ])
    const many = collect({ pieces: cutInto(Buffer.alloc(20_000), 1) }).body.marks
    expect(many.length).toBeLessThanOrEqual(2048)
    expect(many[0]).toEqual({ offset: 0, at: 1000 })
  })
})

import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import fc from "fast-check"
import { afterAll, describe, expect, it } from "vitest"
import { readCaptureFile, readCaptureStream } from "../../../collectors/capture/capture-file.ts"
import { readSecrets } from "../../../collectors/capture/secrets.ts"
import { pcapFile } from "../../support/packets.ts"
import { block, idb, packetBlock, secretsBlock, section, simpleBlock } from "../../support/pcapng.ts"

const folder = mkdtempSync(join(tmpdir(), "egret-capture-"))
afterAll(() => rmSync(folder, { recursive: true }))

describe("capture files", () => {
  const packets = [
    { at: 1_700_000_000_123_456, bytes: Buffer.from("first") },
    { at: 1_700_000_001_000_001, bytes: Buffer.from("second packet") },
  ]
  const seen = packets.map(({ at, bytes }) => ({ at, link: 1, text: bytes.toString() }))

  it("reads pcap", async () => {
    expect(await read(pcapFile(packets))).toEqual({ packets: seen, problems: [] })
  })

  it("reads pcap in the other byte order and with nanoseconds", async () => {
    const file = Buffer.from(pcapFile(packets))
    const nano = Buffer.from(file)
    nano.writeUInt32LE(0xa1b23c4d, 0)
    nano.writeUInt32LE(123_456_789, 28)
    expect((await read(nano)).packets[0]?.at).toBe(1_700_000_000_123_456)
    const big = Buffer.from(file)
    for (const at of [0, 16, 20, 24, 28, 32, 36, 45, 49, 53, 57]) big.subarray(at, at + 4).reverse()
    for (const at of [4, 6]) big.subarray(at, at + 2).reverse()
    expect(await read(big)).toEqual({ packets: seen, problems: [] })
  })

  it("reads the modified format with its longer record headers", async () => {
    const file = Buffer.from(pcapFile(packets.slice(0, 1)))
    file.writeUInt32LE(0xa1b2cd34, 0)
    const longer = Buffer.concat([file.subarray(0, 40), Buffer.alloc(8), file.subarray(40)])
    expect((await read(longer)).packets).toEqual(seen.slice(0, 1))
  })

  it.each([4, 8, 12])("finds out that record headers are %i bytes longer than the magic says", async (more) => {
    const many = Array.from({ length: 5 }, (_, n) => ({
      at: 1_700_000_000_000_000 + n * 1_000,
      bytes: Buffer.from(`packet ${n} of some bytes`),
    }))
    const file = Buffer.from(pcapFile(many))
    const parts = [file.subarray(0, 24)]
    for (let at = 24; at < file.length; ) {
      const end = at + 16 + file.readUInt32LE(at + 8)
      parts.push(file.subarray(at, at + 16), Buffer.alloc(more), file.subarray(at + 16, end))
      at = end
    }
    const { packets: got, problems } = await read(Buffer.concat(parts))
    expect(got.map(({ text }) => text)).toEqual(many.map(({ bytes }) => bytes.toString()))
    expect(problems).toEqual([])
  })

  it("reads gzip of either, also cut off", async () => {
    const zipped = gzipSync(pcapFile(packets))
    expect(await read(zipped)).toEqual({ packets: seen, problems: [] })
    const big = gzipSync(pcapFile(Array.from({ length: 500 }, (_, n) => ({ at: n, bytes: Buffer.from(`${Math.sin(n)}`.repeat(9)) }))))
    const cut = await read(big.subarray(0, big.length / 2))
    expect(cut.problems).toContain("cut-gzip")
    expect(cut.packets.length).toBeGreaterThan(50)
  })

  it("says in one line when a gzip ends before its capture begins", async () => {
    await expect(read(gzipSync(pcapFile(packets)).subarray(0, 15))).rejects.toThrow(/broken at its start.*want a whole capture file/)
  })

  it("tells a last packet that was cut", async () => {
    const { packets: got, problems } = await read(pcapFile(packets).subarray(0, -3))
    expect(got).toEqual(seen.slice(0, 1))
    expect(problems).toEqual(["cut-packet"])
  })

  it("stops at a record whose length cannot be true", async () => {
    const file = Buffer.from(pcapFile(packets))
    file.writeUInt32LE(0x7fff_ffff, 24 + 16 + 5 + 8)
    expect(await read(file)).toEqual({ packets: seen.slice(0, 1), problems: ["bad-record"] })
  })

  it.each([
    ["empty", Buffer.alloc(0), "an empty file"],
    ["text", Buffer.from("hello world"), "a file that starts with 68656c6c6f20776f"],
    ["cut in its header", pcapFile([]).subarray(0, 10), "a pcap file cut after 10 bytes"],
  ])("refuses a file that is %s in one line", async (_, bytes, got) => {
    await expect(read(bytes)).rejects.toMatchObject({ name: "ConfigError", got })
  })

  it("refuses a folder and a file that is not there", async () => {
    await expect(readAll(folder)).rejects.toMatchObject({ name: "ConfigError", got: "a directory" })
    await expect(readAll(join(folder, "none"))).rejects.toMatchObject({ name: "ConfigError", got: "no such file" })
  })

  it("reads pcapng of several sections, interfaces, byte orders and clocks", async () => {
    const little = [section("little"), idb("little", { link: 1, tsresol: 9 }), idb("little", { link: 113 })]
    const big = [section("big"), idb("big", { link: 101, tsresol: 0x80 | 20, offset: 100n })]
    const file = Buffer.concat([
      ...little,
      packetBlock("little", { face: 0, ticks: 1_700_000_000_123_456_789n, bytes: Buffer.from("nano") }),
      block("little", 0x0bad, Buffer.from("unknown blocks are skipped")),
      packetBlock("little", { face: 1, ticks: 1_700_000_000_000_007n, bytes: Buffer.from("micro") }),
      ...big,
      packetBlock("big", { face: 0, ticks: 1n << 20n, bytes: Buffer.from("binary") }),
      simpleBlock("big", Buffer.from("simple")),
    ])
    expect(await read(file)).toEqual({
      packets: [
        { at: 1_700_000_000_123_456, link: 1, text: "nano" },
        { at: 1_700_000_000_000_007, link: 113, text: "micro" },
        { at: 101_000_000, link: 101, text: "binary" },
        { at: 101_000_000, link: 101, text: "simple" },
      ],
      problems: [],
    })
  })

  it("hands out key logs of secrets blocks before and after the packets, out of gzip too", async () => {
    const file = Buffer.concat([
      section("big"),
      secretsBlock("big", "CLIENT_RANDOM aa bb\n"),
      idb("big", { link: 1 }),
      packetBlock("big", { face: 0, ticks: 1n, bytes: Buffer.from("x") }),
      section("little"),
      idb("little", { link: 1 }),
      packetBlock("little", { face: 0, ticks: 1n, bytes: Buffer.from("y") }),
      secretsBlock("little", "CLIENT_RANDOM cc dd\n"),
    ])
    for (const bytes of [file, gzipSync(file)]) {
      const path = save(bytes)
      const texts: string[] = []
      for await (const secrets of readSecrets(path)) texts.push(Buffer.from(secrets).toString())
      expect(texts).toEqual(["CLIENT_RANDOM aa bb\n", "CLIENT_RANDOM cc dd\n"])
      expect((await readAll(path)).packets.map(({ text }) => text)).toEqual(["x", "y"])
    }
  })

  it("gives a stream's packets the same however it is cut", async () => {
    const many = pcapFile(Array.from({ length: 300 }, (_, n) => ({ at: n, bytes: Buffer.alloc(n * 13, n) })))
    const whole = await read(many)
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.integer({ min: 1, max: 5_000 })), async (sizes) => {
        async function* pieces() {
          for (let at = 0; at < many.length; ) {
            const size = sizes.next().value ?? 1
            yield many.subarray(at, at + size)
            at += size
          }
        }
        expect(await collect(readCaptureStream(pieces(), "stream"))).toEqual(whole)
      }),
      { numRuns: 5 },
    )
  })

  it("survives any bytes after a good header", async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.uint8Array({ maxLength: 300 }), async (ng, noise) => {
        const head = ng ? Buffer.concat([section("little"), idb("little", { link: 1 })]) : pcapFile([])
        await read(Buffer.concat([head, noise]))
      }),
      { numRuns: 60 },
    )
  })
})

interface Seen {
  readonly packets: { readonly at: number; readonly link: number; readonly text: string }[]
  readonly problems: string[]
}

let saved = 0
function save(bytes: Uint8Array): string {
  const path = join(folder, `${saved++}`)
  writeFileSync(path, bytes)
  return path
}
function read(bytes: Uint8Array): Promise<Seen> {
  return readAll(save(bytes))
}
function readAll(path: string): Promise<Seen> {
  return collect(readCaptureFile(path))
}
async function collect(batches: ReturnType<typeof readCaptureFile>): Promise<Seen> {
  const seen: Seen = { packets: [], problems: [] }
  for await (const batch of batches) {
    for (let index = 0; index < batch.count; index += 1) {
      const from = batch.offset[index] ?? 0
      const bytes = batch.bytes.subarray(from, from + (batch.captured[index] ?? 0))
      seen.packets.push({ at: batch.at[index] ?? 0, link: batch.link[index] ?? 0, text: Buffer.from(bytes).toString() })
    }
    seen.problems.push(...batch.problems.map(({ code }) => code))
  }
  return seen
}

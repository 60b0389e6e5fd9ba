import { gzipSync } from "node:zlib"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import yauzl from "yauzl"
import { unpackAll } from "../../../../collectors/extract/archive/open.ts"
import { makeTar, makeZip } from "../../../support/archives.ts"

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8")

describe("unpackAll", () => {
  it("reads stored and deflated entries as another reader reads them", async () => {
    const zip = makeZip([
      { name: "a/SKILL.md", data: "# one\n".repeat(100) },
      { name: "a/raw.bin", data: Buffer.from([1, 2, 3]), stored: true },
    ])
    const ours = unpackAll("x.zip", zip)?.entries.map((entry) => [entry.path, text(entry.bytes)])
    expect(ours).toEqual(await readByYauzl(zip))
  })

  it("reads what is there of an archive that was cut before its directory", () => {
    const zip = makeZip([
      { name: "first.txt", data: "kept" },
      { name: "second.txt", data: "lost ".repeat(1000), stored: true },
    ])
    const unpacked = unpackAll("x.zip", zip.subarray(0, 200))
    expect(unpacked?.entries.map((entry) => [entry.path, entry.completeness])).toEqual([
      ["first.txt", "full"],
      ["second.txt", "truncated"],
    ])
    expect(unpacked?.problems).toContain("no-central-directory")
  })

  it("names a path that would leave the folder, and keeps it inside", () => {
    const unpacked = unpackAll("x.zip", makeZip([{ name: "../../etc/cron.d/x", data: "x" }]))
    expect(unpacked?.entries[0]?.path).toBe("etc/cron.d/x")
    expect(unpacked?.problems).toContain("path-escape")
  })

  it("names absolute paths, drive letters, streams and misleading characters", () => {
    const names = ["/etc/passwd", "C:\\x.exe", "note.txt:evil.exe", "gpj.\u202eexe"]
    expect(unpackAll("x.zip", makeZip(names.map((name) => ({ name, data: "x" }))))?.problems).toEqual(
      expect.arrayContaining(["absolute-path", "drive-letter", "alternate-stream", "misleading-characters"]),
    )
  })

  it("names a central directory that disagrees with the local header", () => {
    expect(unpackAll("x.zip", makeZip([{ name: "README.md", localName: "run.sh", data: "x" }]))?.problems).toContain(
      "central-local-mismatch",
    )
  })

  it("does not unpack a bomb, and says so", () => {
    const zip = makeZip([{ name: "bomb", data: Buffer.alloc(8 * 1024 * 1024) }])
    const unpacked = unpackAll("x.zip", zip)
    expect(unpacked?.problems).toContain("bomb")
    expect(unpacked?.entries[0]?.bytes.length).toBe(0)
  })

  it("names encrypted entries and symbolic links", () => {
    const zip = makeZip([
      { name: "secret", data: "x", flags: 0x801 },
      { name: "link", data: "/etc/passwd", unixMode: 0o120777, stored: true },
    ])
    expect(unpackAll("x.zip", zip)?.problems).toEqual(expect.arrayContaining(["encrypted", "symlink"]))
  })

  it("opens a tar in gzip, and a zip in that tar, and says what lay in what", () => {
    const inner = makeZip([{ name: "deep/SKILL.md", data: "hello" }])
    const unpacked = unpackAll("a.tgz", gzipSync(makeTar([{ name: "package/inner.zip", data: inner }])))
    const deep = unpacked?.entries.find((entry) => entry.path === "deep/SKILL.md")
    expect(deep?.inside).toEqual(["a.tgz", "package/inner.zip"])
    expect(text(deep?.bytes ?? new Uint8Array())).toBe("hello")
  })

  it("stops at the third level of nesting", () => {
    let zip = makeZip([{ name: "bottom.txt", data: "x" }])
    for (let level = 0; level < 5; level++) zip = makeZip([{ name: `level${level}.zip`, data: zip }])
    const unpacked = unpackAll("x.zip", zip)
    expect(unpacked?.problems).toContain("nested-too-deep")
    expect(unpacked?.entries.some((entry) => entry.path === "bottom.txt")).toBe(false)
  })

  it("reads pax names and executable bits, and records links without following them", () => {
    const path = `long/${"n".repeat(150)}/run.sh`
    const record = ` path=${path}\n`
    const length = record.length + String(record.length).length + (String(record.length + 3).length > String(record.length).length ? 1 : 0)
    const tar = makeTar([
      { name: "pax", type: "x", data: `${length}${record}` },
      { name: "short", data: "#!/bin/sh\n", mode: 0o755 },
      { name: "evil", type: "2" },
    ])
    const unpacked = unpackAll("a.tar", tar)
    expect(unpacked?.entries.map((entry) => [entry.path, entry.executable])).toEqual([[path, true]])
    expect(unpacked?.problems).toContain("symlink")
  })

  it("answers any bytes without throwing and within its bounds", () => {
    const base = gzipSync(makeTar([{ name: "a", data: "hello" }]))
    const zip = makeZip([{ name: "a", data: "hello hello hello" }])
    fc.assert(
      fc.property(
        fc.constantFrom(base, zip),
        fc.array(fc.tuple(fc.nat(600), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }),
        fc.nat(700),
        (bytes, flips, cut) => {
          const hostile = Buffer.from(bytes.subarray(0, cut))
          for (const [at, value] of flips) if (at < hostile.length) hostile[at] = value
          const unpacked = unpackAll("x", hostile)
          expect((unpacked?.entries ?? []).reduce((total, entry) => total + entry.bytes.length, 0)).toBeLessThan(64 * 1024 * 1024)
        },
      ),
      { numRuns: 300 },
    )
  })
})

function readByYauzl(zip: Buffer): Promise<[string, string][]> {
  return new Promise((resolve, reject) => {
    yauzl.fromBuffer(zip, { lazyEntries: true }, (error, file) => {
      if (error !== null) return reject(error)
      const found: [string, string][] = []
      file.on("entry", (entry: yauzl.Entry) => {
        file.openReadStream(entry, (problem, stream) => {
          if (problem !== null) return reject(problem)
          const chunks: Buffer[] = []
          stream.on("data", (chunk: Buffer) => chunks.push(chunk))
          stream.on("end", () => {
            found.push([entry.fileName, Buffer.concat(chunks).toString("utf8")])
            file.readEntry()
          })
        })
      })
      file.on("end", () => resolve(found))
      file.readEntry()
    })
  })
}

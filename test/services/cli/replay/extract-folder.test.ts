import { createHash } from "node:crypto"
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { ExtractFolder } from "../../../../services/cli/replay/extract-folder.ts"
import type { Envelope } from "../../../../services/contracts/envelope.ts"

let top = ""
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "egret-extract-"))
})
afterEach(() => rmSync(top, { recursive: true, force: true }))

describe("ExtractFolder", () => {
  it("writes each file once by hash and name, without rights to run it, and says in the index where it came from", () => {
    const folder = new ExtractFolder(join(top, "out"))
    give(folder, "report.pdf", "one")
    give(folder, "again.pdf", "one")
    folder.end()
    const [name = ""] = readdirSync(join(top, "out/files"))
    expect(name).toBe(`${sha("one").slice(0, 12)}-report.pdf`)
    expect(lstatSync(join(top, "out/files", name)).mode & 0o777).toBe(0o600)
    expect(index()).toMatchObject([
      { kind: "file", name: "report.pdf", sha256: sha("one"), path: `files/${name}`, source: { url: "https://files.example/x" } },
      { kind: "file", name: "again.pdf", path: `files/${name}` },
    ])
  })

  it("leaves no path that a name could escape by", () => {
    const folder = new ExtractFolder(join(top, "out"))
    give(folder, "../../../../escaped.sh", "climbs")
    give(folder, "/etc/cron.d/job", "absolute")
    give(folder, "..\\..\\windows.bat", "backslashes")
    folder.row(
      skill({
        name: "../../evil",
        files: { "../../../out.txt": "a", "SKILL.md": "b", "sub/../../x": "c", ".git/hooks/post-checkout": "d" },
      }),
    )
    folder.end()
    expect(readdirSync(top)).toEqual(["out"])
    expect(readdirSync(join(top, "out")).sort()).toEqual(["files", "index.ndjson", "skills"])
    expect(
      readdirSync(join(top, "out/files"))
        .map((name) => name.slice(13))
        .sort(),
    ).toEqual(["escaped.sh", "job", "windows.bat"])
    const [tree = ""] = readdirSync(join(top, "out/skills"))
    expect(walk(join(top, "out/skills", tree))).toEqual(["SKILL.md", "_.git/hooks/post-checkout", "out.txt", "sub/x"])
  })

  it("keeps apart files of one skill whose names differ only in case or form, and a file in the place of a folder", () => {
    const folder = new ExtractFolder(join(top, "out"))
    const names = [
      "SKILL.md",
      "Readme.md",
      "README.md",
      "caf\u00e9.txt",
      "cafe\u0301.txt",
      "scripts",
      "scripts/run.sh",
      "CON",
      "a:b",
      "a_b",
    ]
    folder.row(skill({ name: "many", files: Object.fromEntries(names.map((name) => [name, `text of ${name}`])) }))
    folder.end()
    const [tree = ""] = readdirSync(join(top, "out/skills"))
    const written = walk(join(top, "out/skills", tree))
    expect(written).toHaveLength(names.length)
    expect(new Set(written.map((name) => name.toLowerCase().normalize("NFC"))).size).toBe(names.length)
  })

  it("overwrites nothing: what is there stays, a second run of the same adds nothing", () => {
    const path = join(top, "out/files", `${sha("new").slice(0, 12)}-a.txt`)
    for (let run = 0; run < 2; run++) {
      const folder = new ExtractFolder(join(top, "out"))
      if (run === 0) writeFileSync(path, "mine")
      give(folder, "a.txt", "new")
      folder.end()
    }
    expect(readFileSync(path, "utf8")).toBe("mine")
    expect(readdirSync(join(top, "out/files"))).toHaveLength(2)
    expect(index()).toHaveLength(2)
  })

  it.each(["files", "skills", "index.ndjson"])("refuses a folder whose %s is a link to somewhere else", (part) => {
    mkdirSync(join(top, "out"))
    mkdirSync(join(top, "elsewhere"))
    writeFileSync(join(top, "elsewhere.txt"), "")
    symlinkSync(join(top, part === "index.ndjson" ? "elsewhere.txt" : "elsewhere"), join(top, "out", part))
    expect(() => new ExtractFolder(join(top, "out"))).toThrow(/--extract/)
  })

  it("does not write through a link that waits under a file's name", () => {
    const folder = new ExtractFolder(join(top, "out"))
    symlinkSync(join(top, "victim"), join(top, "out/files", `${sha("x").slice(0, 12)}-a.txt`))
    give(folder, "a.txt", "x")
    folder.end()
    expect(existsSync(join(top, "victim"))).toBe(false)
  })

  it("writes a skill once, as the whole that its steps became, and a skill known only from a transcript by its text", () => {
    const folder = new ExtractFolder(join(top, "out"))
    folder.row(skill({ name: "pdf", files: { "SKILL.md": "one" } }))
    folder.row(skill({ name: "pdf", files: { "SKILL.md": "one", "scripts/run.py": "two" } }))
    folder.row(skill({ name: "heard", files: {}, texts: { "SKILL.md": "---\nname: heard\n---" } }))
    folder.end()
    expect(folder.counts).toEqual({ files: 0, skills: 2 })
    expect(walk(join(top, "out/skills"))).toHaveLength(3)
  })
})

function give(folder: ExtractFolder, name: string, text: string): void {
  const data = {
    name,
    sha256: sha(text),
    bytes: text.length,
    mediaType: "text/plain",
    source: { route: "response", url: "https://files.example/x", inside: [] },
  }
  folder.row({ kind: "file", ...common, data: { ...data, direction: "inbound", completeness: "full" } } as unknown as Envelope)
  folder.file({ sha256: data.sha256, mediaType: "text/plain", bytes: Buffer.from(text) })
}

function skill({ name, files, texts = files }: { name: string; files: Record<string, string>; texts?: Record<string, string> }): Envelope {
  const data = {
    name,
    hash: sha(JSON.stringify(files)),
    source: "skills.example",
    files: Object.entries(files).map(([path, text]) => ({ path, sha256: sha(text), bytes: text.length, mediaType: "text/plain" })),
    texts: Object.entries(texts).map(([path, text]) => ({ path, text })),
  }
  return { kind: "skill", ...common, data } as unknown as Envelope
}

function walk(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

function index(): unknown[] {
  const lines = readFileSync(join(top, "out/index.ndjson"), "utf8").trim().split("\n")
  return lines.map((line) => JSON.parse(line) as unknown)
}

function sha(text: string): string {
  return createHash("sha256").update(text).digest("hex")
}

const common = { at: 1, agent: { name: "agent", workload: { id: "w" } }, flow: { host: "files.example", server: { ip: "192.0.2.1" } } }

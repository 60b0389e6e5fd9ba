import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { GitObjects } from "../../../../collectors/extract/git/pack.ts"
import { packOf } from "../../../../collectors/extract/git/pkt-line.ts"
import { tipTrees } from "../../../../collectors/extract/git/tree.ts"

const SKILL = `---\nname: demo\ndescription: A demo.\n---\n${"Line of text that repeats.\n".repeat(400)}`

describe("a pack that git made", () => {
  let folder: string
  const git = (...args: string[]): Buffer =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.invalid", "-c", "commit.gpgsign=false", ...args], {
      cwd: folder,
      stdio: ["pipe", "pipe", "ignore"],
    })
  const packAll = (...options: string[]): Buffer =>
    execFileSync("git", ["pack-objects", "--stdout", "--revs", "--all", ...options], {
      cwd: folder,
      input: "",
      stdio: ["pipe", "pipe", "ignore"],
    })

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "egret-git-"))
    git("init", "-q", "-b", "main")
    mkdirSync(join(folder, "skills/demo/scripts"), { recursive: true })
    writeFileSync(join(folder, "skills/demo/SKILL.md"), SKILL)
    writeFileSync(join(folder, "skills/demo/scripts/run.sh"), "#!/bin/sh\necho hi\n", { mode: 0o755 })
    git("add", ".")
    git("commit", "-qm", "one")
    // A small change to a large file makes git store one of the two as a delta.
    writeFileSync(join(folder, "skills/demo/SKILL.md"), `${SKILL}One more line.\n`)
    git("commit", "-qam", "two")
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it("gives the tip's files with their bytes, over offset deltas", () => {
    const objects = new GitObjects()
    expect(objects.addPack(packAll("--delta-base-offset")).problems).toEqual([])
    expectTip(objects)
  })

  it("gives the same over deltas that name their base by id", () => {
    const objects = new GitObjects()
    expect(objects.addPack(packAll()).problems).toEqual([])
    expectTip(objects)
  })

  it("is found behind side bands and progress lines", () => {
    const pack = packAll()
    const packet = (payload: Buffer): Buffer => Buffer.concat([Buffer.from((payload.length + 4).toString(16).padStart(4, "0")), payload])
    const body = Buffer.concat([
      packet(Buffer.from("packfile\n")),
      packet(Buffer.from("\x02Counting objects\r")),
      packet(Buffer.concat([Buffer.from([1]), pack.subarray(0, 100)])),
      packet(Buffer.from("\x02Done\n")),
      packet(Buffer.concat([Buffer.from([1]), pack.subarray(100)])),
      Buffer.from("0000"),
    ])
    expect(Buffer.from(packOf(body) ?? []).equals(pack)).toBe(true)
  })

  it("joins the packs of a clone that fetched its blobs later", () => {
    const objects = new GitObjects()
    objects.addPack(packAll("--filter=blob:none"))
    expect(tipTrees(objects)[0]?.problems).toContain("blob-missing")
    objects.addPack(packAll())
    expectTip(objects)
  })

  it("keeps what came before the cut of a cut pack", () => {
    const pack = packAll()
    const objects = new GitObjects()
    expect(objects.addPack(pack.subarray(0, pack.length - 60)).problems.length).toBeGreaterThan(0)
    expect(objects.commits().length).toBeGreaterThan(0)
  })

  it("answers any damage without throwing", () => {
    const pack = packAll()
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(pack.length - 1), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 }),
        (flips) => {
          const hostile = Buffer.from(pack)
          for (const [at, value] of flips) hostile[at] = value
          const objects = new GitObjects()
          objects.addPack(hostile)
          expect(Array.isArray(tipTrees(objects))).toBe(true)
        },
      ),
      { numRuns: 100 },
    )
  })

  function expectTip(objects: GitObjects): void {
    const [tree] = tipTrees(objects)
    const files = Object.fromEntries(
      (tree?.files ?? []).map((file) => [file.path, [Buffer.from(file.bytes ?? []).toString(), file.executable]]),
    )
    expect(files).toEqual({
      "skills/demo/SKILL.md": [`${SKILL}One more line.\n`, false],
      "skills/demo/scripts/run.sh": ["#!/bin/sh\necho hi\n", true],
    })
    expect(tree?.commit).toBe(git("rev-parse", "HEAD").toString().trim())
  }
})

import { execFileSync } from "node:child_process"
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { open } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { KeyLogTail, loadKeyLog } from "../../../collectors/keys/key-log-tail.ts"
import { KeyStore } from "../../../collectors/keys/key-store.ts"

const line = (n: number) => `CLIENT_RANDOM ${n.toString(16).padStart(64, "0")} ${"ab".repeat(48)}`

describe("KeyLogTail", () => {
  let folder = ""
  let seen: string[] = []
  let tail: KeyLogTail
  const follow = (...names: string[]) => {
    tail = new KeyLogTail({ paths: names.map((name) => join(folder, name)), onKey: (entry) => seen.push(entry.id.slice(-1)) })
  }
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "egret-keys-"))
    seen = []
  })
  afterEach(async () => {
    await tail.stop()
    rmSync(folder, { recursive: true })
  })

  it("reads a file that appears later and then grows, half lines included", async () => {
    follow("a.log")
    await tail.poll()
    writeFileSync(join(folder, "a.log"), `${line(1)}\n${line(2).slice(0, 40)}`)
    await tail.poll()
    expect(seen).toEqual(["1"])
    appendFileSync(join(folder, "a.log"), `${line(2).slice(40)}\n`)
    await tail.poll()
    expect(seen).toEqual(["1", "2"])
  })

  it("follows a file that is truncated in place and one that is replaced", async () => {
    follow("a.log")
    writeFileSync(join(folder, "a.log"), `${line(1)}\n${line(1)}\n`)
    await tail.poll()
    truncateSync(join(folder, "a.log"))
    appendFileSync(join(folder, "a.log"), `${line(2)}\n`)
    await tail.poll()
    writeFileSync(join(folder, "b.log"), `${line(3)}\n`)
    renameSync(join(folder, "b.log"), join(folder, "a.log"))
    await tail.poll()
    expect(seen).toEqual(["1", "1", "2", "3"])
  })

  it("follows every file of a directory, new ones too", async () => {
    mkdirSync(join(folder, "d"))
    writeFileSync(join(folder, "d", "1"), `${line(1)}\n`)
    follow("d")
    await tail.poll()
    writeFileSync(join(folder, "d", "2"), line(2))
    await tail.poll()
    await tail.poll()
    expect(seen).toEqual(["1", "2"])
  })

  it("reads a FIFO across writers that come and go", async () => {
    execFileSync("mkfifo", [join(folder, "pipe")])
    follow("pipe")
    await tail.poll()
    for (const n of [1, 2]) {
      const writer = await open(join(folder, "pipe"), "w")
      await writer.write(`${line(n)}\n`)
      await writer.close()
      await tail.poll()
    }
    expect(seen).toEqual(["1", "2"])
  })

  it("keeps polling by itself once started", async () => {
    tail = new KeyLogTail({ paths: [join(folder, "a.log")], onKey: (entry) => seen.push(entry.id.slice(-1)), pollMillis: 5 })
    await tail.start()
    writeFileSync(join(folder, "a.log"), `${line(4)}\n`)
    await expect.poll(() => seen).toEqual(["4"])
  })

  it("loads a finished log for a replay and names a missing one as an operator's error", async () => {
    follow()
    const store = new KeyStore()
    writeFileSync(join(folder, "a.log"), `${line(1)}\nrubbish\n`)
    expect(await loadKeyLog(join(folder, "a.log"), store)).toMatchObject({ keys: 1, garbage: 1 })
    expect(await loadKeyLog(folder, store)).toMatchObject({ keys: 1 })
    await expect(loadKeyLog(join(folder, "missing"), store)).rejects.toMatchObject({ name: "ConfigError", path: "keys" })
  })
})

// kill -9 again and again while files are on their way to an engine: none is lost, none is submitted twice, each gets its verdict.
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, expect, it } from "vitest"
import { root } from "../../support/egret.ts"
import { capeVendor } from "../../support/sandbox/vendors.ts"

const folder = mkdtempSync(join(tmpdir(), "egret-kill-"))
let child: ChildProcess | undefined
afterAll(() => {
  child?.kill("SIGKILL")
  rmSync(folder, { recursive: true, force: true })
})

it("a kill -9 in the middle loses no file and submits none twice to an engine that can be asked by hash", async () => {
  const vendor = await capeVendor({ polls: 3, verdict: 8 })
  let kills = 0
  try {
    for (let life = 0; ; life++) {
      expect(life).toBeLessThan(30)
      const one = spawn(
        process.execPath,
        [
          "--import",
          resolve(root, "node_modules/tsx/dist/loader.mjs"),
          resolve(root, "test/support/sandbox/examiner-process.ts"),
          folder,
          vendor.url,
          String(FILES),
        ],
        { stdio: ["ignore", "pipe", "inherit"] },
      )
      child = one
      let out = ""
      one.stdout.setEncoding("utf8").on("data", (text: string) => {
        out += text
      })
      const ended = once(one, "exit")
      const asked = vendor.asked.length
      // A life lasts until the engine was asked a few more times: somewhere between accepting, submitting and polling.
      const share = life < LIVES ? 4 + ((life * 7) % 13) : Number.POSITIVE_INFINITY
      while (one.exitCode === null && vendor.asked.length < asked + share) await sleep(2)
      if (one.exitCode === null) {
        one.kill("SIGKILL")
        kills++
      }
      await ended
      if (out.includes("done")) break
    }
  } finally {
    await vendor.close()
  }
  const uploads = vendor.asked.flatMap(({ file }) => (file === undefined ? [] : [file.sha256]))
  expect(kills).toBeGreaterThanOrEqual(LIVES - 1)
  expect([uploads.length, new Set(uploads).size]).toEqual([FILES, FILES])
  expect(existsSync(join(folder, "published"))).toBe(true)
  const said = readFileSync(join(folder, "published"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { sha256: string; engine: string; result: string; id: string })
  const last = new Map(said.filter(({ engine }) => engine === "merged").map((verdict) => [verdict.sha256, verdict.result]))
  expect([last.size, new Set(last.values())]).toEqual([FILES, new Set(["malicious"])])
  // What is said twice is said with the same id, so that no row is made twice.
  expect(new Set(said.map(({ id }) => id)).size).toBe(FILES * 3)
})

const FILES = 25
const LIVES = 5

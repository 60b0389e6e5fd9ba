import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { egret } from "../../support/egret.ts"

describe("egret soc", () => {
  const folder = mkdtempSync(join(tmpdir(), "egret-soc-cli-"))
  const file = join(folder, "egret.yaml")
  const bodies: string[] = []
  let status = 204
  let server: Server
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = ""
      request.setEncoding("utf8").on("data", (text: string) => {
        body += text
      })
      request.on("end", () => {
        bodies.push(body)
        response.writeHead(status).end()
      })
    })
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`
    writeFileSync(
      file,
      `soc:\n  stateDir: ${join(folder, "soc")}\n  destinations:\n    - { name: hook, type: webhook, url: "${url}" }\n    - { name: log, type: file, path: "${join(folder, "out.ndjson")}" }\n`,
    )
  })
  afterAll(() => {
    server.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const soc = (...args: string[]) => egret(["soc", ...args, "--config", file])

  it("sends a test event that is marked as one, and says that it arrived", async () => {
    expect(await soc("test", "hook")).toMatchObject({ code: 0, stdout: "hook: delivered\n" })
    expect(bodies).toHaveLength(1)
    expect(bodies[0]?.toLowerCase()).toContain("test")
    expect(await soc("test", "log")).toMatchObject({ code: 0, stdout: "log: delivered\n" })
  }, 60_000)

  it("says what the destination answered when it did not arrive, with exit code 1", async () => {
    status = 403
    const { code, stdout } = await soc("test", "hook")
    expect(code).toBe(1)
    expect(stdout).toMatch(/^hook: .*403/)
  }, 60_000)

  it("names the destinations that there are when asked for another, and lists them with what waits", async () => {
    const { code, stderr } = await soc("test", "splunk")
    expect([code, stderr.trim().split("\n").length]).toEqual([2, 1])
    expect(stderr).toContain("hook, log")
    expect((await soc("list")).stdout).toMatch(/^hook\twebhook\t.*\t0 waiting\t0 dead\nlog\tfile\t.*\t0 waiting\t0 dead\n$/)
  }, 60_000)
})

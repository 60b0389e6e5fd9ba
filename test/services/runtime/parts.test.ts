import { mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { Secret } from "../../../services/contracts/config/secret.ts"
import { writeFileAtomic } from "../../../services/runtime/atomic-file.ts"
import { Health } from "../../../services/runtime/health.ts"
import { deterministicId } from "../../../services/runtime/ids.ts"
import { createLogger } from "../../../services/runtime/logger.ts"
import { Metrics } from "../../../services/runtime/metrics.ts"
import { openOpsServer } from "../../../services/runtime/ops-server.ts"
import { backoff, GaveUpError, withRetry } from "../../../services/runtime/retry.ts"

describe("createLogger", () => {
  it("writes one JSON line with a constant message and never a credential", () => {
    const lines: string[] = []
    const logger = createLogger({ level: "info", format: "json" }, { name: "test", write: (line) => lines.push(line) })
    const clear = ["do", "not", "show"].join("-")
    logger.info(
      {
        password: clear,
        headers: { authorization: clear, "set-cookie": clear },
        deep: { options: { token: clear } },
        key: new Secret("env:X", clear),
      },
      "a request failed",
    )
    logger.debug("not shown")
    expect(lines).toHaveLength(1)
    expect(lines[0]).not.toContain(clear)
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      level: "info",
      name: "test",
      msg: "a request failed",
      password: "[secret]",
      key: "[secret]",
    })
  })

  it("shows an error with its stack and cause", () => {
    const lines: string[] = []
    const logger = createLogger({ level: "info", format: "json" }, { name: "test", write: (line) => lines.push(line) })
    logger.error({ err: new Error("outer", { cause: new Error("inner") }) }, "failed")
    expect(lines[0]).toContain("outer: inner")
  })
})

describe("Metrics", () => {
  it("renders what was counted and gives the same metric when asked twice", async () => {
    const metrics = new Metrics()
    metrics.counter({ name: "egret_sensor_packets_total", help: "Packets.", labels: ["reason"] }).add(2, { reason: "full" })
    metrics.counter({ name: "egret_sensor_packets_total", help: "Packets.", labels: ["reason"] }).add(1, { reason: "full" })
    metrics.sampled({ name: "egret_bus_queued_bytes", help: "Held." }, () => 7)
    const text = await metrics.render()
    expect(text).toContain('egret_sensor_packets_total{reason="full"} 3')
    expect(text).toContain("egret_bus_queued_bytes 7")
  })

  it("refuses names against the rule", () => {
    const metrics = new Metrics()
    expect(() => metrics.counter({ name: "egret_sensor_packets", help: "" })).toThrow("_total")
    expect(() => metrics.gauge({ name: "packets", help: "" })).toThrow("must be named")
  })

  it("folds label values past the limit into one series, so that traffic cannot grow our memory", async () => {
    const metrics = new Metrics()
    const counter = metrics.counter({ name: "egret_x_total", help: "X.", labels: ["host"] })
    for (let i = 0; i < 1_500; i++) counter.add(1, { host: `h${i}` })
    const text = await metrics.render()
    expect(text).toContain('egret_x_total{host="other"} 500')
    expect(text.split("\n").filter((line) => line.startsWith("egret_x_total{"))).toHaveLength(1_001)
  })
})

describe("openOpsServer", () => {
  it("answers metrics, liveness and readiness, and tells which part is not ready", async () => {
    const metrics = new Metrics()
    const health = new Health()
    const server = await openOpsServer({ listen: { host: "127.0.0.1", port: 0 }, metrics, health })
    const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${server.port}${path}`)
    try {
      metrics.collectProcess()
      expect(await (await get("/metrics")).text()).toContain("egret_process_resident_memory_bytes")
      health.set("store", "starting")
      expect((await get("/readyz")).status).toBe(503)
      health.set("store", "ready")
      health.set("soc", "degraded", "destination down")
      const ready = await get("/readyz")
      expect(ready.status).toBe(200)
      expect(await ready.json()).toEqual({
        ok: true,
        parts: [
          { part: "store", state: "ready", reason: "" },
          { part: "soc", state: "degraded", reason: "destination down" },
        ],
      })
      health.set("bus", "failed", "no broker")
      expect((await get("/healthz")).status).toBe(503)
      expect((await get("/else")).status).toBe(404)
      expect((await fetch(`http://127.0.0.1:${server.port}/metrics`, { method: "POST", body: "x" })).status).toBe(405)
    } finally {
      await server.close()
    }
  })

  it("says which address is in use", async () => {
    const parts = { metrics: new Metrics(), health: new Health() }
    const first = await openOpsServer({ listen: { host: "127.0.0.1", port: 0 }, ...parts })
    await expect(openOpsServer({ listen: { host: "127.0.0.1", port: first.port }, ...parts })).rejects.toThrow(
      /metrics\.listen: got .*an address in use/,
    )
    await first.close()
  })
})

describe("withRetry", () => {
  it("tries again while told to and gives up with the reason, the tries and the cause", async () => {
    let tries = 0
    const failing = withRetry(
      () => {
        tries += 1
        return Promise.reject(new Error("no"))
      },
      (_, attempt) => (attempt < 3 ? { retry: true, after: 1 } : { retry: false, reason: "bad rows" }),
    )
    await expect(failing).rejects.toMatchObject({ name: "GaveUpError", reason: "bad rows", attempts: 3, cause: new Error("no") })
    expect(tries).toBe(3)
  })

  it("stops waiting when the role stops", async () => {
    const stop = new AbortController()
    const waiting = withRetry(
      () => Promise.reject(new Error("no")),
      () => ({ retry: true, after: 60_000 }),
      stop.signal,
    )
    setTimeout(() => stop.abort(), 5)
    await expect(waiting).rejects.toThrow(GaveUpError)
  })

  it("doubles the wait up to its limit and spreads it over the upper half", () => {
    const waits = [1, 2, 3, 10, 100].map((attempt) => backoff(attempt, { first: 100, max: 1_000, random: () => 0 }))
    expect(waits).toEqual([50, 100, 200, 500, 500])
    expect(backoff(2, { first: 100, max: 1_000, random: () => 1 })).toBe(200)
  })
})

describe("deterministicId", () => {
  it("gives the same id for the same parts and another when the border between parts moves", () => {
    expect(deterministicId("ab", "c", 1)).toBe(deterministicId("ab", "c", 1))
    expect(deterministicId("ab", "c", 1)).not.toBe(deterministicId("a", "bc", 1))
    expect(deterministicId("ab")).toMatch(/^[0-9a-f]{32}$/)
  })
})

describe("writeFileAtomic", () => {
  it("replaces the file whole, readable by its owner only, and leaves nothing beside it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "egret-atomic-"))
    const path = join(folder, "state.json")
    await writeFileAtomic(path, "one")
    await Promise.all(["two", "two"].map((text) => writeFileAtomic(path, text)))
    expect(readFileSync(path, "utf8")).toBe("two")
    expect(readdirSync(folder)).toEqual(["state.json"])
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })
})

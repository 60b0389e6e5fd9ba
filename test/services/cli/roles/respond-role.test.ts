import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { auditPath, verifyAudit } from "../../../../services/api/audit.ts"
import type { ApiParts } from "../../../../services/api/parts.ts"
import { MemoryBus } from "../../../../services/bus/memory-bus.ts"
import { openRespondPart } from "../../../../services/cli/roles/respond-role.ts"
import { config as schema } from "../../../../services/contracts/config/config.ts"
import { topics } from "../../../../services/contracts/topics.ts"
import { Health } from "../../../../services/runtime/health.ts"
import { Lifecycle } from "../../../../services/runtime/lifecycle.ts"
import { silentLogger } from "../../../../services/runtime/logger.ts"
import { Metrics } from "../../../../services/runtime/metrics.ts"
import { openTestApi, type TestApi } from "../../../support/api.ts"
import { eventRecord, until } from "../../../support/soc.ts"

let folder: string
let life: Lifecycle
let bus: MemoryBus
let api: TestApi
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "egret-respond-role-"))
})
afterEach(async () => {
  await life.close()
  api.close()
  rmSync(folder, { recursive: true, force: true })
})

const row = {
  id: "e1",
  status: "new",
  notes: "[]",
  server_address: "paste.example",
  findings: ["f1"],
  agent: JSON.stringify({
    id: "a1",
    name: "agent",
    confidence: 1,
    workload: { id: "w", vni: 7, ip: "10.0.0.10", networkInterface: "eni-agent" },
  }),
}

async function open(respond: Record<string, unknown>): Promise<Pick<ApiParts, "respond" | "block">> {
  const config = schema.parse({
    api: { stateDir: join(folder, "api") },
    respond: { stateDir: join(folder, "respond"), actions: [{ name: "deny", type: "deny-list" }], ...respond },
  })
  const logger = silentLogger()
  const metrics = new Metrics()
  const health = new Health()
  life = new Lifecycle({ logger, health })
  bus = new MemoryBus({ maxBytes: 1e6, logger, metrics })
  const answer = (sql: string) => (sql.includes("server_ip") ? [{ server_ip: "203.0.113.9" }] : sql.includes("FROM events") ? [row] : [])
  const control = await openRespondPart(
    { config, life, logger, metrics, health },
    { bus, store: { query: async (sql) => answer(sql) as never, stream: () => ({}) as never } },
  )
  api = openTestApi(answer, control)
  return control
}
const denied = () => {
  const { payload } = JSON.parse(readFileSync(join(folder, "respond/deny-list.json"), "utf8")) as { payload: string }
  return (JSON.parse(payload) as { entries: { value: string }[] }).entries.map(({ value }) => value)
}
const publish = (id: string, more: Record<string, unknown> = {}) =>
  bus.publish(topics.event, [{ key: "k", value: Buffer.from(JSON.stringify(eventRecord(id, { severity: "critical", ...more }).value)) }])

describe("responding in a role", () => {
  it("is not there while it is off", async () => {
    expect(await open({})).toEqual({})
    const token = await api.token("admin")
    expect(await (await api.get("/v1/respond", token)).json()).toMatchObject({ enabled: false, items: [] })
  })

  it("acts on no event unless a trigger says so", async () => {
    const { respond } = await open({ enabled: true, dryRun: false })
    await publish("e1")
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(respond?.list()).toEqual([])
  })

  it("plans what a trigger names, applies it only where that is asked for, once an event", async () => {
    const { respond } = await open({
      enabled: true,
      dryRun: false,
      actions: [
        { name: "deny", type: "deny-list" },
        { name: "cut", type: "deny-list", deny: "workload" },
      ],
      triggers: [
        { action: "deny", rules: ["secret/*"], apply: true },
        { action: "cut", classes: ["data-leak"] },
      ],
    })
    const agent = { id: "a", name: "a", confidence: 1, signals: [], conflicts: [], workload: { id: "w", vni: 0, ip: "10.0.0.10" } }
    await publish("e1", { agent })
    await publish("e1", { agent, revision: 1 })
    await publish("e2", { severity: "medium" })
    await publish("e3", { rules: ["other/rule"], class: "anomaly" })
    await until(
      () =>
        (respond?.list().length ?? 0) === 2 && ((respond?.list() ?? []) as { state: string }[]).some(({ state }) => state === "applied"),
    )
    expect(respond?.list()).toMatchObject([
      { action: "cut", state: "planned", event: "e1" },
      { action: "deny", state: "applied", event: "e1", by: "trigger" },
    ])
    expect(denied()).toEqual(["paste.example"])
  })

  it("changes nothing by a trigger in a dry run", async () => {
    const { respond } = await open({ enabled: true, triggers: [{ action: "deny", apply: true }] })
    await publish("e1")
    await until(() => respond?.list().length === 1)
    expect(respond?.list()).toMatchObject([{ state: "planned" }])
  })

  it("plans, applies and takes back by the API, each by its own right and on record", async () => {
    await open({ enabled: true, dryRun: false })
    const [analyst, admin] = [await api.token("analyst"), await api.token("admin")]
    const planned = await api.send("POST", "/v1/respond/plans", {
      token: analyst,
      body: { action: "deny", event: "e1", reason: "a key leaves" },
    })
    const { id, steps, target } = (await planned.json()) as { id: string; steps: unknown[]; target: unknown }
    expect([planned.status, steps, target]).toMatchObject([
      200,
      [{ entry: { kind: "host", value: "paste.example" } }],
      { workload: { networkInterface: "eni-agent", vni: 7 }, destination: { ips: ["203.0.113.9"] } },
    ])
    expect((await api.send("POST", `/v1/respond/${id}/apply`, { token: analyst })).status).toBe(403)
    expect(await (await api.send("POST", `/v1/respond/${id}/apply`, { token: admin })).json()).toMatchObject({ state: "applied" })
    expect(denied()).toEqual(["paste.example"])
    expect(await (await api.get("/v1/respond/deny-list", analyst)).json()).toMatchObject({
      payload: expect.stringContaining("paste.example"),
    })
    const reverted = await api.send("POST", `/v1/respond/${id}/revert`, { token: admin, body: { reason: "a false alarm" } })
    expect(await reverted.json()).toMatchObject({ state: "reverted" })
    expect((await api.send("POST", `/v1/respond/${id}/revert`, { token: admin, body: { reason: "again" } })).status).toBe(409)
    expect(denied()).toEqual([])
    expect(verifyAudit(auditPath(join(folder, "api")))).toMatchObject({ ok: true, records: 3 })
  })

  it("blocks for a SOAR, and shows the block on the event", async () => {
    await open({ enabled: true, dryRun: false })
    const token = await api.token("soar")
    const send = () =>
      api.send("POST", "/v1/soar/verdicts", {
        token,
        headers: { "idempotency-key": "case-4711" },
        body: { event: "e1", action: "block", reason: "leaks a key", minutes: 15 },
      })
    expect(await (await send()).json()).toMatchObject({
      block: { done: true, state: "applied", dryRun: false, steps: ["gateways deny the host paste.example"] },
    })
    expect(denied()).toEqual(["paste.example"])
    expect(await (await send()).json()).toMatchObject({ replayed: true, block: { state: "applied" } })
    expect(api.inserted.filter(({ table }) => table === "event_handling")).toHaveLength(1)
    expect(String(api.inserted[0]?.rows[0]?.["notes"])).toContain("Block asked for: leaks a key")
  })

  it("refuses a SOAR what the configuration protects", async () => {
    await open({ enabled: true, dryRun: false, never: ["paste.example"] })
    const reply = await api.send("POST", "/v1/soar/verdicts", {
      token: await api.token("soar"),
      headers: { "idempotency-key": "case-4712" },
      body: { event: "e1", action: "block", reason: "leaks a key" },
    })
    expect([reply.status, await reply.json()]).toMatchObject([409, { detail: "respond.never protects paste.example" }])
  })
})

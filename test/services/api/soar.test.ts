import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { createApi } from "../../../services/api/app.ts"
import type { BlockControl } from "../../../services/api/parts.ts"
import { openTestApi, type TestApi } from "../../support/api.ts"

/** A store of one event, that shows what was written about it as the real view does (the real one: test/integration). */
let event: Record<string, unknown>
let api: TestApi
let asked: Parameters<BlockControl["block"]>[0][]
beforeEach(() => {
  event = { id: "e1", status: "new", assignee: "", notes: "[]", suppression_reason: "", suppression_by: "", suppression_until: 0 }
  asked = []
  api = openTestApi((_sql, params) => (params["id"] === "e1" ? [event] : []), {
    block: {
      block: async (request) => {
        asked.push(request)
        return { done: true, id: "r1", state: "applied", dryRun: false, until: 1_795_000_000_000, steps: ["deny paste.example"] }
      },
    },
  })
  api.parts.store.insert = async (_table, [row]) => void Object.assign(event, row)
})
afterEach(() => api.close())

const send = async (body: unknown, { key = "key-00001", token }: { key?: string; token?: string } = {}) =>
  api.send("POST", "/v1/soar/verdicts", { token: token ?? (await api.token("soar")), body, headers: { "idempotency-key": key } })
const notes = () => JSON.parse(String(event["notes"])) as { by: string; text: string; action?: string; reference?: string }[]

describe("verdicts that come back from a SOAR", () => {
  it("close an event with who, why and where, and show it in the answer", async () => {
    const reply = await send({
      event: "e1",
      action: "close",
      resolution: "false-positive",
      reason: "a test key of ours",
      by: "ann@soc.example",
      reference: "https://thehive.example/alert/7",
    })
    expect([reply.status, await reply.json()]).toMatchObject([200, { replayed: false, event: { id: "e1", status: "false-positive" } }])
    expect(notes()).toMatchObject([
      {
        by: "ann@soc.example (soar)",
        text: "Closed as false-positive: a test key of ours",
        action: "close",
        reference: "https://thehive.example/alert/7",
      },
    ])
  })

  it.each([
    [
      { action: "suppress", days: 7 },
      { status: "suppressed", suppression_reason: "known", suppression_by: "soar" },
    ],
    [
      { action: "assign", assignee: "bob" },
      { assignee: "bob", status: "new" },
    ],
    [{ action: "reopen" }, { status: "new", suppression_reason: "" }],
  ])("%j writes %j", async (action, wanted) => {
    expect((await send({ event: "e1", reason: "known", ...action })).status).toBe(200)
    expect(event).toMatchObject(wanted)
    expect(notes()).toHaveLength(1)
  })

  it("do nothing a second time under the same key, also after a restart", async () => {
    const token = await api.token("soar")
    const body = { event: "e1", action: "close", reason: "done with it" }
    await send(body, { token })
    event["status"] = "in-progress"
    expect(await (await send(body, { token })).json()).toMatchObject({ replayed: true, event: { status: "in-progress" } })
    const restarted = createApi(api.parts)
    const again = await restarted.request("/v1/soar/verdicts", {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "idempotency-key": "key-00001", "content-type": "application/json" },
      body: JSON.stringify(body),
    })
    expect([again.status, await again.json()]).toMatchObject([200, { replayed: true }])
    expect(notes()).toHaveLength(1)
  })

  it("refuse a key that came with another request, a short key, and none", async () => {
    const token = await api.token("soar")
    await send({ event: "e1", action: "close", reason: "first" }, { token })
    expect((await send({ event: "e1", action: "reopen", reason: "second" }, { token })).status).toBe(422)
    expect((await send({ event: "e1", action: "reopen", reason: "second" }, { token, key: "k" })).status).toBe(422)
    expect((await api.send("POST", "/v1/soar/verdicts", { token, body: {} })).status).toBe(422)
  })

  it.each([
    [{ event: "e1", action: "close" }, 422],
    [{ event: "e1", action: "erase", reason: "because" }, 422],
    [{ event: "e1", action: "close", reason: "because", days: 3 }, 422],
    [{ event: "e2", action: "close", reason: "because" }, 404],
  ])("answer %j with %s and write nothing", async (body, status) => {
    expect((await send(body)).status).toBe(status)
    expect(notes()).toEqual([])
  })

  it("take what failed once under the same key", async () => {
    const token = await api.token("soar")
    const { insert } = api.parts.store
    api.parts.store.insert = async () => {
      throw new Error("the store is away")
    }
    const body = { event: "e1", action: "close", reason: "done with it" }
    expect((await send(body, { token })).status).toBe(500)
    api.parts.store.insert = insert
    expect((await send(body, { token })).status).toBe(200)
    expect(notes()).toHaveLength(1)
  })

  it("hand a block on with its limits, and note what was done", async () => {
    const reply = await send({ event: "e1", action: "block", reason: "leaks a key", minutes: 30, with: "deny" })
    expect(await reply.json()).toMatchObject({ block: { done: true, id: "r1", state: "applied" }, event: { status: "in-progress" } })
    expect(asked).toMatchObject([{ action: "deny", minutes: 30, reason: "leaks a key", by: "soar", event: { id: "e1" } }])
    expect(notes()[0]?.text).toContain("Respond r1: applied, until 2026-")
  })

  it("say so when nothing may be blocked here", async () => {
    const { block: _, ...parts } = api.parts
    const closed = createApi(parts)
    const reply = await closed.request("/v1/soar/verdicts", {
      method: "POST",
      headers: { authorization: `Bearer ${await api.token("soar")}`, "idempotency-key": "key-00002", "content-type": "application/json" },
      body: JSON.stringify({ event: "e1", action: "block", reason: "leaks a key" }),
    })
    expect([reply.status, ((await reply.json()) as { title: string }).title]).toEqual([409, "Responding is not turned on"])
  })

  it("are for the role soar and administrators; that role reads nothing else", async () => {
    const body = { event: "e1", action: "close", reason: "because" }
    for (const role of ["viewer", "analyst", "content"] as const)
      expect([role, (await send(body, { token: await api.token(role) })).status]).toEqual([role, 403])
    const token = await api.token("soar")
    expect((await api.get("/v1/soar/events/e1", token)).status).toBe(200)
    for (const path of ["/v1/events", "/v1/activity", "/v1/users", "/v1/policy"]) expect((await api.get(path, token)).status).toBe(403)
  })

  it("are in the audit trail before they are answered", async () => {
    await send({ event: "e1", action: "close", reason: "because" })
    expect(api.parts.audit.latest(1)).toMatchObject([{ action: "soar-close", who: "soar", role: "soar", object: "e1" }])
  })
})

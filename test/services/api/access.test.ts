import { readFileSync, writeFileSync } from "node:fs"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { auditPath, verifyAudit } from "../../../services/api/audit.ts"
import { roles } from "../../../services/api/roles.ts"
import { openTestApi, type TestApi } from "../../support/api.ts"

let api: TestApi
beforeEach(() => {
  api = openTestApi((sql) => (sql.includes("FROM content") ? [{ id: "a", body: "{}" }] : [{ id: "a", at: 1 }]))
})
afterEach(() => api.close())

describe("who may do what", () => {
  it("answers nothing without a token, except its own description", async () => {
    const { paths } = (await (await api.get("/v1/openapi.json")).json()) as { paths: Record<string, Record<string, unknown>> }
    const reads = Object.entries(paths).filter(([path, methods]) => "get" in methods && !path.startsWith("/v1/session"))
    expect(reads.length).toBeGreaterThan(30)
    for (const [path] of reads) expect([path, (await api.get(path.replaceAll(/\{\w+\}/g, "x"))).status]).toEqual([path, 401])
  })

  it("keeps prompts and bodies from viewers and analysts", async () => {
    const content = [
      "/v1/activity/a/content",
      "/v1/activity/a/evidence",
      "/v1/conversations/c",
      "/v1/agents/a/tool-calls",
      "/v1/sent-to-model?agent=a&model=m",
      "/v1/activity?searchContent=true&search=x",
    ]
    for (const role of roles) {
      const token = await api.token(role)
      const wanted = role === "content" || role === "admin" ? 200 : 403
      for (const path of content) expect([role, path, (await api.get(path, token)).status]).toEqual([role, path, wanted])
      expect([role, (await api.get("/v1/activity", token)).status]).toEqual([role, role === "soar" ? 403 : 200])
    }
  })

  it("keeps both tokens that are made at the same time", async () => {
    const tokens = await Promise.all([api.token("viewer"), api.token("analyst"), api.token("admin")])
    for (const token of tokens) expect((await api.get("/v1/activity", token)).status).toBe(200)
  })

  it("lets only administrators manage users and tokens", async () => {
    for (const role of roles)
      expect([role, (await api.get("/v1/users", await api.token(role))).status]).toEqual([role, role === "admin" ? 200 : 403])
  })

  it("refuses a token that expired, was removed or was altered", async () => {
    const { id, token } = await api.parts.accounts.addToken({
      name: "t",
      role: "viewer",
      now: api.clock.now,
      expiresAt: api.clock.now + 1_000,
    })
    expect((await api.get("/v1/agents", token)).status).toBe(200)
    expect((await api.get("/v1/agents", `${token}x`)).status).toBe(401)
    api.clock.now += 2_000
    expect((await api.get("/v1/agents", token)).status).toBe(401)
    await api.parts.accounts.removeToken(id)
    expect((await api.get("/v1/agents", token)).status).toBe(401)
  })

  it("keeps neither tokens nor passwords in clear", async () => {
    const token = await api.token("admin")
    await api.parts.accounts.addUser({ name: "ann", role: "admin", password: "correct horse battery", now: 0 })
    const stored = readFileSync(`${api.folder}/accounts.json`, "utf8")
    expect(stored).not.toContain(token)
    expect(stored).not.toContain("correct horse")
  })
})

describe("browser sessions", () => {
  it("signs in once by the first start's link, and never again by it", async () => {
    const code = api.parts.sessions.makeOnceCode()
    const first = await api.send("POST", "/v1/session/once", { body: { code } })
    expect([first.status, ((await first.json()) as { role: string }).role]).toEqual([200, "admin"])
    expect(first.headers.get("set-cookie")).toMatch(/HttpOnly.*SameSite=Strict/i)
    expect((await api.send("POST", "/v1/session/once", { body: { code } })).status).toBe(401)
  })

  it("refuses a change that does not carry the CSRF header, as another site's form would not", async () => {
    const { cookie, csrf } = await signIn()
    const body = { name: "bob", role: "viewer", password: "long enough password" }
    expect((await api.send("POST", "/v1/users", { body, headers: { cookie } })).status).toBe(403)
    expect((await api.send("POST", "/v1/users", { body, headers: { cookie, "x-egret-csrf": csrf } })).status).toBe(200)
  })

  it("gets an id of its own at each sign-in: one that somebody planted in the browser opens nothing, before or after", async () => {
    const planted = "egret_session=planted-by-somebody-else"
    const { cookie } = await signIn(planted)
    expect(cookie).not.toBe(planted)
    expect((await api.send("GET", "/v1/agents", { headers: { cookie: planted } })).status).toBe(401)
    const again = await signIn(cookie)
    expect(again.cookie).not.toBe(cookie)
    expect((await api.send("GET", "/v1/agents", { headers: { cookie } })).status).toBe(401)
    expect((await api.send("GET", "/v1/agents", { headers: { cookie: again.cookie } })).status).toBe(200)
  })

  it("needs the CSRF value of this very session", async () => {
    const [own, other] = [await signIn(), await signIn()]
    const headers = { cookie: own.cookie, "x-egret-csrf": other.csrf }
    expect(
      (await api.send("POST", "/v1/users", { body: { name: "bob", role: "viewer", password: "long enough password" }, headers })).status,
    ).toBe(403)
  })

  it("ends with its lifetime and with signing out", async () => {
    const { cookie } = await signIn()
    expect((await api.send("GET", "/v1/agents", { headers: { cookie } })).status).toBe(200)
    await api.send("DELETE", "/v1/session", { headers: { cookie } })
    expect((await api.send("GET", "/v1/agents", { headers: { cookie } })).status).toBe(401)
    const again = await signIn()
    api.clock.now += 43_200_001
    expect((await api.send("GET", "/v1/agents", { headers: { cookie: again.cookie } })).status).toBe(401)
  })

  it("makes guessing passwords slow", async () => {
    const statuses = []
    for (let guess = 0; guess < 70; guess++)
      statuses.push((await api.send("POST", "/v1/session/once", { body: { code: `guess ${guess}` } })).status)
    expect(statuses.filter((status) => status === 401).length).toBe(60)
    expect(statuses.at(-1)).toBe(429)
  })

  async function signIn(cookie?: string): Promise<{ cookie: string; csrf: string }> {
    const headers = cookie === undefined ? {} : { cookie }
    const response = await api.send("POST", "/v1/session/once", { body: { code: api.parts.sessions.makeOnceCode() }, headers })
    return { cookie: response.headers.get("set-cookie")?.split(";")[0] ?? "", csrf: ((await response.json()) as { csrf: string }).csrf }
  }
})

describe("limits and headers", () => {
  it("slows a caller down and says for how long", async () => {
    const token = await api.token("viewer")
    let response = await api.get("/v1/agents", token)
    for (let request = 0; request < 650 && response.status === 200; request++) response = await api.get("/v1/agents", token)
    expect(response.status).toBe(429)
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0)
  })

  it("forbids inline scripts, foreign sources and framing on every answer", async () => {
    const policy = (await api.get("/v1/openapi.json")).headers.get("content-security-policy") ?? ""
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toContain("unsafe-inline")
    expect(policy).toContain("frame-ancestors 'none'")
  })

  it("answers every error as a problem document", async () => {
    const response = await api.get("/v1/nothing", await api.token("viewer"))
    expect([response.status, response.headers.get("content-type")]).toEqual([404, "application/problem+json"])
    expect(await response.json()).toMatchObject({ type: "about:blank", status: 404, title: expect.any(String) })
  })
})

describe("the audit trail", () => {
  it("records each read of content and each change before it is answered", async () => {
    const token = await api.token("admin")
    await api.get("/v1/activity/a/content", token)
    await api.send("POST", "/v1/tokens", { token, body: { name: "grafana", role: "viewer" } })
    await api.get("/v1/agents", token)
    expect(api.parts.audit.latest(10).map((record) => [record.action, record.who])).toEqual([
      ["token-add", "admin"],
      ["read-content", "admin"],
    ])
    expect(verifyAudit(auditPath(api.folder))).toMatchObject({ ok: true, records: 2 })
  })

  it.each([
    ["changed", (lines: string[]) => lines.map((line, index) => (index === 1 ? line.replace("two", "TWO") : line)), 2],
    ["removed", (lines: string[]) => lines.filter((_, index) => index !== 1), 2],
    ["put in", (lines: string[]) => [lines[0] ?? "", ...lines], 2],
    ["swapped", (lines: string[]) => [lines[1] ?? "", lines[0] ?? "", lines[2] ?? ""], 1],
  ])("shows a record that was %s", (_name, damage, line) => {
    for (const object of ["one", "two", "three"])
      api.parts.audit.write({ at: "2026-11-21T00:00:00Z", who: "a", role: "admin", action: "x", object })
    const path = auditPath(api.folder)
    const lines = readFileSync(path, "utf8").trim().split("\n")
    expect(verifyAudit(path)).toMatchObject({ ok: true })
    writeFileSync(path, `${damage(lines).join("\n")}\n`)
    expect(verifyAudit(path)).toMatchObject({ ok: false, line })
  })
})

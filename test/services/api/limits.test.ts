import { afterEach, describe, expect, it } from "vitest"
import type { LiveFeed } from "../../../services/api/parts.ts"
import { openTestApi, type TestApi } from "../../support/api.ts"

let api: TestApi
afterEach(() => api.close())

describe("an export", () => {
  it("comes page by page in order, and the store is only asked for what is read", async () => {
    const total = 200_000
    api = openTestApi((_sql, params) => {
      const from = params["before_at"] === undefined ? total : Number(params["before_at"])
      return Array.from({ length: Math.min(Number(params["limit"]), from) }, (_, index) => ({
        id: `id${from - 1 - index}`,
        at: from - 1 - index,
        summary: "x".repeat(200),
      }))
    })
    const response = await api.get("/v1/activity?format=ndjson", await api.token("viewer"))
    let [lines, last, rest, ahead] = [0, total, "", 0]
    for await (const piece of response.body ?? []) {
      const whole = (rest + Buffer.from(piece).toString("latin1")).split("\n")
      rest = whole.pop() ?? ""
      lines += whole.length
      const newest = Number(/"at":(\d+)/.exec(whole.at(-1) ?? "")?.[1] ?? last)
      expect(newest).toBeLessThanOrEqual(last)
      last = newest
      ahead = Math.max(ahead, api.asked.length * 5_000 - lines)
    }
    expect([lines, last]).toEqual([total, 0])
    // Two pages of what was not read yet, however many rows there are: memory does not grow with them.
    expect(ahead).toBeLessThanOrEqual(10_000)
  })

  it("stops asking the store when nobody reads on", async () => {
    api = openTestApi((_sql, params) =>
      Array.from({ length: Number(params["limit"]) }, (_, index) => ({ id: `id${index}`, at: 1e9 - index })),
    )
    const response = await api.get("/v1/activity?format=csv", await api.token("viewer"))
    await response.body?.cancel()
    const asked = api.asked.length
    await new Promise((done) => setTimeout(done, 200))
    expect(api.asked.length).toBeLessThanOrEqual(asked + 2)
  })
})

describe("a request", () => {
  it("larger than a policy ever is, is refused before it is read", async () => {
    api = openTestApi()
    const token = await api.token("admin")
    const response = await api.send("POST", "/v1/policy/validate", { token, body: { text: "x".repeat(2 * 1024 * 1024) } })
    expect([response.status, response.headers.get("content-type")]).toEqual([413, "application/problem+json"])
  })

  it("may carry no script anywhere: the policy of the pages forbids inline and foreign ones", async () => {
    api = openTestApi()
    const policy = (await api.get("/v1/openapi.json")).headers.get("content-security-policy") ?? ""
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
    expect(policy).toContain("default-src 'none'")
  })
})

describe("the live feed", () => {
  it("tells each event as it happens, forgets the oldest for a reader that does not keep up, and lets go of who left", async () => {
    let tell: Parameters<LiveFeed["listen"]>[0] = () => undefined
    let listening = 0
    api = openTestApi(undefined, {
      live: {
        listen: (listener) => {
          tell = listener
          listening += 1
          return () => {
            listening -= 1
          }
        },
      },
    })
    const response = await api.get("/v1/live", await api.token("viewer"))
    expect(response.headers.get("content-type")).toContain("text/event-stream")
    const reader = response.body?.getReader()
    const next = async () => Buffer.from((await reader?.read())?.value ?? []).toString()
    expect(await next()).toContain("event: hello")
    tell("event", { id: "e1" })
    expect(await next()).toContain('data: {"id":"e1"}')
    expect(listening).toBe(1)
    await reader?.cancel()
    for (let tries = 0; tries < 50 && listening > 0; tries += 1) await new Promise((done) => setTimeout(done, 20))
    expect(listening).toBe(0)
  })
})

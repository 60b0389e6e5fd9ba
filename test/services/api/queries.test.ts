import { afterEach, describe, expect, it } from "vitest"
import { openTestApi, type TestApi } from "../../support/api.ts"

let api: TestApi
afterEach(() => api.close())

describe("lists", () => {
  it("bind every value and splice none", async () => {
    api = openTestApi()
    const hostile = "x' OR 1=1 --"
    await api.get(
      `/v1/activity?agent=${encodeURIComponent(hostile)}&host=a&host=b&status=400-499&from=-24h&limit=5`,
      await api.token("viewer"),
    )
    const [asked] = api.asked
    expect(asked?.sql).not.toContain("OR 1=1")
    expect(asked?.params).toMatchObject({
      gen_ai_agent_id: [hostile],
      server_address: ["a", "b"],
      status_from: 400,
      status_to: 499,
      limit: 5,
      from: (api.clock.now - 86_400_000) * 1000,
    })
  })

  it("refuse a parameter they do not know, and say which they know", async () => {
    api = openTestApi()
    const response = await api.get("/v1/activity?agnet=x", await api.token("viewer"))
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ field: "agnet", detail: expect.stringContaining("agentName") })
    expect(api.asked).toEqual([])
  })

  it.each([
    ["limit", "many"],
    ["limit", "0"],
    ["from", "yesterday"],
    ["cursor", "zzz"],
    ["status", "teapot"],
  ])("refuse %s=%s", async (name, value) => {
    api = openTestApi()
    const response = await api.get(`/v1/activity?${name}=${value}`, await api.token("viewer"))
    expect([response.status, response.headers.get("content-type")]).toEqual([422, "application/problem+json"])
  })

  it("page by a cursor that goes on after the last row", async () => {
    const rows = Array.from({ length: 5 }, (_, index) => ({ id: `id${index}`, at: 1_000 - index }))
    api = openTestApi((_sql, params) =>
      rows.filter((row) => params["before_at"] === undefined || row.at < Number(params["before_at"])).slice(0, Number(params["limit"])),
    )
    const token = await api.token("viewer")
    const seen: string[] = []
    let next: string | undefined
    do {
      const page = (await (await api.get(`/v1/activity?limit=2${next === undefined ? "" : `&cursor=${next}`}`, token)).json()) as {
        items: { id: string }[]
        next?: string
      }
      seen.push(...page.items.map((item) => item.id))
      next = page.next
    } while (next !== undefined)
    expect(seen).toEqual(rows.map((row) => row.id))
  })

  it("export CSV that no spreadsheet runs, and NDJSON", async () => {
    api = openTestApi(() => [{ id: "a", at: 1, summary: '=HYPERLINK("x"),1', tools: ["b"] }])
    const token = await api.token("viewer")
    const csv = await (await api.get("/v1/activity?format=csv", token)).text()
    expect(csv).toBe('id,at,summary,tools\r\na,1,"\'=HYPERLINK(""x""),1","[""b""]"\r\n')
    const ndjson = await (await api.get("/v1/activity?format=ndjson", token)).text()
    expect(JSON.parse(ndjson)).toMatchObject({ id: "a", tools: ["b"] })
  })

  it("answer 404 for a single thing that is not there", async () => {
    api = openTestApi()
    expect((await api.get("/v1/activity/none", await api.token("viewer"))).status).toBe(404)
  })
})

describe("handling an event", () => {
  const event = { id: "e1", status: "new", assignee: "", notes: "[]", suppression_reason: "", suppression_by: "", suppression_until: 0 }

  it("keeps what is not given and adds the note with its author", async () => {
    api = openTestApi(() => [event])
    const response = await api.send("PATCH", "/v1/events/e1", {
      token: await api.token("analyst"),
      body: { status: "triaged", note: "looking" },
    })
    expect(response.status).toBe(200)
    const row = api.inserted[0]?.rows[0] ?? {}
    expect(row).toMatchObject({ id: "e1", status: "triaged", assignee: "" })
    expect(JSON.parse(String(row["notes"]))).toEqual([{ at: api.clock.now * 1000, by: "analyst", text: "looking" }])
  })

  it("suppresses with a reason and an end", async () => {
    api = openTestApi(() => [event])
    await api.send("PATCH", "/v1/events/e1", { token: await api.token("analyst"), body: { suppress: { reason: "test key", days: 7 } } })
    expect(api.inserted[0]?.rows[0]).toMatchObject({
      status: "suppressed",
      suppression_reason: "test key",
      suppression_by: "analyst",
      suppression_until: (api.clock.now + 7 * 86_400_000) * 1000,
    })
    expect(
      (await api.send("PATCH", "/v1/events/e1", { token: await api.token("analyst"), body: { suppress: { reason: "" } } })).status,
    ).toBe(422)
  })

  it("is not for viewers", async () => {
    api = openTestApi(() => [event])
    expect((await api.send("PATCH", "/v1/events/e1", { token: await api.token("viewer"), body: { status: "resolved" } })).status).toBe(403)
  })
})

describe("the document", () => {
  it("is OpenAPI 3.1 with every route, its tag and its parameters", async () => {
    api = openTestApi()
    const document = (await (await api.get("/v1/openapi.json")).json()) as {
      openapi: string
      paths: Record<string, { get?: { tags: string[]; parameters?: { name: string }[] } }>
    }
    expect(document.openapi).toBe("3.1.0")
    expect(document.paths["/v1/activity"]?.get?.parameters?.map((parameter) => parameter.name)).toEqual(
      expect.arrayContaining(["from", "to", "agent", "host", "cursor", "format", "limit"]),
    )
    for (const [path, { get }] of Object.entries(document.paths)) if (get !== undefined) expect([path, get.tags.length]).toEqual([path, 1])
  })
})

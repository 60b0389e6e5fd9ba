import { afterEach, describe, expect, it } from "vitest"
import type { SocControl } from "../../../services/api/parts.ts"
import { openTestApi, type TestApi } from "../../support/api.ts"

let api: TestApi
afterEach(() => api.close())

describe("the SOC's destinations", () => {
  it("are shown to everybody, tested by analysts, and sent their dead letters again by administrators; all of it recorded", async () => {
    api = openTestApi(undefined, { soc: fake() })
    expect(await (await api.get("/v1/soc", await api.token("viewer"))).json()).toMatchObject({
      items: [{ name: "splunk", waiting: 3, dead: 2 }],
    })
    expect((await api.send("POST", "/v1/soc/splunk/test", { token: await api.token("viewer") })).status).toBe(403)
    const tested = await api.send("POST", "/v1/soc/splunk/test", { token: await api.token("analyst") })
    expect(await tested.json()).toEqual({ arrived: false, problem: "401 from the collector" })
    expect((await api.send("POST", "/v1/soc/splunk/retry", { token: await api.token("content") })).status).toBe(403)
    expect(await (await api.send("POST", "/v1/soc/splunk/retry", { token: await api.token("admin") })).json()).toEqual({ count: 2 })
    expect(api.parts.audit.latest(5).map(({ who, action, object }) => [who, action, object])).toEqual([
      ["admin", "soc-retry", "splunk"],
      ["analyst", "soc-test", "splunk"],
    ])
  })

  it("are none where none is configured, and an unknown one is not there", async () => {
    api = openTestApi()
    expect(await (await api.get("/v1/soc", await api.token("viewer"))).json()).toEqual({ items: [] })
    expect((await api.send("POST", "/v1/soc/other/test", { token: await api.token("admin") })).status).toBe(404)
  })
})

describe("responding", () => {
  it("says that it is off instead of failing, and plans nothing", async () => {
    api = openTestApi()
    const token = await api.token("admin")
    expect(await (await api.get("/v1/respond", token)).json()).toEqual({ enabled: false, items: [], actions: [], dryRun: true })
    const body = { action: "deny", target: { host: "x.example" }, reason: "for a test" }
    expect((await api.send("POST", "/v1/respond/plans", { token, body })).status).toBe(503)
  })
})

function fake(): SocControl {
  return {
    list: () => [
      {
        name: "splunk",
        type: "splunk",
        kinds: ["event"],
        minSeverity: "medium",
        waiting: 3,
        delivered: 9,
        dead: 2,
        failing: 4,
        problem: "401",
      },
    ],
    test: async () => "401 from the collector",
    retry: () => 2,
  }
}

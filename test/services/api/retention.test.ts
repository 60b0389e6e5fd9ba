import { afterEach, describe, expect, it } from "vitest"
import type { RetentionControl, RetentionDays } from "../../../services/api/parts.ts"
import { openTestApi, type TestApi } from "../../support/api.ts"

let api: TestApi
afterEach(() => api.close())

describe("retention", () => {
  it("is read by everybody, and changed by administrators alone, which the audit trail keeps with what was before", async () => {
    api = openTestApi(undefined, { retention: fake() })
    const body = { metadata: 10, content: 1, findings: 0, files: 5 }
    for (const role of ["viewer", "analyst", "content"] as const) {
      const token = await api.token(role)
      expect((await api.get("/v1/retention", token)).status).toBe(200)
      expect((await api.send("PUT", "/v1/retention", { token, body })).status).toBe(403)
      expect((await api.send("DELETE", "/v1/retention", { token })).status).toBe(403)
    }
    const token = await api.token("admin")
    expect(await (await api.send("PUT", "/v1/retention", { token, body })).json()).toMatchObject({ days: body, by: "admin" })
    expect(await (await api.send("DELETE", "/v1/retention", { token })).json()).toEqual({ days: CONFIGURED, configured: CONFIGURED })
    expect(api.parts.audit.latest(2).map(({ action, detail }) => [action, detail])).toEqual([
      ["retention-reset", undefined],
      ["retention-set", `${JSON.stringify(CONFIGURED)} to ${JSON.stringify(body)}`],
    ])
  })

  it.each([
    [{ metadata: -1, content: 1, findings: 1, files: 1 }],
    [{ metadata: 1.5, content: 1, findings: 1, files: 1 }],
    [{ metadata: 1, content: 1, findings: 1 }],
    [{ metadata: 1, content: 1, findings: 1, files: 1, prompts: 1 }],
  ])("refuses %j", async (body) => {
    api = openTestApi(undefined, { retention: fake() })
    expect((await api.send("PUT", "/v1/retention", { token: await api.token("admin"), body })).status).toBe(422)
  })
})

const CONFIGURED: RetentionDays = { metadata: 180, content: 30, findings: 365, files: 30 }

function fake(): RetentionControl {
  let set: { days: RetentionDays; by: string } | undefined
  const current = async () => ({ days: CONFIGURED, configured: CONFIGURED, ...set })
  return {
    current,
    set: (days, by) => {
      set = { days, by }
      return current()
    },
    reset: () => {
      set = undefined
      return current()
    },
  }
}

// First, so that schemas made by other modules know how to describe themselves.
import "@hono/zod-openapi"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Store } from "../../../services/contracts/store.ts"
import { policyFindings } from "../../../services/detect/decide.ts"
import type { Inspected } from "../../../services/detect/inspected.ts"
import type { PolicyFacts } from "../../../services/policy/facts.ts"
import { loadPolicy } from "../../../services/policy/load.ts"
import { foldRows } from "../../../services/store/fold.ts"
import { openStore } from "../../../services/store/open-store.ts"
import { rowsOfFinding } from "../../../services/store/rows.ts"
import { openTestApi, type TestApi } from "../../support/api.ts"
import { sampleLlm } from "../../support/sample-activities.ts"

const NOW = Date.UTC(2026, 10, 21, 12)
const DAY = 86_400_000

describe("requests to agents that the access lists refused", () => {
  const folder = mkdtempSync(join(tmpdir(), "egret-tenants-"))
  let store: Store
  let api: TestApi
  let token: string
  beforeAll(async () => {
    store = await openStore({ engine: "embedded", path: join(folder, "store") })
    const found = [
      ...refused({ country: "CN", userEmail: "li@acme.com", emailDomain: "acme.com" }, 1),
      ...refused({ country: "CN", userEmail: "bo@evil.org", emailDomain: "evil.org" }, 2),
      ...refused({ country: "KP" }, 40),
      ...refused({ country: "DE", userEmail: "eva@acme.com", emailDomain: "acme.com" }, 1),
    ]
    for (const [table, rows] of foldRows(found.flatMap(rowsOfFinding))) await store.insert(table, rows)
    api = openTestApi(undefined, { store })
    token = await api.token("viewer")
  })
  afterAll(async () => {
    api?.close()
    await store?.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const events = async (search = "") => {
    const answer = (await (await api.get(`/tenants/default/firewall/events${search}`, token)).json()) as Answer
    return { ...answer, seen: answer.events.map(({ rule_type, blocked_value }) => `${rule_type} ${blocked_value}`).sort() }
  }

  it("say who was refused by which list, for which value, and why", async () => {
    const { events: listed } = await events("?user_email=bo@evil.org&rule_type=domain")
    expect(listed).toEqual([
      {
        timestamp: "2026-11-19T12:00:00Z",
        user_email: "bo@evil.org",
        rule_type: "domain",
        rule_mode: "ALLOW_LIST",
        blocked_value: "evil.org",
        country: "CN",
        agent_id: sampleLlm().agent.id,
        reason: "Access denied: email domain 'evil.org' is not on the allow list",
      },
    ])
  })

  it("are those of thirty days unless told, newest first, and page", async () => {
    expect((await events()).seen).toEqual(["domain evil.org", "geo CN", "geo CN"])
    expect((await events("?days=0")).seen).toEqual(["domain ", "domain evil.org", "geo CN", "geo CN", "geo KP"])
    expect((await events("?start_date=2026-11-20&end_date=2026-11-20")).seen).toEqual(["geo CN"])
    const [first, second] = [await events("?limit=2"), await events("?limit=2&offset=2")]
    expect([first.total, first.events.length, second.total, second.events.length]).toEqual([3, 2, 3, 1])
    expect(first.events[0]?.timestamp).toBe("2026-11-20T12:00:00Z")
  })

  it("are counted by list, value and person", async () => {
    const answer = await (await api.get("/tenants/default/firewall/stats?days=0&top_n=2", token)).json()
    expect(answer).toEqual({
      total_blocks: 5,
      by_rule_type: { geo: 3, domain: 2 },
      top_blocked_values: [
        { value: "CN", count: 2 },
        { value: "KP", count: 1 },
      ],
      top_blocked_users: [
        { value: "bo@evil.org", count: 2 },
        { value: "li@acme.com", count: 1 },
      ],
    })
  })

  it("are none of another tenant's, and a wrong filter is refused", async () => {
    expect(await (await api.get("/tenants/other/firewall/events?days=0", token)).json()).toMatchObject({ total: 0, events: [] })
    for (const wrong of ["rule_type=ip", "limit=0", "days=-1", "start_date=soon"])
      expect((await api.get(`/tenants/default/firewall/events?${wrong}`, token)).status, wrong).toBe(422)
  })
})

interface Answer {
  readonly total: number
  readonly events: readonly { readonly timestamp: string; readonly rule_type: string; readonly blocked_value: string }[]
}

/** What the policy finds in one request to an agent, so many days ago. */
function refused(person: Pick<PolicyFacts, "country" | "userEmail" | "emailDomain">, daysAgo: number) {
  const call = sampleLlm({}, { at: (NOW - daysAgo * DAY) * 1_000 })
  const head = { ...call, destination: undefined } as unknown as Inspected["head"]
  const facts = { kind: "http", direction: "inbound", agent: call.agent.name, models: [], tools: [], ...person } as unknown as PolicyFacts
  return policyFindings(lists, { head, facts } as Inspected, [])
}

const lists = loadPolicy(
  `version: 1
preset: balanced
access:
  country: { mode: block, values: [CN, KP] }
  email_domain: { mode: allow, values: [acme.com] }
`,
  "test",
)

import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { difference } from "../../../services/cli/policy/rejudge.ts"
import type { Store } from "../../../services/contracts/store.ts"
import { shippedPolicy } from "../../../services/policy/decide.ts"
import { loadPolicy } from "../../../services/policy/load.ts"
import { foldRows } from "../../../services/store/fold.ts"
import { openStore } from "../../../services/store/open-store.ts"
import { rowsOfActivity, rowsOfFinding } from "../../../services/store/rows.ts"
import { dns, http, llm, toolCall } from "../../support/detect/activities.ts"
import { detected } from "../../support/detect/run.ts"
import { requires } from "../../support/requires.ts"

const awsKey = ["AK", "IA", "Q3EGRTW7", "LPZ4VNXK"].join("")

describe.skipIf(requires("chdb").missing)("egret policy test", () => {
  const folder = mkdtempSync(join(tmpdir(), "egret-rejudge-"))
  let store: Store | undefined
  const before = shippedPolicy("balanced")

  beforeAll(async () => {
    const at = Date.now() * 1_000 - 3_600_000_000
    const activities = [
      http("POST", "/in", { body: awsKey, at }),
      http("GET", "/x", { host: "api.openai.com", at: at + 1 }),
      http("GET", "/x", { host: "10.2.3.4", ip: "10.2.3.4", at: at + 2 }),
      http("GET", "/x", { host: "github.com", at: at + 3 }),
      toolCall("delete_rows", { table: "a" }, "ok", { at: at + 4 }),
      llm({ requestModel: "gpt-5", toolCalls: [{ name: "bash", arguments: `{"command":"echo ${awsKey}"}` }] }, { at: at + 5 }),
      dns("docs.some-host.net", ["203.0.113.1"], { at: at + 6 }),
      {
        ...http("POST", "/agent", { at: at + 7, direction: "inbound" }),
        flow: { ...http("GET", "/").flow, client: { ip: "198.51.100.7", port: 1 } },
      },
    ]
    const { findings } = await detected(activities)
    store = await openStore({ engine: "embedded", path: join(folder, "store") })
    const rows = [...activities.flatMap(rowsOfActivity), ...findings.flatMap(rowsOfFinding)]
    for (const [table, some] of foldRows(rows)) await store.insert(table, some)
  })
  afterAll(async () => {
    await store?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function changes(rules: string, country?: (ip: string) => string | undefined): Promise<string[]> {
    if (store === undefined) throw new Error("not open")
    const after = loadPolicy(`version: 1\n${rules}`, "p.yaml", country)
    const { changes } = await difference(store, { before, after, days: 2 })
    return changes.map(({ destination, from, to }) => `${destination}: ${from} -> ${to}`).toSorted()
  }
  const rule = (when: string, action = "block") => `rules:\n  - { id: r, when: ${when}, action: ${action} }\n`

  it("says nothing for a policy that decides the same", async () => {
    expect(await changes("preset: balanced\n")).toEqual([])
  })
  it.each([
    ["provider", "{ destination_class: provider, application: http }", ["api.openai.com: nothing -> block"]],
    ["internal", "{ destination_class: internal }", ["10.2.3.4: nothing -> block"]],
    ["known", "{ destination_class: known, method: GET }", ["github.com: nothing -> block"]],
    ["mcp", "{ destination_class: mcp, tool: 'delete_*' }", ["mcp.vendor.io: nothing -> block"]],
    ["unknown", "{ destination_class: unknown, application: dns }", ["docs.some-host.net: nothing -> block"]],
  ])("knows the class of stored activities: %s", async (_, when, wanted) => {
    expect((await changes(rule(when))).filter((line) => line.includes("nothing"))).toEqual(wanted)
  })
  it("asks findings for the tool and model of their activity", async () => {
    const given = await changes(rule("{ family: secrets, model: gpt-5, tool: bash }", "allow"))
    expect(given.length).toBeGreaterThan(0)
    expect(given.every((line) => line.startsWith("api.openai.com: ") && line.endsWith("-> allow"))).toBe(true)
  })
  it("looks the country of a stored caller up", async () => {
    expect(await changes("access:\n  country: { mode: block, values: [KP] }\n", (ip) => (ip === "198.51.100.7" ? "KP" : "DE"))).toEqual([
      "unknown.bad-host.net: nothing -> block",
    ])
  })
})

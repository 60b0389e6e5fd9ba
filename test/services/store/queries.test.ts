import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Store } from "../../../services/contracts/store.ts"
import { foldRows } from "../../../services/store/fold.ts"
import { openStore } from "../../../services/store/open-store.ts"
import * as activity from "../../../services/store/queries/activity.ts"
import { namedQueries } from "../../../services/store/queries/catalogue.ts"
import * as inventory from "../../../services/store/queries/inventory.ts"
import * as judgement from "../../../services/store/queries/judgement.ts"
import { runQuery } from "../../../services/store/queries/named-query.ts"
import * as overview from "../../../services/store/queries/overview.ts"
import { decodeCursor, encodeCursor } from "../../../services/store/queries/params.ts"
import { parseSearch } from "../../../services/store/queries/text-search.ts"
import { dataOfContent } from "../../../services/store/rows/content-row.ts"
import { rowOfEvent, rowOfVerdict, rowsOfActivity, rowsOfFinding } from "../../../services/store/rows.ts"
import { SAMPLE_START, sampleDay, sampleEvent, sampleFinding, sampleLlm, sampleVerdict } from "../../support/sample-activities.ts"

describe("named queries", () => {
  const folder = mkdtempSync(join(tmpdir(), "egret-queries-"))
  let opened: Store | undefined
  const store = (): Store => {
    if (opened === undefined) throw new Error("not open")
    return opened
  }
  const day = sampleDay()
  const claude = "agent-claude-code-1"

  beforeAll(async () => {
    opened = await openStore({ engine: "embedded", path: join(folder, "store") })
    const rows = [
      ...day.flatMap(rowsOfActivity),
      ...rowsOfFinding(sampleFinding()),
      { table: "event", row: rowOfEvent(sampleEvent()) },
      { table: "event", row: rowOfEvent(sampleEvent({ revision: 2, status: "triaged", count: 3 })) },
      { table: "verdict", row: rowOfVerdict(sampleVerdict()) },
      {
        table: "verdict",
        row: rowOfVerdict(sampleVerdict({ id: "verdict-2", subject: "skill", sha256: "skill-hash-2", result: "malicious", score: 95 })),
      },
    ]
    for (const [table, some] of foldRows(rows)) await opened.insert(table, some)
  })
  afterAll(async () => {
    await opened?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const needed: Record<string, unknown> = {
    "activity-facets": { of: "host" },
    "activity-by-id": { id: day[4]?.id },
    "content-by-id": { id: day[4]?.id },
    conversation: { conversation: "conversation-1" },
    "tool-calls-of-agent": { agent: claude },
    "sent-to-model": { agent: claude, model: "claude-sonnet-4-5" },
    "flow-by-id": { flow: "flow-claude-code-api.anthropic.com" },
    "tool-versions": { server: "mcp.example.net/mcp", name: "search_tickets" },
    "skill-versions": { name: "pdf" },
    "event-by-id": { id: "event-1" },
    "event-history": { id: "event-1" },
    sightings: { sha256: sampleFileHash(day) },
    "verdicts-of": { sha256: sampleVerdict().sha256 },
  }

  it.each([...namedQueries.keys()])("%s answers with rows from a small day", async (name) => {
    const query = namedQueries.get(name)
    if (query === undefined) throw new Error(name)
    const rows = await runQuery(store(), query, { ...(needed[name] as object) })
    expect(rows.length).toBeGreaterThan(0)
    const ranged = await runQuery(store(), query, { ...(needed[name] as object), from: SAMPLE_START, to: SAMPLE_START + 86_400_000_000 })
    expect(ranged).toEqual(rows)
  })

  it("says which agents exist and what they use", async () => {
    const rows = await runQuery(store(), inventory.agents, {})
    expect(rows.map(({ name, llm_calls, mcp_calls, findings }) => ({ name, llm_calls, mcp_calls, findings }))).toEqual([
      { name: "claude-code", llm_calls: 2, mcp_calls: 4, findings: 1 },
      { name: "codex", llm_calls: 1, mcp_calls: 0, findings: 0 },
    ])
    const uses = await runQuery(store(), inventory.agentUses, { agent: claude })
    expect(uses.map(({ thing, name }) => `${thing} ${name}`).sort()).toEqual(
      expect.arrayContaining([
        "model anthropic/claude-sonnet-4-5",
        "mcp_server mcp.example.net/mcp",
        "skill pdf",
        "tool agent:claude-code#Read",
        "tool mcp.example.net/mcp#search_tickets",
        "destination api.anthropic.com:443",
      ]),
    )
  })

  it("lists every tool call of one agent in order, with its arguments", async () => {
    const rows = await runQuery(store(), activity.toolCallsOfAgent, { agent: claude })
    expect(rows.map(({ via, tool, arguments: given }) => `${via} ${tool} ${given}`)).toEqual([
      'model Read {"path":"/srv/flamingo-report.md"}',
      'mcp search_tickets {"query":"heron outage"}',
      'mcp search_tickets {"query":"heron outage"}',
    ])
  })

  it("tells what one agent sent to one model in a span of time", async () => {
    const rows = await runQuery(store(), activity.sentToModel, {
      agent: claude,
      model: "claude-sonnet-4-5",
      from: SAMPLE_START,
      to: SAMPLE_START + 200_000_000,
    })
    expect(rows).toHaveLength(1)
    expect(JSON.parse(rows[0]?.parts ?? "")).toEqual([{ type: "text", text: "Read the flamingo report, please." }])
  })

  it("tells which skills and tools changed since they were first seen, and what was judged of them", async () => {
    const [skill] = await runQuery(store(), inventory.skills, { changed: true })
    expect(skill).toMatchObject({ name: "pdf", source: "https://raw.example.org/skills/pdf/SKILL.md", contents: 2, changed: true })
    const [tool] = await runQuery(store(), inventory.tools, { changed: true })
    expect(tool).toMatchObject({ name: "search_tickets", versions: 2, hash: "hash-2" })
    expect(
      (await runQuery(store(), inventory.toolVersions, { server: "mcp.example.net/mcp", name: "search_tickets" })).map(({ hash }) => hash),
    ).toEqual(["hash-1", "hash-2"])
  })

  it("sums tokens by agent and model", async () => {
    expect(await runQuery(store(), overview.tokens, {})).toEqual([
      expect.objectContaining({
        agent: claude,
        model: "claude-sonnet-4-5",
        calls: 2,
        input_tokens: 2400,
        output_tokens: 160,
        cached_tokens: 2000,
      }),
      expect.objectContaining({ agent: "agent-codex-2", model: "gpt-5.1", calls: 1, input_tokens: 1200 }),
    ])
  })

  it("counts coverage by egress IP with the reasons", async () => {
    const [row] = await runQuery(store(), overview.coverage, {})
    expect(row).toMatchObject({
      key: "198.51.100.7",
      tls: 2,
      decrypted: 1,
      opaque: 1,
      share: 0.5,
      packets: 50,
      gap_bytes: 120,
      gapped: 1,
      cut: 3,
      reasons: [["no-key", 1]],
    })
  })

  it("counts each destination as plain sums over its name and port do", async () => {
    const plain = await store().query<Record<string, unknown>>(
      `SELECT server_address, server_port, count() AS activities, uniqExact(gen_ai_agent_id) AS agents, sumIf(request_bytes, kind IN ('http', 'websocket')) AS bytes_out,
        sumIf(response_bytes, kind IN ('http', 'websocket')) AS bytes_in FROM activity GROUP BY server_address, server_port`,
    )
    const found = await runQuery(store(), inventory.destinations, { limit: 1_000 })
    expect(found.length).toBeGreaterThan(3)
    for (const row of found) {
      const sums = plain.find((one) => one["server_address"] === row.server_address && one["server_port"] === row.server_port)
      const counted = ["activities", "agents", "bytes_out", "bytes_in"] as const
      expect(counted.map((name) => [name, row[name]])).toEqual(counted.map((name) => [name, sums?.[name] ?? 0]))
    }
    expect(found.reduce((sum, row) => sum + Number(row["findings"]), 0)).toBeGreaterThan(0)
  })

  it("sums each agent's tokens and bytes as plain sums over its activities do", async () => {
    const plain = await store().query<Record<string, unknown>>(
      `SELECT gen_ai_agent_id, sum(gen_ai_usage_input_tokens) AS input_tokens, sum(gen_ai_usage_output_tokens) AS output_tokens, uniqExact(server_address) AS destinations,
        sumIf(request_bytes, kind = 'http') AS bytes_out, sumIf(response_bytes, kind = 'http') AS bytes_in FROM activity GROUP BY gen_ai_agent_id`,
    )
    const found = await runQuery(store(), inventory.agents, {})
    const columns = ["input_tokens", "output_tokens", "destinations", "bytes_out", "bytes_in"] as const
    for (const row of found) {
      const sums = plain.find((one) => one["gen_ai_agent_id"] === row.gen_ai_agent_id)
      expect(columns.map((name) => [name, row[name]])).toEqual(columns.map((name) => [name, sums?.[name] ?? 0]))
    }
    expect(found.some((row) => Number(row["input_tokens"]) > 0 && Number(row["bytes_in"]) > 0)).toBe(true)
  })

  it("gives a histogram the same counts with bytes and without", async () => {
    const hours = { bucketSeconds: 3_600 }
    const withBytes = await runQuery(store(), activity.activityHistogram, hours)
    expect(withBytes.some(({ bytes }) => Number(bytes) > 0)).toBe(true)
    expect(await runQuery(store(), activity.activityHistogram, { ...hours, bytes: false })).toEqual(
      withBytes.map(({ bytes: _, ...counted }) => counted),
    )
  })

  it("pages through the audit log without losing or repeating a row", async () => {
    const all = await runQuery(store(), activity.activitySearch, {})
    expect(all).toHaveLength(day.filter(({ kind }) => kind !== "flow").length)
    const paged: string[] = []
    let before: { at: number; id: string } | undefined
    for (;;) {
      const page = await runQuery(store(), activity.activitySearch, { limit: 3, ...(before === undefined ? {} : { before }) })
      paged.push(...page.map(({ id }) => id))
      const last = page.at(-1)
      if (last === undefined) break
      before = decodeCursor(encodeCursor(last))
    }
    expect(paged).toEqual(all.map(({ id }) => id))
  })

  it("filters by any column, and values are never code", async () => {
    const of = async (filters: object) => (await runQuery(store(), activity.activitySearch, { filters })).map(({ kind }) => kind)
    expect(await of({ kind: ["llm"], provider: ["openai"] })).toEqual(["llm"])
    expect(await of({ agentName: ["codex"], kind: ["llm", "skill"] })).toEqual(["skill", "llm"])
    expect(await of({ host: ["' OR 1 = 1 --"] })).toEqual([])
    expect(await runQuery(store(), activity.activitySearch, { status: { from: 400, to: 499 } })).toHaveLength(1)
    expect(await runQuery(store(), activity.activitySearch, { toolInvoked: "Read" })).toHaveLength(1)
    await expect(runQuery(store(), activity.activitySearch, { filters: { evil: ["x"] } as never })).rejects.toThrow()
  })

  it("finds words, phrases and Chinese in what was said, in any case", async () => {
    const found = async (search: string) =>
      (await runQuery(store(), activity.activitySearch, { search, searchContent: true })).map(({ kind }) => kind)
    expect(await found("FLAMINGO report")).toEqual(["llm"])
    expect(await found('"the flamingo report"')).toEqual(["llm"])
    expect(await found('"report flamingo the"')).toEqual([])
    expect(await found("火烈鸟")).toEqual(["llm"])
    expect(await found("鸟火")).toEqual([])
    expect(await found("heron")).toEqual(["mcp", "mcp"])
    expect(await found("stork")).toEqual(["http"])
    expect(await found("%%%")).toEqual([])
    expect(await runQuery(store(), activity.activitySearch, { search: "flamingo" })).toEqual([])
  })

  it("gives one exchange back in full, equal to what was ingested", async () => {
    for (const original of day.filter(({ kind }) => ["llm", "mcp", "http", "a2a", "websocket", "skill"].includes(kind))) {
      const [row] = await runQuery(store(), activity.contentById, { id: original.id })
      if (row === undefined) throw new Error(original.kind)
      expect(dataOfContent(row)).toEqual(JSON.parse(JSON.stringify(original.data)))
    }
  })

  it("keeps prompts, bodies, headers and URL queries out of every table but content", async () => {
    const tables = await store().query<{ name: string }>(
      "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree' AND name NOT IN ('content', 'migration')",
    )
    const secrets = [
      "pelican-token",
      "stork",
      "ibis",
      "secret-query",
      "flamingo",
      "火烈鸟",
      "heron",
      "cormorant",
      "careful assistant",
      "token=",
      "beta=true",
      "sig=1",
    ]
    for (const { name } of tables)
      for (const secret of secrets) {
        const [row] = await store().query<{ n: number }>(
          `SELECT countIf(position(toString(tuple(*)), {secret:String}) > 0) AS n FROM ${name}`,
          { secret },
        )
        expect(row?.n, `${secret} in ${name}`).toBe(0)
      }
    const [content] = await store().query<{ n: number }>("SELECT countIf(position(body, 'pelican-token') > 0) AS n FROM content")
    expect(content?.n).toBe(1)
  })

  it("shows the newest revision of an event and keeps one row of it", async () => {
    expect(await runQuery(store(), judgement.events, {})).toEqual([
      expect.objectContaining({ id: "event-1", status: "triaged", revision: 2, count: 3 }),
    ])
  })

  it("takes a day apart from an llm row without content", () => {
    expect(sampleLlm().kind).toBe("llm")
    expect(parseSearch('one "two three" 查询 four')).toEqual({ words: "one     four", phrases: ["two three", "查询"] })
  })
})

function sampleFileHash(day: ReturnType<typeof sampleDay>): string {
  const file = day.find(({ kind }) => kind === "file")
  return file?.kind === "file" ? file.data.sha256 : ""
}

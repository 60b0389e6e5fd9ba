// The statements of docs/store.md, as they stand there, over what recorded clients said.
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { ClickHouseStore } from "../../../services/store/clickhouse-store.ts"
import { foldRows } from "../../../services/store/fold.ts"
import { openStore } from "../../../services/store/open-store.ts"
import { rowsOfActivity } from "../../../services/store/rows.ts"
import { replayed } from "../../collectors/extract/golden.ts"
import { requires } from "../../support/requires.ts"

const chdb = requires("chdb")
const doc = readFileSync(join(import.meta.dirname, "../../../docs/store.md"), "utf8")
const [uses = "", toolCalls = "", sent = "", skills = "", tokens = ""] = [...doc.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, sql]) => sql)

describe.skipIf(chdb.missing)("five questions, one statement each", () => {
  const folder = mkdtempSync(join(tmpdir(), "egret-questions-"))
  let store: ClickHouseStore
  const codex = { agent: "Codex" }

  beforeAll(async () => {
    store = await openStore({ engine: "embedded", path: folder })
    const yesterday = (Date.now() - 86_400_000) * 1_000
    for (const name of ["openai-responses-ws", "mcp-2026", "git", "npm", "anthropic"]) {
      const rows = await replayed(name)
      const start = Math.min(...rows.map(({ at }) => at))
      const moved = rows.map((row) => ({ ...row, at: yesterday + row.at - start }))
      for (const [table, values] of foldRows(moved.flatMap(rowsOfActivity))) await store.insert(table, values)
    }
  })
  afterAll(async () => {
    await store?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it("which agents exist and what they use", async () => {
    const rows = await store.query<{ agent: string; thing: string; uses: string[] }>(uses)
    expect(rows).toContainEqual(
      expect.objectContaining({ agent: "Codex", version: "0.60.0", thing: "model", uses: [expect.stringContaining("gpt-5")] }),
    )
    expect(rows).toContainEqual(
      expect.objectContaining({ agent: "traffic-modern", thing: "mcp_server", uses: [expect.stringContaining("modern.tools.example")] }),
    )
  })

  it("every tool call of one agent in order", async () => {
    const rows = await store.query<{ via: string; tool: string; arguments: string }>(toolCalls, { agent: "traffic-modern" })
    expect(rows.map(({ via, tool, arguments: given }) => [via, tool, given])).toEqual([
      ["mcp", "add", '{"a":2,"b":2}'],
      ["mcp", "book", '{"sum":4}'],
      ["mcp", "book", '{"sum":4}'],
      ["mcp", "book", "{}"],
    ])
    const [unnamed] = await store.query<{ name: string }>("SELECT name FROM agents WHERE startsWith(name, 'unknown agent') LIMIT 1")
    expect(await store.query(toolCalls, { agent: unnamed?.name ?? "" })).toMatchObject([
      { via: "model", tool: "add", arguments: '{"a":2,"b":2}' },
    ])
  })

  it("what one agent sent to one model yesterday, nothing twice", async () => {
    const rows = await store.query<{ role: string; parts: string }>(sent, { ...codex, model: "gpt-5" })
    expect(rows.map(({ role, parts }) => [role, JSON.parse(parts)])).toEqual([
      ["user", [{ type: "text", text: "2 and 2?" }]],
      ["user", [{ type: "text", text: "And again?" }]],
    ])
    expect(await store.query(sent, { ...codex, model: "gpt-4" })).toEqual([])
  })

  it("which skills were fetched from where, and which changed since", async () => {
    expect(await store.query(skills)).toMatchObject([
      { name: "adder", source: "git.example/acme/skills", contents: 1, changed: 0, routes: ["git"] },
      { name: "adder", source: "npm:adder-skill", contents: 1, changed: 0, routes: ["npm"] },
    ])
    const [skill] = (await replayed("git")).filter(({ kind }) => kind === "skill")
    if (skill?.kind !== "skill") throw new Error("the recording holds a skill")
    const later = { ...skill, id: "changed", at: Date.now() * 1_000, data: { ...skill.data, hash: "f".repeat(64) } }
    for (const [table, values] of foldRows(rowsOfActivity(later))) await store.insert(table, values)
    expect(await store.query(skills)).toMatchObject([
      { source: "git.example/acme/skills", contents: 2, changed: 1, newest: "f".repeat(64) },
      { changed: 0 },
    ])
  })

  it("tokens by agent and model", async () => {
    expect(await store.query(tokens)).toContainEqual({ agent: "Codex", model: "gpt-5", calls: 2, input: 72, output: 24, cached: 8 })
  })
})

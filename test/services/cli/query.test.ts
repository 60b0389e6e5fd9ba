import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { foldRows } from "../../../services/store/fold.ts"
import { openStore } from "../../../services/store/open-store.ts"
import { rowsOfActivity } from "../../../services/store/rows.ts"
import { egret } from "../../support/egret.ts"
import { sampleDay } from "../../support/sample-activities.ts"

// Each runs the program several times, from the sources: seconds each on a machine that does other work.
describe("egret query", { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "egret-query-"))
  const data = join(folder, "store")
  const ask = (...args: string[]) => egret(["query", "--data", data, ...args])

  beforeAll(async () => {
    const store = await openStore({ engine: "embedded", path: data })
    for (const [table, rows] of foldRows(sampleDay().flatMap(rowsOfActivity))) await store.insert(table, rows)
    await store.close()
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it("prints a table, in which hostile characters are shown and not obeyed", async () => {
    const { code, stdout } = await ask("SELECT 'a\\x1b[31m\\nb' AS text, count() AS n FROM llm_calls")
    expect(code).toBe(0)
    expect(stdout).toBe(["text            n", "--------------  -", "a\\u001b[31m\\nb  3", "(1 row)", ""].join("\n"))
  })

  it("prints CSV, JSON lines and JSON", async () => {
    const sql = "SELECT gen_ai_agent_name, count() AS calls FROM llm_calls GROUP BY ALL ORDER BY calls DESC"
    expect((await ask(sql, "--format", "csv")).stdout).toBe('"gen_ai_agent_name","calls"\n"claude-code",2\n"codex",1\n')
    expect((await ask(sql, "--format", "ndjson")).stdout).toBe(
      '{"gen_ai_agent_name":"claude-code","calls":2}\n{"gen_ai_agent_name":"codex","calls":1}\n',
    )
    expect((JSON.parse((await ask(`${sql};`, "--format", "json")).stdout) as { rows: number }).rows).toBe(2)
  })

  it("binds parameters and runs named queries", async () => {
    const { stdout } = await ask(
      "SELECT count() AS n FROM llm_calls WHERE gen_ai_agent_name = {agent:String}",
      "--param",
      "agent=cod'ex",
      "--format",
      "csv",
    )
    expect(stdout).toBe('"n"\n0\n')
    expect((await ask("--name", "tokens-by-agent-and-model", "--param", "limit=1", "--format", "ndjson")).stdout).toContain(
      '"model":"claude-sonnet-4-5"',
    )
    expect((await ask("--name", "tokens-by-agent-and-model", "--param", "limit=none")).stderr).toContain("--param limit")
  })

  it("lists the columns that there are when a statement asks for one that is not, the likely ones first", async () => {
    const { code, stderr } = await ask("SELECT gen_ai_request_modle FROM llm_calls")
    expect(code).toBe(2)
    expect(stderr).toContain("did you mean gen_ai_request_model")
    expect(stderr).toMatch(/llm_calls has at, id, .*time_to_first_token_us/)
    expect(stderr.trim().split("\n")).toHaveLength(1)
  })

  it("refuses to write unless told to", async () => {
    const refused = await ask("ALTER TABLE activity DELETE WHERE 1")
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/^egret: SQL: got .*readonly mode.*; give --write/)
    expect((await ask("SHOW TABLES", "--format", "csv")).stdout).toContain('"llm_calls"')
    expect((await ask("OPTIMIZE TABLE activity FINAL", "--write")).code).toBe(0)
    expect((await ask("SELECT count() FROM llm_calls", "--format", "csv")).stdout).toContain("3")
  })

  it.each([
    [["SELEC 1"], "Syntax error"],
    [["SELECT 1 FORMAT CSV"], "use --format"],
    [["SELECT * FROM nowhere"], "SHOW TABLES"],
    [[], "no statement"],
    [["--name", "nothing"], "--list"],
  ])("says in one line what is wrong with %j", async (args, want) => {
    const { code, stderr } = await ask(...args)
    expect(code).toBe(2)
    expect(stderr).toContain(want)
    expect(stderr.trim().split("\n")).toHaveLength(1)
  })

  it("does not make a store of a mistyped path", async () => {
    const { code, stderr } = await egret(["query", "--data", join(folder, "nothing"), "SELECT 1"])
    expect(code).toBe(2)
    expect(stderr).toContain("the directory of an embedded store")
  })
})

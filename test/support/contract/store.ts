// What every store must do, whichever engine is behind it.
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Store } from "../../../services/contracts/store.ts"
import { foldRows } from "../../../services/store/fold.ts"
import { rowOfEvent, rowsOfActivity, rowsOfFinding, type TableRow } from "../../../services/store/rows.ts"
import { sampleDay, sampleEvent, sampleFinding } from "../sample-activities.ts"

export interface StoreUnderTest {
  readonly store: Store
  close(): Promise<void>
}

export function describeStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} keeps the Store contract`, () => {
    let opened: StoreUnderTest | undefined
    const use = (): Store => {
      if (opened === undefined) throw new Error("not open")
      return opened.store
    }
    beforeAll(async () => {
      opened = await open()
    })
    afterAll(() => opened?.close())

    it("leaves every count unchanged when the same activities are ingested twice, in other batches and another order", async () => {
      const day = sampleDay()
      const rows = [...day.flatMap(rowsOfActivity), ...rowsOfFinding(sampleFinding()), { table: "event", row: rowOfEvent(sampleEvent()) }]
      await insertAll(use(), rows)
      const once = await fingerprint(use())
      expect(once["activity"]?.rows).toBe(day.filter(({ kind }) => kind !== "flow").length)
      expect(once["agents"]?.rows).toBeGreaterThan(1)
      for (const part of inParts([...rows].reverse(), 3)) await insertAll(use(), part)
      expect(await fingerprint(use())).toEqual(once)
    })

    it("stores one row of many with the same id in one batch", async () => {
      const row = { kind: "http", at: 1_700_000_000_000_001, id: "same-id", gen_ai_agent_id: "twice" }
      await use().insert("activity", [row, { ...row }, { ...row }])
      expect(await countOf(use(), "activity", "gen_ai_agent_id = 'twice'")).toBe(1)
    })

    it("stores each row once when two inserts of the same rows run at the same time", async () => {
      const rows = Array.from({ length: 50 }, (_, at) => ({
        kind: "http",
        at: 1_700_000_100_000_000 + at,
        id: `race-${at}`,
        gen_ai_agent_id: "race",
      }))
      await Promise.all([use().insert("activity", rows), use().insert("activity", rows), use().insert("activity", [...rows].reverse())])
      expect(await countOf(use(), "activity", "gen_ai_agent_id = 'race'")).toBe(50)
    })

    it("gives back every byte of hostile text: quotes, backslashes, control characters, other scripts", async () => {
      const texts = [
        "it's",
        "back\\slash\\n",
        "tab\tnew\nline\r",
        "nul\0inside",
        "'); DROP TABLE activity; --",
        "查询 🦩 ‮evil",
        "{x:String}",
        "\\N",
        "",
      ]
      await use().insert(
        "content",
        texts.map((text, at) => ({ kind: "http", at: 1_700_000_200_000_000 + at, id: `text-${at}`, body: text, text })),
      )
      const rows = await use().query<{ text: string; body: string }>("SELECT text, body FROM content WHERE id LIKE 'text-%' ORDER BY at")
      expect(rows.map(({ text }) => text)).toEqual(texts)
      expect(rows.map(({ body }) => body)).toEqual(texts)
      for (const [at, text] of texts.entries()) {
        const found = await use().query<{ id: string }>("SELECT id FROM content WHERE text = {text:String} AND id = {id:String}", {
          text,
          id: `text-${at}`,
        })
        expect(found, JSON.stringify(text)).toEqual([{ id: `text-${at}` }])
      }
      const among = await use().query("SELECT id FROM content WHERE text IN {texts:Array(String)} AND id LIKE 'text-%'", { texts })
      expect(among).toHaveLength(texts.length)
    })

    it("keeps microseconds and large counts exact", async () => {
      await use().insert("activity", [{ kind: "http", at: 1_763_712_345_678_901, id: "exact", request_bytes: 9_007_199_254_740_991 }])
      expect(await use().query("SELECT toUnixTimestamp64Micro(at) AS at, request_bytes FROM activity WHERE id = 'exact'")).toEqual([
        { at: 1_763_712_345_678_901, request_bytes: 9_007_199_254_740_991 },
      ])
    })

    it("refuses to write through a query, whatever the statement", async () => {
      for (const sql of [
        "DROP TABLE activity",
        "INSERT INTO activity (id) VALUES ('x')",
        "SELECT 1; DROP TABLE activity",
        "CREATE TABLE t (x UInt8) ENGINE = Memory",
        "ALTER TABLE activity DELETE WHERE 1",
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
        "SELECT * FROM url('http://127.0.0.1:9/', 'LineAsString')",
        "SYSTEM STOP MERGES",
      ])
        await expect(use().query(sql), sql).rejects.toThrow()
      expect(await countOf(use(), "activity", "1")).toBeGreaterThan(0)
    })

    it("streams more rows than one answer holds, and lets a reader stop early", async () => {
      let count = 0
      for await (const { n } of use().stream<{ n: number }>("SELECT number AS n FROM numbers({count:UInt64})", { count: 120_000 })) {
        expect(n).toBe(count)
        count += 1
      }
      expect(count).toBe(120_000)
      for await (const _row of use().stream("SELECT number FROM numbers(300000)")) break
      expect(await use().query("SELECT 1 AS one")).toEqual([{ one: 1 }])
    })

    it("never lets the output of a failed statement into the next answer", async () => {
      const half = "SELECT number, throwIf(number = 200000, 'half way') FROM numbers(300000)"
      for (const sql of [half, "SELECT 'left over'; DROP TABLE activity", "SELECT 'left over'; SELEC"]) {
        await expect(use().query(sql), sql).rejects.toThrow()
        const answers = await Promise.all(Array.from({ length: 12 }, () => use().query("SELECT 1 AS one")))
        expect(answers, sql).toEqual(answers.map(() => [{ one: 1 }]))
      }
    })

    it("fails the query, not the store, when the statement is wrong", async () => {
      await expect(use().query("SELEC 1")).rejects.toThrow(/Syntax error/)
      await expect(use().query("SELECT nothing FROM activity")).rejects.toThrow(/nothing/)
      await expect(use().insert("activity", [{ kind: "http", at: 1, id: "x", no_such_column: 1 }])).rejects.toThrow(
        "no column no_such_column",
      )
      expect(await use().query("SELECT 1 AS one")).toEqual([{ one: 1 }])
    })
  })
}

async function insertAll(store: Store, rows: readonly TableRow[]): Promise<void> {
  for (const [table, some] of foldRows(rows)) await store.insert(table, some)
}

/** Counts and sums of every table and view, as a person would see them. */
async function fingerprint(store: Store): Promise<Record<string, { rows: number; hash: string }>> {
  const tables = await store.query<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND (engine = 'View' OR name IN ('activity', 'flow', 'finding', 'content')) ORDER BY name",
  )
  const found: Record<string, { rows: number; hash: string }> = {}
  for (const { name } of tables) {
    const [row] = await store.query<{ rows: number; hash: string }>(
      `SELECT count() AS rows, toString(groupBitXor(cityHash64(toString(tuple(* EXCEPT ('stored_at|versions|workloads|agents|classes|kinds|transports|operations|hosts|families|response_models|names|protocol_versions|server_ips|providers|seen_in|routes|how|references|problems|allowed_tools|egress_ips|vantages')))))) AS hash FROM ${name}`,
    )
    if (row !== undefined) found[name] = row
  }
  return found
}

async function countOf(store: Store, table: string, condition: string): Promise<number> {
  const [row] = await store.query<{ n: number }>(`SELECT count() AS n FROM ${table} WHERE ${condition}`)
  return row?.n ?? 0
}

function inParts<T>(items: readonly T[], count: number): T[][] {
  const size = Math.ceil(items.length / count)
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size))
}

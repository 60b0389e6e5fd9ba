// What a cluster is told. No cluster is here: the real engine's parser says whether it could be carried out, and that every table is made on every node, replicated.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import type { Store } from "../../../services/contracts/store.ts"
import { migrate } from "../../../services/store/migrate.ts"
import { openStore } from "../../../services/store/open-store.ts"
import { requires } from "../../support/requires.ts"

const folder = mkdtempSync(join(tmpdir(), "egret-replicated-"))
let engine: Store
const told: string[] = []

const chdb = requires("chdb")

beforeAll(async () => {
  if (!chdb.missing) engine = await openStore({ engine: "embedded", path: join(folder, "store") })
  const cluster = { command: async (sql: string) => void told.push(sql), query: async () => [] } as unknown as Store
  await migrate(cluster, { cluster: "audit" })
}, 60_000)
afterAll(async () => {
  if (!chdb.missing) await engine.close()
  rmSync(folder, { recursive: true, force: true })
})

it("is told nothing that stays on one node", () => {
  const changing = told.filter((sql) => !sql.startsWith("INSERT INTO migration"))
  expect(changing.length).toBeGreaterThan(20)
  expect(
    changing.filter((sql) => !/^(?:CREATE (?:OR REPLACE )?\w+ (?:IF NOT EXISTS )?|ALTER TABLE )\w+ ON CLUSTER 'audit'\s/.test(sql)),
  ).toEqual([])
})

it("has only replicated tables, each with the rest of its engine's arguments", () => {
  const engines = told.flatMap((sql) => /ENGINE = [^\n]*/.exec(sql)?.[0] ?? [])
  expect(engines.length).toBeGreaterThan(15)
  expect(
    engines.filter((made) => !/^ENGINE = Replicated\w*MergeTree\('[^']*\{uuid\}\/\{shard\}', '\{replica\}'(?:, \w+)*\)/.test(made)),
  ).toEqual([])
  expect(engines.join()).toContain("ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', revision)")
})

it.skipIf(chdb.missing)("is told only what the engine can read", async () => {
  const unread = async (sql: string) => {
    const [row] = await engine.query<{ read: string | null }>("SELECT formatQueryOrNull({sql:String}) AS read", { sql })
    return row?.read === null
  }
  for (const sql of told) expect(await unread(sql), sql).toBe(false)
  expect(await unread("CREATE TABLE x ON CLUSTER (id String) ENGINE = MergeTree ORDER BY id")).toBe(true)
})

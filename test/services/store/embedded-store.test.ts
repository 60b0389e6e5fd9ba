import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { ConfigError } from "../../../services/contracts/errors.ts"
import { readMigrations } from "../../../services/store/migrate.ts"
import { openStore } from "../../../services/store/open-store.ts"
import { describeStore } from "../../support/contract/store.ts"

const folders: string[] = []
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "egret-store-"))
  folders.push(folder)
  return join(folder, "store")
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

describeStore("The embedded store", async () => {
  const store = await openStore({ engine: "embedded", path: newFolder() })
  return { store, close: () => store.close() }
})

describe("The embedded store", () => {
  it("keeps its rows over a restart and applies each migration once", async () => {
    const path = newFolder()
    const first = await openStore({ engine: "embedded", path })
    await first.insert("activity", [{ kind: "http", at: 5, id: "kept" }])
    await first.close()
    const second = await openStore({ engine: "embedded", path, retention: { content: 7 } })
    expect(await second.query("SELECT id FROM activity")).toEqual([{ id: "kept" }])
    const files = readMigrations().length
    expect(await second.query("SELECT count() AS n, uniqExact(name) AS names FROM migration")).toEqual([{ n: files, names: files }])
    const [content] = await second.query<{ definition: string }>(
      "SELECT create_table_query AS definition FROM system.tables WHERE name = 'content'",
    )
    expect(content?.definition).toContain("toIntervalDay(7)")
    await second.close()
  })

  it("refuses a folder that another process has open, with one clear line", async () => {
    const path = newFolder()
    const first = await openStore({ engine: "embedded", path })
    const error = await openStore({ engine: "embedded", path }).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(ConfigError)
    expect((error as ConfigError).message).toMatch(/^store\.path: got .*, which another process has open, want .*; stop the other Egret/)
    expect(await first.query("SELECT 1 AS one")).toEqual([{ one: 1 }])
    await first.close()
  })

  it("starts the engine again when it is killed: what waited fails, what comes after works, and a cut export does not look whole", async () => {
    const store = await openStore({ engine: "embedded", path: newFolder() })
    await store.insert("activity", [{ kind: "http", at: 5, id: "before" }])
    const rows = store.stream("SELECT number FROM numbers(5000000)")[Symbol.asyncIterator]()
    await rows.next()
    const waiting = store.query("SELECT sleep(3)").catch((error: unknown) => error)
    await new Promise((done) => setTimeout(done, 100))
    process.kill(store.process?.pid ?? 0, "SIGKILL")
    expect(await waiting).toMatchObject({ name: "EngineGoneError" })
    await store.insert("activity", [{ kind: "http", at: 6, id: "after" }])
    expect(await store.query("SELECT id FROM activity ORDER BY id")).toEqual([{ id: "after" }, { id: "before" }])
    const rest = async () => {
      while ((await rows.next()).done !== true);
    }
    await expect(rest()).rejects.toThrow()
    await store.close()
  })

  it("says what is wrong when the folder is a file", async () => {
    await expect(openStore({ engine: "embedded", path: "/dev/null/store" })).rejects.toBeInstanceOf(ConfigError)
  })
})

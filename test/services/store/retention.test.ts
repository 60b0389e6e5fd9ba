import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { retentionControl } from "../../../services/cli/roles/retention-part.ts"
import { storeConfig } from "../../../services/contracts/config/store.ts"
import type { Store } from "../../../services/contracts/store.ts"
import { openStore } from "../../../services/store/open-store.ts"
import { storeOptions } from "../../../services/store/options.ts"
import { requires } from "../../support/requires.ts"

const chdb = requires("chdb")
const folder = mkdtempSync(join(tmpdir(), "egret-retention-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(chdb.missing)("the retention", () => {
  const config = storeConfig.parse({
    embedded: { path: join(folder, "store") },
    retention: { metadata: 90, content: 7, findings: 0, files: 7 },
  })

  it("is the configuration's until somebody sets it, then theirs, also after a restart, until it is given back", async () => {
    let store = await openStore(storeOptions(config))
    expect(await daysOf(store)).toEqual({ activity: "90", content: "7", finding: undefined, file_part: "7" })
    const control = retentionControl(store, config)
    expect(await control.current()).toEqual({ days: config.retention, configured: config.retention })
    const wanted = { metadata: 30, content: 0, findings: 400, files: 7 }
    expect(await control.set(wanted, "ann")).toMatchObject({ days: wanted, configured: config.retention, by: "ann" })
    await store.close()
    store = await openStore(storeOptions(config))
    expect(await daysOf(store)).toEqual({ activity: "30", content: undefined, finding: "400", file_part: "7" })
    expect(await retentionControl(store, config).reset("bob")).toEqual({ days: config.retention, configured: config.retention })
    expect(await daysOf(store)).toEqual({ activity: "90", content: "7", finding: undefined, file_part: "7" })
    await store.close()
  })
})

async function daysOf(store: Store): Promise<Record<string, string | undefined>> {
  const rows = await store.query<{ name: string; ttl: string }>(
    "SELECT name, extract(create_table_query, 'toIntervalDay\\\\((\\\\d+)\\\\)') AS ttl FROM system.tables WHERE database = currentDatabase() AND name IN ('activity', 'content', 'finding', 'file_part')",
  )
  return Object.fromEntries(rows.map(({ name, ttl }) => [name, ttl === "" ? undefined : ttl]))
}

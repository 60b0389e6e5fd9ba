// Run as a process of its own: inserts batches without end and says after each what was acknowledged, until it is killed.
// argv: directory of the store, first number.

import { migrate } from "../../services/store/migrate.ts"
import { openEmbedded } from "../../services/store/open-store.ts"

const ROWS = 200
const [path = "", first = "0"] = process.argv.slice(2)
const { store, engine } = await openEmbedded({ engine: "embedded", path })
await migrate(store)
process.stdout.write(`engine ${engine.pid}\n`)
for (let batch = Number(first); ; batch++) {
  const rows = Array.from({ length: ROWS }, (_, at) => ({
    kind: "http",
    at: 1_795_161_600_000_000 + batch * 1_000 + at,
    id: `${batch}-${at}`,
    summary: "x".repeat(200),
  }))
  await store.insert(
    "content",
    rows.map(({ kind, at, id, summary }) => ({ kind, at, id, body: summary, text: summary })),
  )
  await store.insert("activity", rows)
  process.stdout.write(`stored ${batch}\n`)
}

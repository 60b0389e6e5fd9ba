// What the sample day came to, for the terminal.
import type { StoreReader } from "../../contracts/store.ts"
import { events } from "../../store/queries/judgement.ts"
import { runQuery } from "../../store/queries/named-query.ts"
import { overview } from "../../store/queries/overview.ts"

/** Waits until what was sent is stored and judged: nothing new for several looks in a row, on a machine that may be busy with other things. */
export async function settled(
  store: StoreReader,
  { every = 500, looks = 5, longest = 120_000 }: { every?: number; looks?: number; longest?: number } = {},
): Promise<void> {
  let before = 0
  let same = 0
  for (let waited = 0; waited < longest && same < looks; waited += every) {
    const [row] = await store.query<{ n: number }>(
      "SELECT (SELECT count() FROM activity) + (SELECT count() FROM finding) + (SELECT count() FROM flow) + (SELECT sum(revision) FROM event FINAL) AS n",
    )
    const now = Number(row?.n ?? 0)
    same = now > 0 && now === before ? same + 1 : 0
    before = now
    await new Promise((done) => setTimeout(done, every))
  }
}

export async function demoReport(store: StoreReader): Promise<string> {
  const [counts] = await runQuery(store, overview, {})
  const found = await runQuery(store, events, { limit: 40 })
  const skills = await store.query<{ name: string; result: string; words: string }>(SKILLS)
  const lines = [
    "",
    `Seen: ${counts?.["agents"] ?? 0} agents, ${counts?.["llm_calls"] ?? 0} model calls, ${counts?.["mcp_messages"] ?? 0} MCP messages, ${counts?.["skills"] ?? 0} skills, ${counts?.["destinations"] ?? 0} destinations, ${counts?.["activities"] ?? 0} activities in all.`,
    `Found: ${found.length} security events.`,
    "",
  ]
  const order = ["critical", "high", "medium", "low", "info"]
  const worst = [...found].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
  for (const event of worst)
    lines.push(
      `  ${event.severity.padEnd(8)} ${event.title}${event["server_address"] === "" ? "" : ` (${String(event["server_address"])})`}`,
    )
  if (skills.length > 0) lines.push("", "Verdicts on skills:")
  for (const { name, result, words } of skills) lines.push(`  ${result.padEnd(10)} ${name} (${words})`)
  return `${lines.join("\n")}\n`
}

const SKILLS = `SELECT name, anyIf(v.result, engine = 'merged') AS result, arrayStringConcat(arraySort(groupArrayIf(concat(engine, ': ', v.result), engine != 'merged')), ', ') AS words
FROM verdicts AS v WHERE subject = 'skill' GROUP BY sha256, name ORDER BY result DESC, name LIMIT 20`

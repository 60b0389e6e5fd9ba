import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { migrate } from "../../services/store/migrate.ts"
import { openEmbedded } from "../../services/store/open-store.ts"
import * as activity from "../../services/store/queries/activity.ts"
import * as inventory from "../../services/store/queries/inventory.ts"
import * as judgement from "../../services/store/queries/judgement.ts"
import type { Statement } from "../../services/store/queries/named-query.ts"
import * as overview from "../../services/store/queries/overview.ts"
import { DAYS, FIRST, fillActivities } from "../support/million-activities.ts"
import { type Benchmark, type Contest, millis } from "./benchmark.ts"
import { median } from "./measure.ts"

/** Fewer rows for a quick look: EGRET_BENCH_ROWS=1000000. */
const ROWS = Number(process.env["EGRET_BENCH_ROWS"] ?? "10000000")

/** Filling takes minutes: a folder named here is filled once and found full the next time. */
const KEPT = process.env["EGRET_BENCH_STORE"]

export const benchmarks: readonly Benchmark[] = [
  {
    name: "console-queries",
    title: `the console's queries over ${ROWS / 1e6} M audit rows, median, against one second`,
    unit: "ms",
    better: "lower",
    goal: 3.33,
    floor: 1,
    rounds: 3,
    setup: async () => {
      const filled = await open()
      const store = filled.store
      return {
        ours: async () => {
          const times: [string, number][] = []
          for (const [name, { sql, params }] of consoleQueries()) times.push([name, await millis(() => store.query(sql, params))])
          for (const [name, time] of times) process.stderr.write(`  ${time.toFixed(0).padStart(6)} ms  ${name}\n`)
          return median(times.map(([, time]) => time))
        },
        yardstick: () => 1_000,
        close: filled.close,
      }
    },
  },
  {
    name: "rare-word-search",
    title: `a word that one in a million rows holds, by the text index over ${ROWS / 1e6} M audit rows, against the same without its index`,
    unit: "ms",
    better: "lower",
    goal: 100,
    floor: 50,
    rounds: 3,
    setup: async (): Promise<Contest> => {
      const { engine, close } = await open()
      const run = (settings: string) =>
        millis(() =>
          engine.run({
            lane: "write",
            sql: `SELECT kind, at, id FROM content WHERE hasAllTokens(text, 'zebra') ORDER BY at DESC LIMIT 100 SETTINGS use_query_condition_cache = 0${settings}`,
            format: "JSON",
          }),
        )
      return { ours: () => run(""), yardstick: () => run(", use_skip_indexes = 0, max_threads = 2"), close }
    },
  },
]

type Filled = Awaited<ReturnType<typeof openEmbedded>> & { close(): void }
let filled: Promise<Filled> | undefined
let leaving: NodeJS.Timeout | undefined

/** Both benchmarks share one store, because filling it takes minutes: who closes it last gives the next a moment to take it over. */
async function open(): Promise<Filled> {
  clearTimeout(leaving)
  filled ??= fill()
  return filled
}

async function fill(): Promise<Filled> {
  const folder = KEPT ?? mkdtempSync(join(tmpdir(), "egret-bench-queries-"))
  if (KEPT === undefined) process.once("exit", () => rmSync(folder, { recursive: true, force: true }))
  const opened = await openEmbedded({ engine: "embedded", path: join(folder, "store") })
  await migrate(opened.store)
  const close = () => {
    leaving = setTimeout(() => void opened.store.close(), 3_000)
  }
  const [stored] = await opened.store.query<{ rows: number }>("SELECT count() AS rows FROM activity")
  if (Number(stored?.rows) >= ROWS) return { ...opened, close }
  const began = performance.now()
  await fillActivities(opened.engine, ROWS, (done) => {
    if (done % 1_000_000 === 0) process.stderr.write(`  ${done} rows in ${((performance.now() - began) / 1000).toFixed(0)} s\n`)
  })
  return { ...opened, close }
}

function consoleQueries(): [string, Statement][] {
  const day = { from: FIRST + (DAYS - 1) * 86_400_000_000, to: FIRST + DAYS * 86_400_000_000 }
  const middle = { at: FIRST + 15 * 86_400_000_000, id: "zzzz" }
  return [
    ["overview of a day", overview.overview.build(day)],
    ["overview of all", overview.overview.build({})],
    ["coverage of a day", overview.coverage.build({ ...day, by: "egress_ip", limit: 200 })],
    ["coverage of all", overview.coverage.build({ by: "egress_ip", limit: 200 })],
    ["tokens of all", overview.tokens.build({ limit: 1_000 })],
    ["traffic by provider, a day", overview.traffic.build({ ...day, by: "gen_ai_provider_name", limit: 50 })],
    ["riskiest agents", overview.riskiestAgents.build({ limit: 10 })],
    ["agents of a day", inventory.agents.build({ ...day, limit: 100, offset: 0 })],
    ["agents of all", inventory.agents.build({ limit: 100, offset: 0 })],
    ["models of all", inventory.models.build({ limit: 100, offset: 0 })],
    ["mcp servers of all", inventory.mcpServers.build({ limit: 100, offset: 0 })],
    ["destinations of a day", inventory.destinations.build({ ...day, limit: 100, offset: 0, unknown: false })],
    ["destinations of all", inventory.destinations.build({ limit: 100, offset: 0, unknown: false })],
    ["tools", inventory.tools.build({ limit: 100, offset: 0, changed: false })],
    ["skills", inventory.skills.build({ limit: 100, offset: 0, changed: false })],
    ["findings, latest", judgement.findings.build({ filters: {}, limit: 100 })],
    ["findings by severity of all", judgement.findingCounts.build({ by: "severity", bucketSeconds: 86_400 })],
    ["events", judgement.events.build({ limit: 100 })],
    ["log, latest", search({})],
    ["log, latest llm", search({ filters: { kind: ["llm"] } })],
    ["log, a page in the middle", search({ before: middle })],
    ["log of one agent", search({ filters: { agent: ["agent-7"] } })],
    ["log of one agent, llm, a day", search({ ...day, filters: { agent: ["agent-7"], kind: ["llm"] } })],
    ["log of one host", search({ filters: { host: ["host1003"] } })],
    ["log by status", search({ status: { from: 400, to: 599 }, filters: { kind: ["llm"] } })],
    ["log by tool invoked", search({ toolInvoked: "tool-3" })],
    ["log, rare word", search({ search: "zebra", searchContent: true })],
    ["log, two common words", search({ search: "deploy word77", searchContent: true })],
    ["log, word in one agent's day", search({ ...day, filters: { agent: ["agent-7"] }, search: "word1234", searchContent: true })],
    ["histogram of a day by kind", histogram({ ...day, bucketSeconds: 600, bytes: false })],
    ["histogram of all by kind", histogram({ bucketSeconds: 86_400, bytes: false })],
    ["facets of hosts, a day", activity.activityFacets.build(activity.activityFacets.params.parse({ ...day, of: "host" }))],
    ["one activity by id", activity.activityById.build({ id: "0123456789abcdef0123456789abcdef" })],
    ["conversation", activity.conversation.build({ conversation: "conversation-80007", limit: 1_000 })],
    ["conversations of one agent", activity.conversations.build({ ...day, agent: "agent-7", limit: 100 })],
    ["tool calls of one agent's day", activity.toolCallsOfAgent.build({ ...day, agent: "agent-7", limit: 1_000 })],
  ]
}

function search(params: object): Statement {
  return activity.activitySearch.build(activity.activitySearch.params.parse(params))
}

function histogram(params: object): Statement {
  return activity.activityHistogram.build(activity.activityHistogram.params.parse(params))
}

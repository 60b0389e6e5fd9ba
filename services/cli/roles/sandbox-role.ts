// Rebuilt files and skills to the engines, their verdicts back on the bus.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Bus } from "../../contracts/bus.ts"
import type { Config } from "../../contracts/config/config.ts"
import type { Decision, Finding } from "../../contracts/finding.ts"
import type { StoreReader } from "../../contracts/store.ts"
import type { Policy } from "../../policy/decide.ts"
import { compileSuppressions } from "../../policy/suppress.ts"
import type { Metrics } from "../../runtime/metrics.ts"
import type { Sighting } from "../../sandbox/case.ts"
import { CaseStore } from "../../sandbox/case-store.ts"
import type { Engine } from "../../sandbox/engine.ts"
import { staticEngine } from "../../sandbox/engines/static.ts"
import { Examiner, type ExaminerHooks, type ExaminerOptions } from "../../sandbox/examiner.ts"
import { publishOutcome, subscribeExaminer } from "../../sandbox/feed.ts"
import { openEngine } from "../../sandbox/open-engines.ts"
import type { Judges } from "../../sandbox/raise.ts"
import { Vault } from "../../sandbox/vault.ts"
import { runQuery } from "../../store/queries/named-query.ts"
import { type SightingRow, sightings } from "../../store/queries/sandbox.ts"
import type { RoleParts } from "../role.ts"
import { openStaticPool } from "../sandbox/static-pool.ts"

/** `store` answers who else has the file; without one (a role of its own with no store configured) only what was seen since the start is known. */
export async function openSandboxPart(
  parts: RoleParts,
  { bus, policy, store }: { bus: Bus; policy: { readonly policy: Policy }; store: StoreReader | undefined },
): Promise<Examiner | undefined> {
  const { config, life, logger, metrics, health } = parts
  if (!config.sandbox.enabled) return undefined
  const engines = openEngines(config)
  const hooks = hooksOf(metrics)
  const examiner = await life.open(
    "sandbox",
    () =>
      new Examiner({
        ...examinerOptions(config, engines),
        publish: (outcome) => publishOutcome(bus, outcome),
        hunt: async (_subject, sha256) =>
          store === undefined ? [] : (await runQuery(store, sightings, { sha256, limit: MAX_HUNTED })).map(sightingOf),
        judges: judgesOf(() => policy.policy),
        hooks: {
          ...hooks,
          answered: (engine: string, result: string, seconds: number) => {
            hooks.answered(engine, result, seconds)
            health.set(`sandbox engine ${engine}`, "ready")
          },
          failed: (engine: string, problem: string, inARow: number) => {
            hooks.failed(engine)
            if (inARow < FAILING_FROM) return
            health.set(`sandbox engine ${engine}`, "degraded", problem)
            if (inARow === FAILING_FROM) logger.warn({ engine, problem }, "a sandbox engine does not answer; its files wait")
          },
          undelivered: (error) => logger.warn({ err: error }, "a verdict could not be passed on; it is tried again"),
        },
      }),
    (it) => it.close(),
  )
  const broken = examiner.start()
  if (broken.length > 0) logger.warn({ files: broken.slice(0, 10) }, "cases in the sandbox's queue that cannot be read were left aside")
  metrics.sampled({ name: "egret_sandbox_waiting_files", help: "Files and skills under examination." }, () => examiner.waiting)
  await life.open(
    "sandbox feed",
    () => subscribeExaminer(bus, examiner, engines),
    (it) => it.close(),
  )
  logger.info({ engines: engines.map(({ name }) => name) }, "rebuilt files are examined")
  return examiner
}

export function openEngines({ sandbox }: Config): Engine[] {
  return [staticEngine(openStaticPool(sandbox.static)), ...sandbox.engines.map(openEngine)]
}

export function examinerOptions({ sandbox }: Config, engines: readonly Engine[]) {
  const { stateDir, maxFile, keep, kinds, queue, cache, recheck, recheckFor, events } = sandbox
  return {
    cases: new CaseStore(stateDir),
    vault: new Vault(join(stateDir, "files"), { maxFile, keep }),
    quotas: quotasIn(join(stateDir, "quotas")),
    engines,
    kinds,
    queue,
    cache,
    recheck,
    recheckFor,
    events,
  } satisfies Partial<ExaminerOptions>
}

/** How many requests an engine has had today, for vendors that count by the day. */
function quotasIn(folder: string): NonNullable<ExaminerOptions["quotas"]> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = (engine: string): string => join(folder, `${engine}.json`)
  return {
    read: (engine) => {
      try {
        const { day, count } = JSON.parse(readFileSync(path(engine), "utf8")) as { day: string; count: number }
        return { day: String(day), count: Number(count) || 0 }
      } catch {
        return undefined
      }
    },
    write: (engine, count) => writeFileSync(path(engine), JSON.stringify(count), { mode: 0o600 }),
  }
}

function judgesOf(policy: () => Policy): Judges {
  return {
    decide: (finding) => decide(policy(), finding),
    suppressed: (finding) => compileSuppressions(policy().file.suppress)(finding),
  }
}

function decide(policy: Policy, finding: Omit<Finding, "decision">): Decision {
  const { rule, family, severity, confidence, evidence } = finding
  const { agent, flow } = finding
  return policy.decide(
    {
      at: finding.at,
      vantage: "mirror",
      kind: finding.activity.kind,
      agent: agent?.name ?? "",
      workload: agent?.workload.id ?? "",
      ...(agent?.workload.egressIp !== undefined && { egressIp: agent.workload.egressIp }),
      host: finding.destination?.host ?? "",
      ip: flow?.server.ip ?? "",
      port: flow?.server.port ?? 0,
      destinationClass: "unknown",
      application: finding.activity.kind,
      models: [],
      tools: [],
      method: "",
      direction: finding.direction,
    },
    { rule, family, severity, confidence, place: evidence.place },
  )
}

function sightingOf(row: SightingRow): Sighting {
  const text = (name: string): string => String(row[name] ?? "")
  const port = (name: string): number => Number(row[name] ?? 0)
  const transport = (["tcp", "udp", "quic", "pipe"] as const).find((each) => each === text("transport")) ?? "tcp"
  const vni = Number(row["vni"] ?? 0)
  const egressIp = text("egress_ip")
  return {
    activity: row.activity,
    kind: row.kind,
    at: Number(row.at),
    sensor: text("sensor"),
    host: text("server_address"),
    agent: {
      id: text("gen_ai_agent_id"),
      name: text("gen_ai_agent_name"),
      confidence: 0,
      signals: [],
      conflicts: [],
      workload: { id: text("workload_id"), vni, ip: text("client_ip"), ...(egressIp !== "" && { egressIp }) },
    },
    flow: {
      id: text("flow_id"),
      vni,
      client: { ip: text("client_ip"), port: port("client_port") },
      server: { ip: text("server_ip"), port: port("server_port") },
      transport,
    },
  }
}

function hooksOf(metrics: Metrics) {
  const accepted = metrics.counter({ name: "egret_sandbox_files_total", help: "Files and skills taken in.", labels: ["kind", "known"] })
  const refused = metrics.counter({ name: "egret_sandbox_refused_total", help: "Files not examined because the queue was full." })
  const verdicts = metrics.counter({ name: "egret_sandbox_verdicts_total", help: "Words of engines.", labels: ["engine", "result"] })
  const failed = metrics.counter({
    name: "egret_sandbox_failures_total",
    help: "Requests to engines that failed or came too soon.",
    labels: ["engine"],
  })
  const seconds = metrics.histogram({
    name: "egret_sandbox_verdict_seconds",
    help: "From taking a file in to an engine's word.",
    labels: ["engine"],
    buckets: [0.1, 1, 10, 60, 300, 1_800, 7_200, 86_400],
  })
  return {
    accepted: (kind, known) => accepted.add(1, { kind, known: String(known) }),
    refused: () => refused.add(1, {}),
    answered: (engine, result, took) => {
      verdicts.add(1, { engine, result })
      seconds.observe(took, { engine })
    },
    failed: (engine) => failed.add(1, { engine }),
  } satisfies Partial<ExaminerHooks>
}

const MAX_HUNTED = 1_000
// One slow answer is no outage.
const FAILING_FROM = 3

// Activity in, findings and events out: bus -> pool -> correlation -> policy -> bus. The handler's promise is the acknowledgement, so nothing is
// committed before its findings are accepted; what is delivered twice is found twice with the same ids.
import type { Bus, BusBatch, BusEvent } from "../contracts/bus.ts"
import type { SecurityEvent } from "../contracts/event.ts"
import type { Finding } from "../contracts/finding.ts"
import { topics } from "../contracts/topics.ts"
import type { Policy } from "../policy/decide.ts"
import { compileSuppressions } from "../policy/suppress.ts"
import { Batcher } from "./batcher.ts"
import type { Correlation } from "./correlate/correlation.ts"
import { decideFinding, policyFindings } from "./decide.ts"
import type { Inspected } from "./inspected.ts"
import type { JobResult } from "./job.ts"
import type { InspectionPool } from "./pool.ts"

export interface DetectOptions {
  readonly bus: Bus
  readonly pool: InspectionPool
  /** Read for every batch, so that a reloaded policy is in force at once. */
  readonly policy: () => Policy
  readonly correlation: Correlation
  readonly group?: string
  readonly hooks?: DetectHooks
}

/** What an operator's metrics and logs hang on. */
export interface DetectHooks {
  readonly inspected?: (count: number) => void
  readonly finding?: (finding: Finding) => void
  readonly event?: (event: SecurityEvent) => void
  readonly dead?: (code: string, reason: string) => void
}

export interface DetectRunner {
  close(): Promise<void>
}

export async function startDetect(options: DetectOptions): Promise<DetectRunner> {
  const { bus, correlation, hooks = {} } = options
  const batcher = new Batcher(options.pool)
  const unpublished = new Map<string, Findings & Pick<BusBatch, "assignment">>()

  async function handle(batch: BusBatch): Promise<void> {
    const { key, assignment } = batch
    const results = await batcher.inspect(batch.events.map(({ value }) => value))
    const earlier = unpublished.get(key)
    const findings = await judgeBatch(batch, results, options)
    const all = earlier === undefined || earlier.assignment !== assignment ? findings : merge(earlier, findings)
    // Correlation has moved on: should publishing fail, the redelivered batch must still carry what it found the first time.
    unpublished.set(key, { ...all, ...(assignment === undefined ? {} : { assignment }) })
    await publish(bus, key, all)
    for (const [index, event] of batch.events.entries()) {
      const result = results[index]
      if (result !== undefined && !result.ok) await bus.deadLetter(batch.topic, event, `detect ${result.code}: ${result.message}`)
    }
    // Findings first, memory second, acknowledgement third: a crash in between repeats the same ids and counts nothing twice.
    await correlation.keep(batch)
    unpublished.delete(key)
    report(hooks, results, all)
  }

  const subscription = await bus.subscribe(topics.activity, options.group ?? "egret-detect", handle)
  return { close: () => subscription.close() }
}

interface Findings {
  readonly findings: readonly Finding[]
  readonly events: readonly SecurityEvent[]
}

async function judgeBatch(batch: BusBatch, results: readonly JobResult<Inspected>[], options: DetectOptions): Promise<Findings> {
  const policy = options.policy()
  const suppressed = compileSuppressions(policy.file.suppress)
  const state = await options.correlation.stateOf(batch)
  const findings: Finding[] = []
  for (const result of results) {
    if (!result.ok) continue
    const inspected = result.value
    const repeated = state.isRepeated(inspected.head.id)
    const { judgements, overruns } = repeated ? NOTHING : state.observe(inspected, policy.budgets(inspected.facts))
    const decided = [
      ...[...inspected.judgements, ...judgements].map((judgement) => decideFinding(policy, inspected.facts, judgement)),
      ...policyFindings(policy, inspected, overruns),
    ]
    findings.push(...decided)
    if (!repeated) for (const finding of decided) state.raise(finding, suppressed(finding))
  }
  return { findings, events: state.drainEvents() }
}

function merge(earlier: Findings, later: Findings): Findings {
  const findings = new Map([...earlier.findings, ...later.findings].map((finding) => [finding.id, finding]))
  const events = new Map([...earlier.events, ...later.events].map((event) => [event.id, event]))
  return { findings: [...findings.values()], events: [...events.values()] }
}

async function publish(bus: Bus, key: string, { findings, events }: Findings): Promise<void> {
  if (findings.length > 0)
    await bus.publish(
      topics.finding,
      findings.map((value) => busEvent(key, value)),
    )
  if (events.length > 0)
    await bus.publish(
      topics.event,
      events.map((value) => busEvent(key, value)),
    )
}

function busEvent(key: string, value: unknown): BusEvent {
  return { key, value: Buffer.from(JSON.stringify(value)) }
}

function report(hooks: DetectHooks, results: readonly JobResult<Inspected>[], { findings, events }: Findings): void {
  hooks.inspected?.(results.length)
  for (const finding of findings) hooks.finding?.(finding)
  for (const event of events) hooks.event?.(event)
  for (const result of results) if (!result.ok) hooks.dead?.(result.code, result.message)
}

const NOTHING = { judgements: [], overruns: [] } as const

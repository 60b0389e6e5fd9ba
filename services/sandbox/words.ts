// A case's words as verdicts on the bus: one for each engine, one that merges them.
import type { Verdict } from "../contracts/verdict.ts"
import { deterministicId } from "../runtime/ids.ts"
import type { Case, Task } from "./case.ts"

export const MERGED = "merged"

/** The engine's row is replaced by its next word: the id is of subject and engine. */
export function verdictOf(one: Case, engine: string, now: number): Verdict | undefined {
  if (engine === MERGED) return mergedVerdict(one, now)
  const task = one.tasks.find((each) => each.engine === engine)
  if (task === undefined) return undefined
  return {
    ...head(one, engine),
    result: task.opinion?.result ?? "pending",
    score: task.opinion?.score ?? 0,
    labels: [...(task.opinion?.labels ?? [])].slice(0, MAX_LABELS),
    reasons: [...(task.opinion?.reasons ?? [])].slice(0, MAX_REASONS),
    ...(task.opinion?.reportUrl !== undefined && { reportUrl: task.opinion.reportUrl }),
    submittedAt: micros(task.submittedAt ?? task.startedAt),
    ...(task.opinion !== undefined && { completedAt: micros(task.doneAt ?? now) }),
  }
}

function mergedVerdict(one: Case, now: number): Verdict {
  const { result, score, by } = one.merged
  const words = one.tasks.map((task) => ({ text: `${task.engine}: ${textOf(task)}` }))
  const inner = one.inner.map((word) => ({ text: `${word.engine}: ${word.result}`, path: word.path }))
  return {
    ...head(one, MERGED),
    result,
    score,
    labels: by.map((engine) => `by:${engine}`),
    reasons: [...words, ...inner].slice(0, MAX_REASONS),
    submittedAt: micros(one.openedAt),
    ...(result !== "pending" && { completedAt: micros(now) }),
  }
}

function textOf({ opinion }: Task): string {
  if (opinion === undefined) return "pending"
  const [reason] = opinion.reasons
  return reason === undefined ? opinion.result : `${opinion.result}: ${reason.text}`.slice(0, 500)
}

function head(one: Case, engine: string) {
  return {
    v: 1 as const,
    id: deterministicId("verdict", one.key, engine),
    sha256: one.info.sha256,
    subject: one.info.subject,
    name: one.info.name,
    engine,
    activities: one.sightings.slice(-MAX_ACTIVITIES).map(({ activity }) => activity),
  }
}

function micros(millis: number): number {
  return Math.round(millis) * 1_000
}

const MAX_LABELS = 50
const MAX_REASONS = 50
const MAX_ACTIVITIES = 50

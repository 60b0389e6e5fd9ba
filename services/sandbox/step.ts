// What an engine's answer means for its task. Nothing here waits, writes or sends; the examiner does. The table of this file is the whole life of a task:
//
//   lookup ── unknown ──> submit ──> submitting ── running ──> poll ── done ──> done
//     └── done ────────────────────────> └── done ──> done      └── unknown (the engine lost it) ──> submit
//
// `later` leaves the state where it is. An analysis over its time gets the word "timeout" and is still asked, more slowly, until the engine is given up.
import { backoff } from "../runtime/retry.ts"
import type { Task } from "./case.ts"
import { type EngineAnswer, type EngineLimits, noOpinion, type Opinion } from "./engine.ts"

export interface Stepping {
  readonly now: number
  readonly limits: EngineLimits
  readonly canLookup: boolean
  readonly random?: () => number
}

/** True when the task has a new word. */
export function applyAnswer(task: Task, answer: EngineAnswer, { now, limits, canLookup, random }: Stepping): boolean {
  switch (answer.state) {
    case "done":
      return settle(task, answer.opinion, now)
    case "running":
      task.state = "poll"
      task.ref = answer.ref
      task.submittedAt ??= now
      task.attempts = 0
      delete task.problem
      task.nextAt = now + (answer.after ?? limits.poll)
      return overdue(task, now, limits)
    case "unknown":
      return unknown(task, { now, canLookup })
    case "later": {
      task.problem = answer.reason
      if (now - task.startedAt >= limits.giveUp) {
        if (task.opinion !== undefined) return settle(task, task.opinion, now)
        return settle(task, noOpinion("error", `given up after ${task.attempts} tries: ${answer.reason}`, true), now)
      }
      if (answer.quota !== true) task.attempts += 1
      task.nextAt =
        now + (answer.after ?? backoff(Math.max(1, task.attempts), { first: 1_000, max: MAX_BACKOFF, ...(random && { random }) }))
      return task.state === "poll" && overdue(task, now, limits)
    }
  }
}

function settle(task: Task, opinion: Opinion, now: number): boolean {
  task.state = "done"
  task.opinion = opinion
  task.doneAt = now
  task.nextAt = now
  return true
}

/** The engine never saw the file, or has forgotten the analysis: then it is told again, a few times at most. */
function unknown(task: Task, { now, canLookup }: { now: number; canLookup: boolean }): boolean {
  if (!task.upload) {
    const why = task.why ?? "the file may not be sent"
    return settle(
      task,
      { ...noOpinion("unsupported", `not known to the engine by its hash; ${why}`, canLookup), labels: ["not-known"] },
      now,
    )
  }
  if (task.state === "poll") task.lost = (task.lost ?? 0) + 1
  if ((task.lost ?? 0) > MAX_LOST) return settle(task, noOpinion("error", "the engine lost the analysis again and again", true), now)
  task.state = "submit"
  delete task.ref
  task.nextAt = now
  return false
}

function overdue(task: Task, now: number, { analysis, poll, giveUp }: EngineLimits): boolean {
  if (now - (task.submittedAt ?? now) < analysis) return false
  if (now - task.startedAt >= giveUp) return settle(task, task.opinion ?? noOpinion("timeout", "no verdict in time", true), now)
  task.nextAt = Math.max(task.nextAt, now + poll * SLOWER)
  if (task.opinion !== undefined) return false
  task.opinion = noOpinion("timeout", `no verdict within ${Math.round(analysis / 1_000)} s; still asked for`, true)
  task.doneAt = now
  return true
}

// An engine that is down for an hour is noticed to be up again within this.
const MAX_BACKOFF = 5 * 60_000
const MAX_LOST = 3
const SLOWER = 4

// One file or skill under examination: what is known of it, each engine's task, who fetched it, and what was raised because of it. A case is one JSON file;
// every step is written before it is taken and after, so that a restart knows where it was.
import type { AgentRef, FlowRef } from "../contracts/envelope.ts"
import type { SecurityEvent } from "../contracts/event.ts"
import type { Verdict } from "../contracts/verdict.ts"
import type { Opinion, SampleInfo } from "./engine.ts"
import { type Merged, mergeWords } from "./merge.ts"

/** Someone who fetched, sent or showed the subject, seen on the wire. */
export interface Sighting {
  readonly activity: string
  readonly kind: string
  /** Microseconds, packet time. */
  readonly at: number
  readonly sensor: string
  readonly agent: AgentRef
  readonly flow?: FlowRef
  readonly host: string
  /** "archive" or a skill's name, when the file lay inside something. */
  readonly inside?: string
}

/**
 * `lookup` and `submit` are due at `nextAt`; `submitting` was on its way when it was written, so after a crash the engine is asked by hash first;
 * `poll` waits for the analysis `ref`.
 */
export type TaskState = "lookup" | "submit" | "submitting" | "poll" | "done"

export interface Task {
  readonly engine: string
  state: TaskState
  /** The file itself may go to it. */
  upload: boolean
  /** Why not, for the verdict. */
  why?: string
  ref?: string
  attempts: number
  /** How often the engine has forgotten the analysis. */
  lost?: number
  /** Milliseconds. */
  nextAt: number
  startedAt: number
  submittedAt?: number
  doneAt?: number
  opinion?: Opinion
  /** The last thing that went wrong, for `egret sandbox status`. */
  problem?: string
}

export interface Member {
  readonly path: string
  readonly sha256: string
  readonly bytes: number
  readonly mediaType: string
}

export interface Case {
  readonly v: 1
  readonly key: string
  readonly info: SampleInfo
  /** Files of a skill. */
  readonly members: readonly Member[]
  /** Keys of the skills that hold this file. */
  parents: string[]
  readonly openedAt: number
  tasks: Task[]
  /** Engines that are not asked, and why. */
  skipped: { engine: string; reason: string }[]
  /** Grave words about files of this skill. */
  inner: { engine: string; path: string; result: Verdict["result"]; score: number }[]
  sightings: Sighting[]
  events: SecurityEvent[]
  merged: Merged
  /** What the bus has not taken yet: engines' words ("merged" among them), events. */
  owed: { words: string[]; events: string[] }
  closedAt?: number
  expiresAt?: number
  recheckAt?: number
}

export function keyOf(subject: Verdict["subject"], sha256: string): string {
  return `${subject}-${sha256}`
}

export function mergedOf(one: Case, advisory: (engine: string) => boolean): Merged {
  return mergeWords([
    ...one.tasks.map((task) => ({
      engine: task.engine,
      result: task.opinion?.result ?? ("pending" as const),
      score: task.opinion?.score ?? 0,
      advisory: advisory(task.engine),
    })),
    ...one.inner.map(({ engine, result, score }) => ({ engine, result, score, advisory: advisory(engine) })),
  ])
}

/** Nothing is due any more. A late answer to a time-out is still waited for. */
export function isFinished(one: Case): boolean {
  return one.tasks.every(({ state }) => state === "done")
}

/** Keeps one sighting an activity, the newest of very many: the store knows them all. */
export function addSighting(one: Case, sighting: Sighting): boolean {
  if (one.sightings.some(({ activity }) => activity === sighting.activity)) return false
  one.sightings.push(sighting)
  if (one.sightings.length > MAX_SIGHTINGS) one.sightings.splice(0, one.sightings.length - MAX_SIGHTINGS)
  return true
}

// A registry's most popular skill is fetched by everyone; a case file must stay small.
const MAX_SIGHTINGS = 200

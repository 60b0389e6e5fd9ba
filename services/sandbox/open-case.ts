// A new case: which engines are asked. Undefined when none is.
import type { FileKind } from "../contracts/config/sandbox.ts"
import { type Case, keyOf, type Task } from "./case.ts"
import type { Engine } from "./engine.ts"
import { mergeWords } from "./merge.ts"
import type { Submission } from "./subject.ts"

export interface Openers {
  /** The static analysis first. */
  readonly engines: readonly Engine[]
  /** Kinds that are examined at all. */
  readonly kinds: readonly FileKind[]
}

export function newCase(
  { info, members, sighting, parent }: Submission,
  { engines, kinds, now }: Openers & { now: number },
): Case | undefined {
  if (!kinds.includes(info.kind)) return undefined
  const tasks: Task[] = []
  const skipped: Case["skipped"] = []
  for (const engine of engines) {
    const accepted = engine.accepts(info)
    if (!accepted.asked) {
      skipped.push({ engine: engine.name, reason: accepted.reason })
      continue
    }
    tasks.push({
      engine: engine.name,
      state: engine.lookup === undefined ? "submit" : "lookup",
      upload: accepted.upload,
      ...(!accepted.upload && { why: accepted.reason }),
      attempts: 0,
      nextAt: now,
      startedAt: now,
    })
  }
  if (tasks.length === 0) return undefined
  return {
    v: 1,
    key: keyOf(info.subject, info.sha256),
    info,
    members,
    parents: parent === undefined ? [] : [parent],
    openedAt: now,
    tasks,
    skipped,
    inner: [],
    sightings: [sighting],
    events: [],
    merged: mergeWords([{ engine: "", result: "pending", score: 0 }]),
    owed: { words: [], events: [] },
  }
}

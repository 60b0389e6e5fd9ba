// The next request of one task to its engine, and what a failure on the way there means.
import type { Case, Task } from "./case.ts"
import { type Engine, type EngineAnswer, EngineError, noOpinion } from "./engine.ts"
import { hasBytes, sampleOf } from "./samples.ts"
import type { Vault } from "./vault.ts"

export interface Asking {
  readonly one: Case
  readonly task: Task
  readonly vault: Vault
  readonly signal: AbortSignal
  readonly isStatic: boolean
  /** Resolves when the case is on disk. */
  readonly save: () => Promise<void>
}

/** Undefined when we are stopping: the next process asks again. */
export async function askEngine(engine: Engine, { one, task, vault, signal, isStatic, save }: Asking): Promise<EngineAnswer | undefined> {
  const sample = sampleOf(one, vault)
  try {
    if (task.state === "poll" && engine.poll !== undefined) return await engine.poll(task.ref ?? "", sample, signal)
    // Perhaps submitted by a process that died, or by a request whose answer got lost: the engine may know.
    if (task.state !== "submit" && engine.lookup !== undefined) return await engine.lookup(sample, signal)
    if (!task.upload || task.state === "lookup") return { state: "unknown" }
    if (!hasBytes(one, vault) && !isStatic)
      return { state: "done", opinion: noOpinion("unsupported", "its bytes were not kept, so it could not be sent") }
    task.state = "submitting"
    if (!isStatic) await save()
    return await engine.submit(sample, signal)
  } catch (error) {
    return signal.aborted ? undefined : failure(error)
  }
}

function failure(error: unknown): EngineAnswer {
  if (error instanceof EngineError) {
    if (error.final) return { state: "done", opinion: noOpinion("error", error.message, true) }
    return { state: "later", reason: error.message, quota: error.quota, ...(error.after !== undefined && { after: error.after }) }
  }
  return { state: "later", reason: error instanceof Error ? error.message : String(error) }
}

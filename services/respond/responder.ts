// Plans, applies, watches over and takes back. One operation at a time, also between processes; the journal is written before each call.
//
// Laws:
// 1. Nothing is changed unless responding is enabled, dry run is off, and the plan still fits what is there.
// 2. Everything has an end: when its time is over it is taken back, and a process that was away does so when it is back.
// 3. Taking back restores only what we changed: what somebody else changed meanwhile is left and told.
// 4. A crash at any point is gone on from: a response that was being applied is applied or taken back, never forgotten.
import { join } from "node:path"
import type { RespondAction, RespondConfig } from "../contracts/config/respond.ts"
import { withFileLock } from "../runtime/file-lock.ts"
import { deterministicId } from "../runtime/ids.ts"
import { APPLY_FAILED, RespondJournal } from "./journal.ts"
import { type Actor, type Refusal, RespondError, type RespondRequest, type Response, stepText } from "./model.ts"
import { protectedBy } from "./never.ts"

export interface ResponderOptions {
  readonly config: RespondConfig
  readonly actorOf: (action: RespondAction) => Actor
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Every decision and change, for the audit trail; told before the change is made. */
  readonly audit: (entry: { readonly who: string; readonly action: string; readonly object: string; readonly detail: string }) => void
}

export class Responder {
  readonly #options: ResponderOptions
  readonly #journal: RespondJournal
  readonly #lock: string

  constructor(options: ResponderOptions) {
    this.#options = options
    this.#journal = new RespondJournal(options.config.stateDir)
    this.#lock = join(options.config.stateDir, "lock")
  }

  list(): Response[] {
    this.#journal.read()
    return this.#journal.list()
  }

  /** Changes nothing outside. The same key again answers with the same response. */
  plan(request: RespondRequest): Promise<Response | Refusal> {
    return this.#alone(() => this.#plan(request))
  }

  apply(id: string, by: string): Promise<Response> {
    return this.#alone(() => this.#apply(id, by))
  }

  revert(id: string, why: string, by: string): Promise<Response> {
    return this.#alone(async () => {
      const response = this.#known(id)
      if (response.state === "planned" || response.state === "reverted" || response.state === "failed")
        throw new RespondError(`${id} is ${response.state}: there is nothing to take back`)
      return this.#revert(response, { why, by })
    })
  }

  /** What is due: the end of a time, and what a crash left half done. Returns what changed. */
  tick(): Promise<Response[]> {
    return this.#alone(async () => {
      const changed: Response[] = []
      for (const response of this.#journal.list()) {
        const over = response.until !== undefined && response.until <= this.#options.now()
        if (response.state === "reverting")
          changed.push(await this.#revert(response, { why: "going on after an interruption", by: "egret" }))
        else if (response.state === "applied" && over) changed.push(await this.#revert(response, { why: "its time is over", by: "egret" }))
        else if (response.state === "applying" && over)
          changed.push(await this.#revert(response, { why: "its time was over before it was applied", by: "egret" }))
        else if (response.state === "applying") changed.push(await this.#carryOut(response))
      }
      return changed
    })
  }

  async #plan(request: RespondRequest): Promise<Response | Refusal> {
    const { config, now, audit } = this.#options
    const id = `r-${deterministicId(request.action, request.key).slice(0, 16)}`
    const known = this.#journal.get(id)
    if (known !== undefined) return known
    if (!config.enabled) return { refused: "responding is off: set respond.enabled" }
    const action = config.actions.find(({ name }) => name === request.action)
    if (action === undefined)
      return { refused: `no action named ${request.action}; there are: ${config.actions.map(({ name }) => name).join(", ") || "none"}` }
    const never = protectedBy(config.never, request.target)
    if (never !== undefined) return { refused: `respond.never protects ${never}` }
    const planned = await this.#options.actorOf(action).plan(request.target)
    if ("refused" in planned) return planned
    const response: Response = {
      id,
      action: action.name,
      type: action.type,
      target: request.target,
      reason: request.reason,
      by: request.by,
      ...(request.event !== undefined && { event: request.event }),
      lasts: Math.min(request.lasts ?? action.lasts, config.longest),
      steps: planned.steps,
      warnings: planned.warnings,
      state: "planned",
      plannedAt: now(),
      inForce: [],
    }
    audit({
      who: request.by,
      action: "respond-plan",
      object: id,
      detail: `${request.reason}: ${planned.steps.map(stepText).join("; ")}`.slice(0, 500),
    })
    this.#journal.write({ at: now(), is: "planned", response })
    return response
  }

  async #apply(id: string, by: string): Promise<Response> {
    const { config, now, audit } = this.#options
    const response = this.#known(id)
    if (response.state === "applied") return response
    if (response.state !== "planned") throw new RespondError(`${id} is ${response.state}: plan it again`)
    if (!config.enabled) throw new RespondError("responding is off: set respond.enabled")
    if (config.dryRun) throw new RespondError("dry run: nothing is changed while respond.dryRun is true")
    if (now() - response.plannedAt > PLAN_LIFE) throw new RespondError(`the plan ${id} is older than an hour: plan it again`)
    const active = this.#journal.list().filter(({ state }) => state === "applied" || state === "applying" || state === "reverting")
    if (active.length >= config.maxActive)
      throw new RespondError(
        `${active.length} actions are in force, respond.maxActive allows ${config.maxActive}: revert some, or raise it`,
      )
    audit({ who: by, action: "respond-apply", object: id, detail: response.steps.map(stepText).join("; ").slice(0, 500) })
    this.#journal.write({ at: now(), id, is: "applying", until: now() + response.lasts, by })
    return this.#carryOut(this.#known(id))
  }

  async #carryOut(response: Response): Promise<Response> {
    const { now } = this.#options
    const { id, steps } = response
    try {
      const actor = this.#actorOf(response)
      for (const [index, step] of steps.entries()) {
        this.#journal.write({ at: now(), id, is: "call", step: index, does: "apply" })
        await actor.apply(step, response)
        this.#journal.write({ at: now(), id, is: "called", step: index, does: "apply" })
      }
    } catch (error) {
      const why = `${APPLY_FAILED}${error instanceof Error ? error.message : String(error)}`
      return this.#revert(this.#known(id), { why, by: "egret", failed: true })
    }
    this.#journal.write({ at: now(), id, is: "applied" })
    return this.#known(id)
  }

  /** A step that cannot be taken back now stays in force by the journal; the response stays "reverting" and every tick tries again. */
  async #revert(response: Response, { why, by, failed = false }: { why: string; by: string; failed?: boolean }): Promise<Response> {
    const { now, audit } = this.#options
    const { id, steps } = response
    if (response.state !== "reverting") {
      audit({ who: by, action: "respond-revert", object: id, detail: why.slice(0, 500) })
      this.#journal.write({ at: now(), id, is: "reverting", why, by, ...(failed && { failed }) })
    }
    try {
      const actor = this.#actorOf(response)
      for (const index of this.#known(id).inForce.toReversed()) {
        const step = steps[index]
        if (step === undefined) continue
        this.#journal.write({ at: now(), id, is: "call", step: index, does: "revert" })
        const taken = await actor.revert(step, response)
        this.#journal.write({ at: now(), id, is: "called", step: index, does: "revert", ...(taken.done === "left" && { left: taken.why }) })
      }
    } catch (error) {
      return {
        ...this.#known(id),
        problem: `could not be taken back, it is tried again: ${error instanceof Error ? error.message : String(error)}`,
      }
    }
    this.#journal.write({ at: now(), id, is: "reverted" })
    return this.#known(id)
  }

  #actorOf(response: Response): Actor {
    const action = this.#options.config.actions.find(({ name, type }) => name === response.action && type === response.type)
    if (action === undefined)
      throw new RespondError(
        `the action ${response.action} is no longer in the configuration: put it back so that ${response.id} can be taken back`,
      )
    return this.#options.actorOf(action)
  }

  #known(id: string): Response {
    const response = this.#journal.get(id)
    if (response === undefined) throw new RespondError(`no response ${id}`)
    return response
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    return withFileLock(
      this.#lock,
      async () => {
        this.#journal.read()
        return work()
      },
      LOCK_WAIT,
    )
  }
}

// What a plan says of the cloud is checked again when it is applied; after an hour nobody should rely on having read it.
const PLAN_LIFE = 3_600_000
// A response of many interfaces with throttling takes its time; whoever comes meanwhile waits.
const LOCK_WAIT = 120_000

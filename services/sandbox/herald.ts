// What a change of a case means for everyone else: the merged verdict, findings and events for whoever has the subject, and all of it on the bus. What the
// bus has not taken is remembered in the case and tried again; everything has a deterministic id, so saying it twice changes nothing.
import type { SecurityEvent } from "../contracts/event.ts"
import type { Finding } from "../contracts/finding.ts"
import type { Verdict } from "../contracts/verdict.ts"
import { addSighting, type Case, isFinished, mergedOf, type Sighting } from "./case.ts"
import type { CaseStore } from "./case-store.ts"
import type { Clock } from "./clock.ts"
import { isBad } from "./merge.ts"
import { type Judges, raise, relieve } from "./raise.ts"
import { MERGED, verdictOf } from "./words.ts"

export interface Outcome {
  readonly verdicts: readonly Verdict[]
  readonly findings: readonly Finding[]
  readonly events: readonly SecurityEvent[]
}

export interface HeraldOptions {
  readonly cases: CaseStore
  /** Resolves when the bus has taken them. */
  readonly publish: (outcome: Outcome) => Promise<void>
  /** Everyone who ever had the subject, from the store. */
  readonly hunt: (subject: Verdict["subject"], sha256: string) => Promise<readonly Sighting[]>
  readonly judges: Judges
  readonly events: "malicious" | "suspicious"
}

interface Surroundings {
  readonly clock: Clock
  /** Name of the static analysis. */
  readonly first: string
  readonly isAdvisory: (engine: string) => boolean
  /** The case wants another try at this time. */
  readonly again: (key: string, at: number) => void
  readonly failed: (error: unknown) => void
}

export class Herald {
  readonly #options: HeraldOptions
  readonly #around: Surroundings

  constructor(options: HeraldOptions, around: Surroundings) {
    this.#options = options
    this.#around = around
  }

  /**
   * Under the case's lock. `words`: engines that have just spoken. Said first and written after: a kill in between makes the next process ask the engine
   * again for what it has already answered, and say the same with the same ids. True when nothing is left to do: the case is to be closed, which writes it.
   */
  async progress(one: Case, words: readonly string[], again = false): Promise<boolean> {
    const before = one.merged
    one.merged = mergedOf(one, this.#around.isAdvisory)
    const turned = before.result !== one.merged.result
    const changed = turned || before.score !== one.merged.score
    one.owed.words = [...new Set([...one.owed.words, ...words, ...(changed || words.length > 0 ? [MERGED] : [])])]
    if (this.#isAlarming(one)) await this.#raise(one, turned || again)
    else if (turned && isBad(before.result) && one.merged.result !== "pending")
      one.owed.events.push(...relieve(one, this.#micros()).map(({ id }) => id))
    await this.#deliver(one)
    const isClosing = isFinished(one) && one.closedAt === undefined && one.owed.words.length + one.owed.events.length === 0
    if (!isClosing) await this.#save(one)
    return isClosing
  }

  async #save(one: Case): Promise<void> {
    if (one.closedAt === undefined) await this.#options.cases.saveOpen(one)
    else await this.#options.cases.saveClosed(one)
  }

  async #raise(one: Case, hunt: boolean): Promise<void> {
    if (hunt)
      try {
        for (const sighting of await this.#options.hunt(one.info.subject, one.info.sha256)) addSighting(one, sighting)
      } catch (error) {
        this.#around.failed(error)
        one.owed.words = [...new Set([...one.owed.words, MERGED])]
        this.#around.again(one.key, this.#around.clock.now() + RETRY)
      }
    const { events } = raise(one, { sightings: one.sightings, at: this.#micros(), judges: this.#options.judges })
    one.owed.events = [...new Set([...one.owed.events, ...events.map(({ id }) => id)])]
  }

  /** Malicious always; suspicious where configured, when it is not only the static analysis: what that finds has raised its own events. */
  #isAlarming({ merged }: Case): boolean {
    if (merged.result === "malicious") return true
    return this.#options.events === "suspicious" && merged.result === "suspicious" && merged.by.some((name) => name !== this.#around.first)
  }

  async #deliver(one: Case): Promise<void> {
    const { words, events } = one.owed
    if (words.length + events.length === 0) return
    const now = this.#around.clock.now()
    const owed = one.events.filter(({ id }) => events.includes(id))
    const { findings } =
      owed.length > 0 && isBad(one.merged.result)
        ? raise({ ...one }, { sightings: one.sightings, at: this.#micros(), judges: this.#options.judges })
        : { findings: [] }
    try {
      await this.#options.publish({ verdicts: words.flatMap((engine) => verdictOf(one, engine, now) ?? []), findings, events: owed })
    } catch (error) {
      this.#around.failed(error)
      this.#around.again(one.key, now + RETRY)
      return
    }
    one.owed = { words: [], events: [] }
  }

  #micros(): number {
    return Math.round(this.#around.clock.now()) * 1_000
  }
}

const RETRY = 30_000

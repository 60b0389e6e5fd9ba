// Files and skills in, verdicts out. Laws:
//   - a case is on disk before it is acknowledged, and every step before it is taken: a kill at any point loses nothing, and what was perhaps submitted is
//     asked for by hash before it is submitted again;
//   - the static analysis speaks first; where its word must be known (does the file hold secrets?) others wait for it;
//   - content is examined once while its verdict stands; who fetches it later gets the same verdict, and the event, at once;
//   - all changes of one case go one after the other; cases go beside each other.
import { askEngine } from "./ask.ts"
import { addSighting, type Case, isFinished, keyOf, mergedOf, type Task } from "./case.ts"
import { type Clock, systemClock } from "./clock.ts"
import { type Engine, noOpinion } from "./engine.ts"
import { Herald, type HeraldOptions } from "./herald.ts"
import { KeyedLock } from "./keyed-lock.ts"
import { type Lane, nextDue, openLane, schedule } from "./lanes.ts"
import type { DayCount } from "./limiter.ts"
import { isBad } from "./merge.ts"
import { newCase, type Openers } from "./open-case.ts"
import { hasBytes, keepMembers, keepTexts } from "./samples.ts"
import { HOLDS_SECRETS } from "./static-verdict.ts"
import { applyAnswer } from "./step.ts"
import type { Submission } from "./subject.ts"
import type { FilePart, Vault } from "./vault.ts"
import { MERGED, verdictOf } from "./words.ts"

export interface ExaminerOptions extends Openers, HeraldOptions {
  readonly vault: Vault
  readonly queue: number
  readonly cache: number
  readonly recheck: number
  readonly recheckFor: number
  readonly quotas?: Quotas
  readonly clock?: Clock
  readonly hooks?: Partial<ExaminerHooks>
}

/** Requests of the day, kept across restarts. */
interface Quotas {
  read(engine: string): DayCount | undefined
  write(engine: string, count: DayCount): void
}

export interface ExaminerHooks {
  accepted(kind: string, known: boolean): void
  refused(): void
  answered(engine: string, result: string, seconds: number): void
  failed(engine: string, problem: string, inARow: number): void
  undelivered(error: unknown): void
}

export class Examiner {
  readonly #options: ExaminerOptions
  readonly #clock: Clock
  readonly #open = new Map<string, Case>()
  readonly #lanes: ReadonlyMap<string, Lane>
  readonly #lock = new KeyedLock()
  readonly #herald: Herald
  readonly #stop = new AbortController()
  readonly #retries = new Map<string, number>()
  readonly #working = new Set<Promise<void>>()
  #wake: AbortController = new AbortController()
  #running: Promise<void> | undefined
  #sweepAt: number

  constructor(options: ExaminerOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#lanes = new Map(options.engines.map((engine) => [engine.name, openLane(engine, options.quotas?.read(engine.name))]))
    this.#sweepAt = this.#clock.now() + SWEEP
    this.#herald = new Herald(options, {
      clock: this.#clock,
      first: options.engines[0]?.name ?? "",
      isAdvisory: (name) => this.#lanes.get(name)?.engine.advisory === true,
      failed: (error) => this.#options.hooks?.undelivered?.(error),
      again: (key, at) => {
        this.#retries.set(key, at)
        this.#wake.abort()
      },
    })
  }

  /** Takes up the queue of the last process. Returns names of files in it that could not be read. */
  start(): readonly string[] {
    const { cases, broken } = this.#options.cases.loadOpen()
    for (const one of cases) {
      // The folder decides: a kill between the last write of a case and its move to the closed ones leaves it here, and there is nothing else to do but to move it.
      delete one.closedAt
      this.#adopt(one)
      this.#open.set(one.key, one)
      if (one.owed.words.length + one.owed.events.length > 0) this.#retries.set(one.key, this.#clock.now())
      for (const task of one.tasks) this.#due(one, task)
    }
    this.#running = this.#run()
    return broken
  }

  /** On disk when it resolves. */
  async accept(submission: Submission): Promise<void> {
    const { info, sighting, parent, texts } = submission
    const key = keyOf(info.subject, info.sha256)
    await this.#lock.run(key, async () => {
      const one = this.#open.get(key) ?? (await this.#known(key))
      if (one !== undefined) {
        const isHeld = parent !== undefined && !one.parents.includes(parent) && one.parents.length < MAX_PARENTS
        if (isHeld) one.parents.push(parent)
        const isNew = addSighting(one, sighting) || isHeld
        this.#options.hooks?.accepted?.(info.kind, true)
        if (isNew) await this.#progress(one, [])
        return
      }
      if (this.#open.size >= this.#options.queue) {
        this.#options.hooks?.refused?.()
        await this.#refuse(submission)
        return
      }
      if (texts !== undefined) await keepTexts(this.#options.vault, info.sha256, texts)
      const made = newCase(submission, { ...this.#options, now: this.#clock.now() })
      if (made === undefined) return
      this.#open.set(key, made)
      this.#options.hooks?.accepted?.(info.kind, false)
      await this.#options.cases.saveOpen(made)
      for (const task of made.tasks) this.#due(made, task)
    })
  }

  /** Files of a skill whose text came with it, as far as somebody waits for them. */
  async keepMembers({ members, texts }: Submission): Promise<void> {
    if (texts === undefined) return
    const awaited = members.filter(({ sha256 }) => this.#open.has(keyOf("file", sha256)))
    await keepMembers(this.#options.vault, awaited, texts)
    for (const { sha256 } of awaited) this.#bytesCame(sha256)
  }

  async addPart(part: FilePart): Promise<void> {
    if (await this.#options.vault.add(part)) this.#bytesCame(part.sha256)
  }

  #bytesCame(sha256: string): void {
    const one = this.#open.get(keyOf("file", sha256))
    if (one === undefined || !this.#options.vault.has(sha256)) return
    for (const task of one.tasks)
      if (task.state !== "done" && task.attempts === 0) this.#due(one, task, Math.min(task.nextAt, this.#clock.now()))
  }

  get waiting(): number {
    return this.#open.size
  }

  /** Requests and writes under way. */
  get busy(): number {
    return this.#working.size + this.#lock.size
  }

  /** Resolves when nothing is due any more; for the command line. */
  async idle(): Promise<void> {
    while (this.#open.size > 0 && !this.#stop.signal.aborted) await new Promise((resolve) => setTimeout(resolve, IDLE_LOOK))
  }

  async close(): Promise<void> {
    this.#stop.abort()
    this.#wake.abort()
    await this.#running
    await Promise.allSettled(this.#working)
    await this.#lock.settled()
    await Promise.all([...this.#lanes.values()].map(({ engine }) => engine.close?.()))
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      this.#wake = new AbortController()
      const now = this.#clock.now()
      let soonest = this.#sweepAt - now
      for (const [key, at] of this.#retries) {
        if (at > now) soonest = Math.min(soonest, at - now)
        else {
          this.#retries.delete(key)
          this.#track(this.#lock.run(key, () => this.#retry(key)))
        }
      }
      for (const lane of this.#lanes.values()) soonest = Math.min(soonest, this.#startDue(lane, now))
      if (this.#sweepAt <= now) {
        this.#sweepAt = now + SWEEP
        this.#track(this.#sweep(now))
        continue
      }
      await this.#clock.sleep(Math.max(1, soonest), this.#wake.signal)
    }
  }

  /** Starts what may start; milliseconds until the lane has something again. */
  #startDue(lane: Lane, now: number): number {
    for (;;) {
      const next = nextDue(lane, now, (key, at) => this.#task(key, lane.engine.name)?.nextAt === at)
      if ("wait" in next) return next.wait
      lane.busy.add(next.key)
      this.#options.quotas?.write(lane.engine.name, lane.limiter.today)
      this.#track(
        this.#work(lane, next.key).finally(() => {
          lane.busy.delete(next.key)
          // What became due meanwhile was passed over because the key was busy.
          const task = this.#task(next.key, lane.engine.name)
          if (task !== undefined) schedule(lane, next.key, task.nextAt)
          this.#wake.abort()
        }),
      )
    }
  }

  async #work(lane: Lane, key: string): Promise<void> {
    const one = this.#open.get(key)
    const task = this.#task(key, lane.engine.name)
    if (one === undefined || task === undefined || task.state === "done") return
    const answer = await askEngine(lane.engine, {
      one,
      task,
      vault: this.#options.vault,
      signal: this.#stop.signal,
      // The static analysis leaves nothing behind anywhere: nothing to remember.
      isStatic: lane.engine === this.#options.engines[0],
      save: () => this.#lock.run(one.key, () => this.#options.cases.saveOpen(one)),
    })
    if (answer === undefined || this.#stop.signal.aborted) return
    await this.#lock.run(key, async () => {
      const now = this.#clock.now()
      if (answer.state === "later" && answer.quota === true) lane.limiter.block(now + (answer.after ?? QUOTA_PAUSE))
      lane.failing = answer.state === "later" && answer.quota !== true ? lane.failing + 1 : 0
      if (answer.state === "later") this.#options.hooks?.failed?.(lane.engine.name, answer.reason, lane.failing)
      const { engine } = lane
      const hasWord = applyAnswer(task, answer, { now, limits: engine.limits, canLookup: engine.lookup !== undefined })
      if (hasWord) this.#options.hooks?.answered?.(engine.name, task.opinion?.result ?? "pending", (now - task.startedAt) / 1_000)
      if (task.state !== "done") this.#due(one, task)
      await this.#progress(one, hasWord ? [engine.name] : [])
      if (hasWord && engine === this.#options.engines[0]) for (const other of one.tasks) this.#due(one, other)
    })
  }

  async #progress(one: Case, words: readonly string[], again = false): Promise<void> {
    const isClosing = await this.#herald.progress(one, words, again)
    this.#tellParents(one)
    if (isClosing) await this.#closeCase(one)
  }

  async #retry(key: string): Promise<void> {
    const one = this.#open.get(key) ?? (await this.#known(key))
    if (one !== undefined) await this.#progress(one, [], true)
  }

  /** What an engine says of a file is true of the skill that holds it. */
  #tellParents(one: Case): void {
    if (one.parents.length === 0) return
    const bad = one.tasks.flatMap(({ engine, opinion }) =>
      opinion !== undefined && isBad(opinion.result) && engine !== this.#options.engines[0]?.name
        ? [{ engine, result: opinion.result, score: opinion.score }]
        : [],
    )
    for (const parent of one.parents) {
      if (parent === one.key) continue
      this.#track(
        this.#lock.run(parent, async () => {
          const skill = this.#open.get(parent) ?? (await this.#known(parent))
          if (skill === undefined) return
          const path = skill.members.find(({ sha256 }) => sha256 === one.info.sha256)?.path ?? one.info.name
          const inner = [...skill.inner.filter((word) => word.path !== path), ...bad.map((word) => ({ ...word, path }))]
          if (JSON.stringify(inner) === JSON.stringify(skill.inner)) return
          skill.inner = inner
          await this.#progress(skill, [])
        }),
      )
    }
  }

  async #closeCase(one: Case): Promise<void> {
    const now = this.#clock.now()
    one.closedAt = now
    one.expiresAt = now + this.#options.cache
    const again = one.tasks.some(({ opinion }) => opinion?.again === true) && now - one.openedAt < this.#options.recheckFor
    if (again) one.recheckAt = now + this.#options.recheck
    else delete one.recheckAt
    await this.#options.cases.close(one)
    this.#open.delete(one.key)
  }

  /** A closed case whose verdict still stands. */
  async #known(key: string): Promise<Case | undefined> {
    const one = await this.#options.cases.loadClosed(key)
    if (one === undefined || (one.expiresAt ?? 0) <= this.#clock.now()) return undefined
    return one
  }

  /** Forgets what has expired; asks again about what may be known by now. */
  async #sweep(now: number): Promise<void> {
    for await (const one of this.#options.cases.closed()) {
      if (this.#stop.signal.aborted) return
      if ((one.expiresAt ?? 0) <= now) {
        await this.#lock.run(one.key, () => this.#options.cases.forget(one.key))
        await this.#options.vault.remove(one.info.sha256)
      } else if (one.recheckAt !== undefined && one.recheckAt <= now && this.#open.size < this.#options.queue)
        await this.#lock.run(one.key, () => this.#reopen(one.key, now))
    }
  }

  async #reopen(key: string, now: number): Promise<void> {
    const one = await this.#known(key)
    if (one === undefined || this.#open.has(key)) return
    delete one.closedAt
    delete one.recheckAt
    for (const task of one.tasks) {
      const engine = this.#lanes.get(task.engine)?.engine
      if (task.opinion?.again !== true || engine === undefined) continue
      task.state = engine.lookup === undefined ? "submit" : "lookup"
      task.attempts = 0
      task.startedAt = now
      task.nextAt = now
      delete task.ref
      delete task.submittedAt
    }
    await this.#options.cases.reopen(key)
    await this.#options.cases.saveOpen(one)
    this.#open.set(key, one)
    for (const task of one.tasks) this.#due(one, task)
  }

  /** Not examined is a verdict too, and it is not "clean". */
  async #refuse({ info, sighting }: Submission): Promise<void> {
    const now = this.#clock.now()
    const made = newCase({ info, members: [], sighting }, { ...this.#options, now })
    if (made === undefined) return
    made.tasks = [
      {
        engine: MERGED,
        state: "done",
        upload: false,
        attempts: 0,
        nextAt: now,
        startedAt: now,
        doneAt: now,
        opinion: noOpinion("error", "not examined: the queue is full"),
      },
    ]
    made.merged = mergedOf(made, () => false)
    const verdict = verdictOf(made, MERGED, now)
    if (verdict !== undefined) await this.#options.publish({ verdicts: [verdict], findings: [], events: [] })
  }

  /** Engines come and go between two runs: what is configured now is asked, what is gone no longer holds a case open. */
  #adopt(one: Case): void {
    for (const task of one.tasks)
      if (task.state !== "done" && !this.#lanes.has(task.engine)) {
        task.state = "done"
        task.opinion ??= noOpinion("error", "the engine is no longer configured")
        task.doneAt = this.#clock.now()
      }
    if (isFinished(one)) this.#retries.set(one.key, this.#clock.now())
  }

  #due(one: Case, task: Task, at = task.nextAt): void {
    const lane = this.#lanes.get(task.engine)
    if (lane === undefined || task.state === "done") return
    const [first] = this.#options.engines
    const isStatic = task.engine === first?.name
    if (!isStatic && one.tasks.some((each) => each.engine === first?.name && each.state !== "done")) return
    task.nextAt = at
    if ((isStatic || (task.upload && task.state !== "poll")) && !hasBytes(one, this.#options.vault)) {
      const patience = one.openedAt + BYTES_PATIENCE
      if (this.#clock.now() < patience) task.nextAt = Math.max(at, patience)
    }
    if (!isStatic && task.upload && !lane.engine.takesSecrets && holdsSecrets(one, first)) {
      task.upload = false
      task.why = "a secret or personal data was found in it, so it is not sent"
    }
    schedule(lane, one.key, task.nextAt)
    this.#wake.abort()
  }

  #task(key: string, engine: string): Task | undefined {
    return this.#open.get(key)?.tasks.find((task) => task.engine === engine && task.state !== "done")
  }

  #track(work: Promise<void>): void {
    const tracked: Promise<void> = work
      .catch((error: unknown) => this.#options.hooks?.undelivered?.(error))
      .finally(() => this.#working.delete(tracked))
    this.#working.add(tracked)
  }
}

function holdsSecrets(one: Case, first: Engine | undefined): boolean {
  return one.tasks.find(({ engine }) => engine === first?.name)?.opinion?.labels.includes(HOLDS_SECRETS) === true
}

const SWEEP = 10 * 60_000
const QUOTA_PAUSE = 60_000
const IDLE_LOOK = 20
// The parts of a file travel on a topic of their own and may come later than the activity that names it.
const BYTES_PATIENCE = 30_000
const MAX_PARENTS = 100

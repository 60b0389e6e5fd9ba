// An examiner over a folder of its own, with engines that answer as they are told, a clock that only moves when it is moved, and what it published.
import { createHash } from "node:crypto"
import { existsSync, mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Sighting } from "../../../services/sandbox/case.ts"
import { CaseStore } from "../../../services/sandbox/case-store.ts"
import type { Clock } from "../../../services/sandbox/clock.ts"
import type { Engine, EngineAnswer, Opinion } from "../../../services/sandbox/engine.ts"
import { Examiner, type ExaminerOptions } from "../../../services/sandbox/examiner.ts"
import type { Outcome } from "../../../services/sandbox/herald.ts"
import type { Submission } from "../../../services/sandbox/subject.ts"
import { Vault } from "../../../services/sandbox/vault.ts"

export class TestClock implements Clock {
  #now: number
  readonly #sleepers = new Set<{ at: number; wake: (passed: boolean) => void }>()

  constructor(now = 1_795_000_000_000) {
    this.#now = now
  }
  now(): number {
    return this.#now
  }
  sleep(millis: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false)
    return new Promise((resolve) => {
      const sleeper = {
        at: this.#now + millis,
        wake: (passed: boolean) => {
          this.#sleepers.delete(sleeper)
          resolve(passed)
        },
      }
      this.#sleepers.add(sleeper)
      signal.addEventListener("abort", () => sleeper.wake(false), { once: true })
    })
  }
  /** Time jumps from one thing that was waited for to the next, and what follows from it happens in between. */
  async pass(millis: number): Promise<void> {
    const end = this.#now + millis
    for (;;) {
      await this.settle()
      const next = Math.min(...[...this.#sleepers].map(({ at }) => at), Number.POSITIVE_INFINITY)
      if (next > end) break
      this.#now = Math.max(this.#now, next)
      for (const sleeper of [...this.#sleepers]) if (sleeper.at <= this.#now) sleeper.wake(true)
    }
    this.#now = end
    await this.settle()
  }
  /** Until nothing moves any more; work that hangs for good is not waited for. */
  settle: () => Promise<void> = () => Promise.resolve()
}

async function settled(examiner: Examiner): Promise<void> {
  const end = Date.now() + HANGING
  for (let calm = 0; calm < 4 && Date.now() < end; calm = examiner.busy === 0 ? calm + 1 : 0)
    await new Promise((resolve) => setImmediate(resolve))
}

export function said(result: Opinion["result"], more: Partial<Opinion> = {}): EngineAnswer {
  const scores: Record<string, number> = { malicious: 100, suspicious: 60 }
  return { state: "done", opinion: { result, score: scores[result] ?? 0, labels: [], reasons: [{ text: `it is ${result}` }], ...more } }
}

export function fakeEngine(name: string, more: Partial<Omit<Engine, "limits">> & { limits?: Partial<Engine["limits"]> } = {}): Engine {
  return {
    name,
    type: "fake",
    advisory: false,
    takesSecrets: true,
    accepts: () => ({ asked: true, upload: true }),
    submit: () => Promise.resolve(said("clean")),
    test: () => Promise.resolve("here"),
    ...more,
    limits: {
      maxSize: 1e9,
      concurrency: 4,
      perMinute: 0,
      perDay: 0,
      analysis: 1_800_000,
      poll: 10_000,
      giveUp: 86_400_000,
      ...more.limits,
    } as Engine["limits"],
  }
}

export function examining(engines: readonly Engine[], more: Partial<ExaminerOptions> & { folder?: string } = {}) {
  const folder = more.folder ?? mkdtempSync(join(scratch, "egret-sandbox-"))
  const clock = (more.clock as TestClock | undefined) ?? new TestClock()
  const outcomes: Outcome[] = []
  const vault = new Vault(join(folder, "files"), { maxFile: 1e7, keep: 1e8 })
  const examiner = new Examiner({
    engines,
    kinds: ["skill", "script", "executable", "archive", "document"],
    cases: new CaseStore(folder),
    vault,
    queue: 1_000,
    cache: 7 * DAY,
    recheck: DAY / 2,
    recheckFor: 3 * DAY,
    events: "suspicious",
    hunt: () => Promise.resolve([]),
    judges: {
      decide: () => ({ action: "alert", enforced: true, rule: "test", reason: "" }),
      suppressed: () => undefined,
    },
    publish: (outcome) => {
      outcomes.push(outcome)
      return Promise.resolve()
    },
    ...more,
    clock,
  })
  clock.settle = () => settled(examiner)
  const words = (engine: string) =>
    outcomes.flatMap(({ verdicts }) => verdicts.filter((verdict) => verdict.engine === engine)).map(({ result }) => result)
  return { examiner, clock, folder, outcomes, vault, words, events: () => outcomes.flatMap(({ events }) => events) }
}

export function script(text: string, more: Partial<Submission["info"]> = {}): Submission & { readonly bytes: Buffer } {
  const bytes = Buffer.from(text)
  const sha256 = createHash("sha256").update(bytes).digest("hex")
  return {
    bytes,
    info: {
      subject: "file",
      sha256,
      name: "run.sh",
      kind: "script",
      mediaType: "text/x-shellscript",
      bytes: bytes.length,
      direction: "inbound",
      whole: true,
      ...more,
    },
    members: [],
    sighting: sighting(`activity of ${sha256.slice(0, 8)}`),
  }
}

export function sighting(activity: string, agent = "agent-1"): Sighting {
  return {
    activity,
    kind: "file",
    at: 1_795_000_000_000_000,
    sensor: "test",
    host: "files.example",
    agent: { id: agent, name: agent, confidence: 1, signals: [], conflicts: [], workload: { id: `${agent}-host`, vni: 0, ip: "10.0.0.1" } },
  }
}

export const DAY = 86_400_000
const HANGING = 300
// In memory where there is such a place: these tests write a thousand small files and sync each.
const scratch = existsSync("/dev/shm") ? "/dev/shm" : tmpdir()

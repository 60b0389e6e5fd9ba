// The Piscina pool. Laws: results come in the order of the values; a value that kills or stalls a worker is tried once more alone, then given
// back as failed; the other values of its job are run again without it; no value is ever lost.
import { extname } from "node:path"
import { fileURLToPath } from "node:url"
import { Piscina } from "piscina"
import type { KnownValues } from "../contracts/known-values.ts"
import type { Inspected } from "./inspected.ts"
import { type Job, type JobReport, type JobResult, packJob, progressOf, resultsOf } from "./job.ts"

export interface PoolOptions {
  readonly workers: number
  /** One envelope may take this long before its worker is ended. */
  readonly envelopeTimeoutMs: number
  /** Heap of one worker in megabytes; a worker that wants more is ended. */
  readonly memoryMb: number
  /** Hex key of the evidence fingerprints. */
  readonly fingerprintKey: string
  /** Canaries and the customer's own values. */
  readonly values?: KnownValues
  /** Another worker file, for tests. */
  readonly worker?: URL
  readonly onRestart?: (reason: string) => void
}

export interface InspectionPool {
  inspect(values: readonly Uint8Array[]): Promise<JobResult<Inspected>[]>
  close(): Promise<void>
}

export const poolDefaults = { envelopeTimeoutMs: 2_000, memoryMb: 512 } as const

export function openPool(options: PoolOptions): InspectionPool {
  const url = options.worker ?? new URL(`./worker${extname(import.meta.url)}`, import.meta.url)
  const fromSource = url.pathname.endsWith(".ts")
  const pool = new Piscina({
    filename: fileURLToPath(fromSource ? new URL("./worker-from-source.mjs", import.meta.url) : url),
    minThreads: options.workers,
    maxThreads: options.workers,
    resourceLimits: { maxOldGenerationSizeMb: options.memoryMb },
    workerData: { fingerprintKey: options.fingerprintKey, values: options.values, source: url.href },
  })
  // A dying worker also raises "error" on the pool; its job's rejection is what we act on.
  pool.on("error", () => {})
  const slots = new Slots(options.workers)

  async function inspect(values: readonly Uint8Array[]): Promise<JobResult<Inspected>[]> {
    if (values.length === 0) return []
    const outcome = await slots.run(() => runWatched(pool, values, options))
    if (outcome.results !== undefined) return outcome.results
    options.onRestart?.(outcome.reason)
    if (values.length === 1) return [{ ok: false, code: outcome.code, message: outcome.reason }]
    const [before, culprit, after] = await Promise.all([
      inspect(values.slice(0, outcome.culprit)),
      inspect(values.slice(outcome.culprit, outcome.culprit + 1)),
      inspect(values.slice(outcome.culprit + 1)),
    ])
    return [...before, ...culprit, ...after]
  }

  // A lone value that fails gets its one retry here: its first failure may have been another job's memory.
  async function inspectWithRetry(values: readonly Uint8Array[]): Promise<JobResult<Inspected>[]> {
    const results = await inspect(values)
    const only = results[0]
    return values.length === 1 && only !== undefined && !only.ok && retriable.has(only.code) ? inspect(values) : results
  }

  return { inspect: inspectWithRetry, close: () => pool.destroy() }
}

type Outcome =
  | { readonly results: JobResult<Inspected>[] }
  | { readonly results?: undefined; readonly culprit: number; readonly code: string; readonly reason: string }

/** Runs one job and watches its progress: the clock of the limit starts when an envelope starts, not when the job was queued or the worker booted. */
async function runWatched(pool: Piscina, values: readonly Uint8Array[], { envelopeTimeoutMs }: PoolOptions): Promise<Outcome> {
  const job = packJob(values)
  const abort = new AbortController()
  const watch = watchProgress(job, envelopeTimeoutMs, () => abort.abort())
  try {
    const report: JobReport<Inspected> = await pool.run(job, { transferList: [job.bytes], signal: abort.signal })
    return { results: resultsOf(report) }
  } catch (error) {
    const { begun, finished } = progressOf(job)
    if (begun === 0 && !watch.expired()) throw error
    const culprit = Math.min(finished, values.length - 1)
    return watch.expired()
      ? { culprit, code: "TIMEOUT", reason: `inspection took longer than ${envelopeTimeoutMs} ms` }
      : { culprit, code: "CRASH", reason: `inspection ended its worker: ${error instanceof Error ? error.message : String(error)}` }
  } finally {
    watch.stop()
  }
}

function watchProgress(job: Job, limitMs: number, expire: () => void): { expired(): boolean; stop(): void } {
  let last = -1
  let since = Date.now()
  let expired = false
  const timer = setInterval(
    () => {
      const { begun, finished } = progressOf(job)
      const mark = begun * 2 + finished
      if (mark !== last) {
        last = mark
        since = Date.now()
        return
      }
      if (Date.now() - since < (begun === 0 ? BOOT_LIMIT_MS : limitMs)) return
      expired = begun > 0
      expire()
    },
    Math.min(WATCH_EVERY_MS, limitMs / 4),
  )
  return { expired: () => expired, stop: () => clearInterval(timer) }
}

/** As many jobs under way as workers, so that a job handed to Piscina starts at once and its progress means something. */
class Slots {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free++
      else next()
    }
  }
}

const retriable: ReadonlySet<string> = new Set(["TIMEOUT", "CRASH"])
// A worker from sources compiles on its way up on a busy machine; ten times the slowest seen.
const BOOT_LIMIT_MS = 60_000
const WATCH_EVERY_MS = 50

// What crosses between the main thread and a worker: many envelopes in one transferred buffer, results as one array, progress in shared memory.
// A Piscina task costs about 10 µs whatever it carries and an envelope costs less than that to inspect, so never a task per envelope.

/** Bytes of all envelopes one after the other; `lengths` says where each ends. */
export interface Job {
  readonly bytes: ArrayBuffer
  readonly lengths: Uint32Array
  /** Two Int32: envelopes begun so far, and envelopes finished. The main thread reads who was at work when a worker died or hung. */
  readonly progress: SharedArrayBuffer
}

export type JobResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: string; readonly message: string }

/** What a worker sends back: bare values, and failures apart, because every object more costs its clone for each envelope. */
export interface JobReport<T> {
  readonly values: (T | undefined)[]
  readonly failures: { readonly at: number; readonly code: string; readonly message: string }[]
}

export function resultsOf<T>({ values, failures }: JobReport<T>): JobResult<T>[] {
  const failed = new Map(failures.map(({ at, code, message }) => [at, { ok: false as const, code, message }]))
  return values.map((value, at) => failed.get(at) ?? { ok: true, value: value as T })
}

export function packJob(values: readonly Uint8Array[]): Job {
  const lengths = Uint32Array.from(values, ({ length }) => length)
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0))
  let at = 0
  for (const value of values) {
    bytes.set(value, at)
    at += value.length
  }
  return { bytes: bytes.buffer, lengths, progress: new SharedArrayBuffer(8) }
}

/** Runs in the worker. An error of one envelope is that envelope's result: the others of the job go on. */
export function runJob<T>(job: Job, inspectOne: (json: string) => T): JobReport<T> {
  const progress = new Int32Array(job.progress)
  const bytes = Buffer.from(job.bytes)
  const report: JobReport<T> = { values: [], failures: [] }
  let at = 0
  for (const length of job.lengths) {
    Atomics.add(progress, BEGUN, 1)
    try {
      report.values.push(inspectOne(bytes.toString("utf8", at, at + length)))
    } catch (error) {
      report.failures.push({ at: report.values.push(undefined) - 1, ...failureOf(error) })
    }
    at += length
    Atomics.add(progress, FINISHED, 1)
  }
  return report
}

export function progressOf(job: Job): { begun: number; finished: number } {
  const progress = new Int32Array(job.progress)
  return { begun: Atomics.load(progress, BEGUN), finished: Atomics.load(progress, FINISHED) }
}

function failureOf(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof Error) return { code: error.name, message: error.message.slice(0, MAX_MESSAGE) }
  return { code: "Error", message: String(error).slice(0, MAX_MESSAGE) }
}

const BEGUN = 0
const FINISHED = 1
// Long enough for a zod path; a message could otherwise quote the whole envelope.
const MAX_MESSAGE = 500

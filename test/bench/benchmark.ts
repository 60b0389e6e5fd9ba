// A benchmark compares ours with a yardstick in the same run, in turns, so that a slow moment of the machine hits both. The ratio is the result;
// absolute numbers are only for orientation. One file `NAME.bench.ts` exports `benchmarks`; see hand-off.bench.ts.

export interface Benchmark {
  /** One word or two with dashes: `npm run bench NAME` runs those whose name starts with it. */
  readonly name: string
  readonly title: string
  /** What `ours` and `yardstick` return, for example "events/s" or "ms". */
  readonly unit: string
  /** Which way is good. "higher": ratio is ours / yardstick. "lower": yardstick / ours. So a ratio of 2 always means twice as good. */
  readonly better: "higher" | "lower"
  /** Ratio to reach, and the least that is accepted. For growth rows ("at most 1.5 times the cost") set `bound`; the ratio is then ours / yardstick as it is. */
  readonly goal: number
  readonly floor: number
  readonly bound?: "at-most"
  /** Default 5. */
  readonly rounds?: number
  setup(): Promise<Contest | Unavailable>
}

export interface Contest {
  /** Runs once and returns the measure in `unit`. */
  ours(): Promise<number> | number
  yardstick(): Promise<number> | number
  close?(): Promise<void> | void
}

export interface Unavailable {
  /** Why this benchmark cannot run here. */
  readonly unavailable: string
}

export interface Row {
  readonly name: string
  readonly title: string
  readonly unit: string
  readonly ours: number
  readonly yardstick: number
  readonly ratio: number
  readonly goal: number
  readonly floor: number
  readonly bound: "at-least" | "at-most"
  readonly rounds: number
}

/** Work done per second, for `ours` and `yardstick` that count. */
export async function perSecond(count: number, work: () => Promise<unknown> | unknown): Promise<number> {
  const start = performance.now()
  await work()
  return count / ((performance.now() - start) / 1_000)
}

/** Milliseconds a piece of work took. */
export async function millis(work: () => Promise<unknown> | unknown): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

import type { Benchmark, Contest, Row, Unavailable } from "./benchmark.ts"

/** Medians over interleaved rounds; who goes first changes every round, and the first round only warms up. */
export async function measure(benchmark: Benchmark): Promise<Row | Unavailable> {
  const contest = await benchmark.setup()
  if ("unavailable" in contest) return contest
  try {
    const rounds = benchmark.rounds ?? DEFAULT_ROUNDS
    await round(contest, false)
    const results: { readonly ours: number; readonly yardstick: number }[] = []
    for (let n = 0; n < rounds; n++) results.push(await round(contest, n % 2 === 1))
    const ratios = results.map(({ ours, yardstick }) =>
      benchmark.bound === "at-most" || benchmark.better === "higher" ? ours / yardstick : yardstick / ours,
    )
    const { name, title, unit, goal, floor, bound = "at-least" } = benchmark
    return {
      name,
      title,
      unit,
      ours: rounded(median(results.map(({ ours }) => ours))),
      yardstick: rounded(median(results.map(({ yardstick }) => yardstick))),
      ratio: rounded(median(ratios)),
      goal,
      floor,
      bound,
      rounds,
    }
  } finally {
    await contest.close?.()
  }
}

async function round({ ours, yardstick }: Contest, yardstickFirst: boolean): Promise<{ ours: number; yardstick: number }> {
  if (yardstickFirst) {
    const theirs = await yardstick()
    return { ours: await ours(), yardstick: theirs }
  }
  return { ours: await ours(), yardstick: await yardstick() }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** Three digits say all that a benchmark on a shared machine knows. */
function rounded(value: number): number {
  return Number(value.toPrecision(3))
}

const DEFAULT_ROUNDS = 5

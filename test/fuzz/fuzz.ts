// npm run fuzz                         every target in turn, one minute in all
// npm run fuzz -- --seconds 600        longer
// npm run fuzz -- --seed 123 NAME      one input again; the seed of a find is printed and belongs into finds.json, which the unit suite runs
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { Random } from "./random.ts"

export interface FuzzTarget {
  readonly name: string
  /** Bytes the target may hold back at most. */
  readonly maxHeld: number
  /** One input, all of it decided by `random`. Returns the most it held. Throws when something is wrong. */
  run(random: Random): number
}

export interface Find {
  readonly target: string
  readonly seed: number
  readonly problem: string
}

/** Undefined when the input did no harm. */
export function tryInput(target: FuzzTarget, seed: number): string | undefined {
  const start = process.cpuUsage()
  try {
    const held = target.run(new Random(seed))
    if (held > target.maxHeld) return `held ${held} bytes`
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
  // Processor time: on a busy machine the clock says nothing.
  const { user, system } = process.cpuUsage(start)
  const took = (user + system) / 1000
  return took > MAX_MILLIS ? `took ${Math.round(took)} ms` : undefined
}

export function knownFinds(): { readonly target: string; readonly seed: number }[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, "finds.json"), "utf8"))
}

// One input has a few kilobytes: a second means that something is not linear.
const MAX_MILLIS = 2_000

async function main(): Promise<void> {
  const { targets } = await import("./targets.ts")
  const { values, positionals } = parseArgs({
    options: { seconds: { type: "string", default: "60" }, seed: { type: "string" } },
    allowPositionals: true,
  })
  const chosen = targets.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
  if (chosen.length === 0) throw new Error(`no target ${positionals.join(" ")}; there are: ${targets.map(({ name }) => name).join(" ")}`)
  const finds: Find[] = []
  for (const target of chosen) {
    const first = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed)
    const until = performance.now() + (Number(values.seconds) * 1000) / chosen.length
    let inputs = 0
    do {
      const problem = tryInput(target, first + inputs)
      if (problem !== undefined) finds.push({ target: target.name, seed: first + inputs, problem })
      inputs++
    } while (values.seed === undefined && performance.now() < until && finds.length < 20)
    process.stdout.write(`${JSON.stringify({ target: target.name, firstSeed: first, inputs })}\n`)
  }
  for (const find of finds) process.stdout.write(`${JSON.stringify(find)}\n`)
  process.exit(finds.length > 0 ? 1 : 0)
}

if (process.argv[1] === import.meta.filename) await main()

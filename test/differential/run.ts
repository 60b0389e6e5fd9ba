// Prints how the sensor does against the oracle, and each difference that explained.ts does not explain:
// `npx tsx test/differential/run.ts [PART OF A NAME] [--verbose]`; --verbose shows the explained ones too, and all of each.
import { join } from "node:path"
import { capturesFolder, requires } from "../support/requires.ts"
import { type Aspect, compare } from "./compare.ts"
import { isExplained } from "./explained.ts"
import { observe } from "./observe.ts"
import { readTruth } from "./truth.ts"

const [filter = "", verbose] = process.argv.slice(2)
const captures = requires("captures")
if (captures.missing) process.stdout.write(`skipped: ${captures.reason}\n`)
else await run()

async function run(): Promise<void> {
  const totals = new Map<string, { expected: number; matched: number; extra: number }>()
  let [differences, unexplained] = [0, 0]
  for (const truth of readTruth().filter(({ file }) => file.includes(filter))) {
    try {
      const observed = await observe(
        join(capturesFolder, truth.file),
        truth.keyfile === null ? undefined : join(capturesFolder, truth.keyfile),
      )
      const aspects = compare(truth, observed)
      for (const aspect of aspects) add(totals, aspect)
      const different = aspects.filter(({ missing, extra }) => missing.length + extra.length > 0)
      const strange = aspects.filter((aspect) => !isExplained(truth.file, aspect))
      differences += different.length
      unexplained += strange.length
      const wrong = verbose === undefined ? strange : different
      if (wrong.length > 0) process.stdout.write(`${truth.file} (${truth.confidence})\n`)
      for (const { name, missing, extra } of wrong) {
        process.stdout.write(`   ${name}: ${missing.length} missing, ${extra.length} extra\n`)
        const show = verbose === undefined ? 2 : 100
        for (const one of missing.slice(0, show)) process.stdout.write(`      - ${one.slice(0, 220)}\n`)
        for (const one of extra.slice(0, show)) process.stdout.write(`      + ${one.slice(0, 220)}\n`)
      }
    } catch (error) {
      process.stdout.write(`${truth.file}: ${error instanceof Error ? error.stack : String(error)}\n`)
    }
  }
  for (const [name, { expected, matched, extra }] of totals)
    process.stdout.write(`${name.padEnd(18)} ${matched} of ${expected}, ${extra} extra\n`)
  process.stdout.write(`${differences} differences, ${unexplained} of them unexplained\n`)
}

function add(totals: Map<string, { expected: number; matched: number; extra: number }>, { name, expected, matched, extra }: Aspect): void {
  const total = totals.get(name) ?? { expected: 0, matched: 0, extra: 0 }
  totals.set(name, { expected: total.expected + expected, matched: total.matched + matched, extra: total.extra + extra.length })
}

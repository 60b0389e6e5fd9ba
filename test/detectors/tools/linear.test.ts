import { describe, expect, it } from "vitest"
import { callRules } from "../../../detectors/tools/call-rules.ts"
import { commandRules } from "../../../detectors/tools/command-rules.ts"
import { reportCommands } from "../../../detectors/tools/commands.ts"

// Every keyword of every rule, row upon row, with what patterns begin with between them: what a row costs may not grow with the number of rows.
const FILLERS = ["", '"', " -x "]
const SIZE = 6_000
// Four to ten times what the slowest costs alone on one processor of 2026; a square would cost thousands.
const MOST_MILLIS = 200

describe("commands made to be slow to read", () => {
  it.each([...commandRules, ...callRules].map((rule) => [rule.id, rule.keywords] as const))(
    "%s stays linear in its own keywords",
    (_, keywords) => {
      for (const keyword of keywords)
        for (const filler of FILLERS) {
          const unit = `${keyword}${filler}`
          const text = unit.repeat(Math.ceil(SIZE / unit.length)).slice(0, SIZE)
          const first = cost(text)
          if (first > MOST_MILLIS) expect(Math.min(first, cost(text), cost(text)), JSON.stringify(unit)).toBeLessThan(MOST_MILLIS)
        }
    },
  )
})

/** Processor time in milliseconds: a busy machine does not stretch it. */
function cost(text: string): number {
  const from = process.cpuUsage()
  reportCommands({ place: "tool-call", direction: "outbound", path: "text", text }, () => {})
  const { user, system } = process.cpuUsage(from)
  return (user + system) / 1_000
}

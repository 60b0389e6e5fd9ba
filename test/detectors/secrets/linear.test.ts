import { describe, expect, it } from "vitest"
import { findEntities } from "../../../detectors/pii/detector.ts"
import { assignmentKeywords } from "../../../detectors/secrets/assignment.ts"
import { secretRules } from "../../../detectors/secrets/rules/index.ts"
import { findSecrets } from "../../../detectors/secrets/scan.ts"
import { unfold } from "../../../detectors/text/ladder.ts"
import { rawView } from "../../../detectors/text/view.ts"
import { hitsOf } from "../../support/secret-samples.ts"

// Work must grow with the text, not with its square. Measured as processor time, which a busy machine does not stretch: for 8 times the text a
// quadratic rule takes 64 times as long, a linear one 8 times.
const GROWTH = 24
const SMALL = 2_000
const FACTOR = 8
// The large text in less than this is fast whatever it grew from.
const FEARLESS_MILLIS = 30

describe("on text made to be slow", () => {
  it.each(secretRules.map((rule) => [rule.id, rule] as const))("%s stays linear", (_, rule) => {
    const hit = hitsOf(rule, 3)[0] ?? ""
    const keyword = rule.keywords[0] ?? ""
    for (const unit of [`${keyword}A`, hit.slice(0, -1)]) {
      expectLinear((text) => findSecrets([rawView(text)]), unit)
    }
  })

  it.each([...assignmentKeywords].map((keyword) => [keyword]))("the name %s stays linear", (keyword) => {
    for (const unit of [`${keyword}=`, `${keyword}: `]) expectLinear((text) => findSecrets([rawView(text)]), unit)
  })

  it.each([
    "A",
    "1",
    "=",
    "%41",
    "\\u0041",
    "&#65;",
    "QUFB",
    "41",
    "41 ",
    "65,",
    "<~",
    "\u200b",
    "é",
    "%25",
    "eyJ",
    "://a:",
    "@",
    "mnemonic abc ",
    "1-",
    "1 2 3 ",
    "A1",
    "\u{e0041}",
    "路1号",
    "a=",
    "=\r\n",
    "\x1b[",
    '"',
    "((((",
  ])("the ladder and all rules stay linear on %j", (unit) => {
    expectLinear((text) => findSecrets(unfold(text)), unit)
    expectLinear((text) => findEntities(rawView(text)), unit)
  })
})

function expectLinear(work: (text: string) => unknown, unit: string): void {
  const small = unit.repeat(Math.ceil(SMALL / unit.length))
  const large = unit.repeat(Math.ceil((FACTOR * SMALL) / unit.length))
  let worst = ""
  for (let attempt = 0; attempt < 4; attempt++) {
    const longer = cost(() => work(large))
    if (longer < FEARLESS_MILLIS) return
    const shorter = Math.min(
      cost(() => work(small)),
      cost(() => work(small)),
    )
    if (longer < shorter * GROWTH) return
    worst = `${shorter} ms became ${longer} ms`
  }
  expect.fail(`${JSON.stringify(unit.slice(0, 60))} repeated ${FACTOR} times as often: ${worst}`)
}

function cost(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

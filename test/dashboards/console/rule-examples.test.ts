import { describe, expect, it } from "vitest"
import { ruleExamples, withRule } from "../../../dashboards/console/src/pages/rule-examples.ts"
import { loadPolicy } from "../../../services/policy/load.ts"

const starts = {
  "the shipped text": "# The shipped policy.\nversion: 1\npreset: balanced\nrules: []\n",
  "a text without rules": "version: 1\npreset: strict",
  "rules in lines":
    "version: 1\nrules:\n  # ours\n  - id: first\n    when:\n      tool: Read\n    action: log\n\n# and then\nbudgets: []\n",
  "rules that are not indented": "version: 1\nrules:\n- { id: first, when: { tool: Read }, action: log }\n",
  "an empty list with a remark": "version: 1\nrules: [] # none yet\nsuppress: []\n",
}

describe("examples of rules", () => {
  it.each(Object.entries(starts))("can all be put into %s, one after the other, and leave the rest as it is", (_, start) => {
    let text = start
    for (const { rule } of ruleExamples) {
      text = withRule(text, rule)
      expect(() => loadPolicy(text, "example"), text).not.toThrow()
    }
    const added = text.split("\n").filter((line) => ruleExamples.some(({ rule }) => line.endsWith(rule)))
    expect(added).toHaveLength(ruleExamples.length)
    for (const line of start.split("\n").filter((one) => !one.startsWith("rules:"))) expect(text.split("\n")).toContain(line)
  })
})

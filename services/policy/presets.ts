// The three shipped answers to "what should happen". Rules of a preset come first, the operator's after them; floors hold against both.
import type { PolicyRule } from "./schema.ts"

export type PresetName = "observe" | "balanced" | "strict"

const rule = (id: string, when: PolicyRule["when"], action: PolicyRule["action"], reason: string): PolicyRule => ({
  id,
  when,
  action,
  floor: false,
  reason,
})
const floor = (entry: PolicyRule): PolicyRule => ({ ...entry, floor: true })

/** Watch only: nothing is ever stopped, everything worth a look is an alert. */
const observe: readonly PolicyRule[] = [
  rule("observe.log", { severity: ">=info" }, "log", "every finding is kept"),
  rule("observe.alert", { severity: ">=medium", confidence: ">=0.5" }, "alert", "medium and worse is worth a person's look"),
]

/** Stop what is both bad and sure; show the rest. */
const balanced: readonly PolicyRule[] = [
  ...observe.map(({ id, ...rest }) => ({ ...rest, id: id.replace("observe", "balanced") })),
  rule("balanced.block-critical", { severity: "critical", confidence: ">=0.8" }, "block", "critical and sure"),
  rule("balanced.block-high", { severity: ">=high", confidence: ">=0.9" }, "block", "high and almost certain"),
]

/** For agents that hold much and need little. */
const strict: readonly PolicyRule[] = [
  rule("strict.log", { severity: ">=info" }, "log", "every finding is kept"),
  rule("strict.alert", { severity: ">=low", confidence: ">=0.4" }, "alert", "low and worse is worth a person's look"),
  rule("strict.review", { severity: ">=medium", confidence: ">=0.6" }, "review", "a person decides first"),
  rule("strict.block", { severity: ">=high", confidence: ">=0.6" }, "block", "high and likely"),
]

/** In force in every preset but observe: what no ordinary agent ever does. No file can weaken them; only `preset: observe` does, for everything and in the open. */
const floors: readonly PolicyRule[] = [
  floor(rule("floor.canary", { rule: "secret/canary*" }, "block", "a planted secret has no honest use")),
  floor(
    rule(
      "floor.metadata",
      { rule: "destination/cloud-metadata", confidence: ">=0.8" },
      "alert",
      "instance credentials are one request away",
    ),
  ),
]

export const presets: Readonly<Record<PresetName, readonly PolicyRule[]>> = {
  observe,
  balanced: [...balanced, ...floors],
  strict: [...strict, ...floors],
}

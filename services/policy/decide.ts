// Policy decides; detectors only judge. The last matching rule wins, except that nothing goes below a floor that matched; every decision says
// which rule spoke, why, and which knob changes it.
import type { Vantage } from "../contracts/envelope.ts"
import type { Action, Decision } from "../contracts/finding.ts"
import { type Budget, compileBudgets } from "./budgets.ts"
import { callerFacts } from "./caller.ts"
import type { PolicyFacts } from "./facts.ts"
import { asksForFinding, compileConditions, type FindingFacts, type Test } from "./match.ts"
import { type PresetName, presets } from "./presets.ts"
import type { PolicyFile, PolicyRule } from "./schema.ts"
import type { Violation } from "./violation.ts"
import { violationsOf } from "./violations.ts"

export interface Policy {
  readonly file: PolicyFile
  /** What is to be done about one finding. */
  decide(facts: PolicyFacts, finding: FindingFacts): Decision
  /** What the policy itself objects to: lists, access, rules about any activity. No detector is needed for these. */
  violations(facts: PolicyFacts): readonly Violation[]
  /** The budgets that an activity counts against. */
  budgets(facts: PolicyFacts): readonly Budget[]
  /** Every rule that matched, in order, for `egret policy explain`. */
  trace(facts: PolicyFacts, finding: FindingFacts | undefined): readonly PolicyRule[]
}

export const actionRank: Readonly<Record<Action, number>> = { allow: 0, log: 1, alert: 2, review: 3, redact: 4, block: 5 }

/** Country code of an address, from the operator's database. */
export type CountryLookup = (ip: string) => string | undefined

export function compilePolicy(file: PolicyFile, countryOf: CountryLookup = () => undefined): Policy {
  const known = callerFacts(file.access, countryOf)
  const rules: Compiled[] = [...presets[file.preset], ...file.rules].map((rule) => ({ rule, test: compileConditions(rule.when) }))
  const own = rules.slice(presets[file.preset].length)
  const matching = (facts: PolicyFacts, finding: FindingFacts | undefined): PolicyRule[] =>
    rules.filter(({ test }) => test(facts, finding)).map(({ rule }) => rule)
  const violations = violationsOf(file)
  const budgets = compileBudgets(file.budgets)
  const objections = (facts: PolicyFacts): readonly Violation[] => [
    ...violations(facts),
    ...own.flatMap(({ rule, test }) =>
      !asksForFinding(rule.when) && actionRank[rule.action] >= actionRank.alert && test(facts, undefined) ? [ruleViolation(rule)] : [],
    ),
  ]
  return {
    file,
    decide: (facts, finding) => settle(matching(known(facts), finding), facts, file.preset),
    violations: (given) => objections(known(given)),
    budgets: (facts) => (file.budgets.length === 0 ? [] : budgets(known(facts))),
    trace: (facts, finding) => matching(known(facts), finding),
  }
}

export function shippedPolicy(preset: PresetName): Policy {
  return compilePolicy({ version: 1, preset, allow_only: {}, access: {}, rules: [], budgets: [], suppress: [] })
}

/** What an action can mean where the traffic was seen: a mirror records and alerts; a gateway and an SDK act. */
export function isEnforced(action: Action, vantage: Vantage): boolean {
  return actionRank[action] <= actionRank.alert || vantage !== "mirror"
}

interface Compiled {
  readonly rule: PolicyRule
  readonly test: Test
}

function settle(matched: readonly PolicyRule[], facts: PolicyFacts, preset: PresetName): Decision {
  const floors = matched.filter(({ floor }) => floor)
  const highest = floors.reduce<PolicyRule | undefined>(
    (best, rule) => (best === undefined || actionRank[rule.action] > actionRank[best.action] ? rule : best),
    undefined,
  )
  const last = matched.filter(({ floor }) => !floor).at(-1)
  const held = highest !== undefined && (last === undefined || actionRank[last.action] < actionRank[highest.action])
  const rule = held ? highest : last
  if (rule === undefined) return { action: "log", enforced: true, rule: "default", reason: "no rule matched; the finding is kept" }
  const weaker = held && last !== undefined ? `; rule ${last.id} asked for ${last.action} and cannot go below this floor` : ""
  return {
    action: rule.action,
    enforced: isEnforced(rule.action, facts.vantage),
    rule: rule.id,
    reason: `${rule.reason ?? rule.description ?? `rule ${rule.id}`}${weaker}${cannot(rule.action, facts.vantage)}`,
    knob:
      rule.floor && presets[preset].includes(rule)
        ? "preset: observe"
        : `policy rules: a later rule for this finding, or preset (now ${preset})`,
  }
}

function cannot(action: Action, vantage: Vantage): string {
  return isEnforced(action, vantage) ? "" : `; seen on a mirror, so ${action} is recorded and alerted, not done`
}

function ruleViolation(rule: PolicyRule): Violation {
  return {
    rule: `policy/${rule.id}`,
    action: rule.action,
    title: rule.description ?? `Policy rule ${rule.id}`,
    reason: rule.reason ?? `the activity matches rule ${rule.id}, which says ${rule.action}`,
    knob: `rules: ${rule.id}`,
    facts: {},
  }
}

// Budgets of the policy: which of them an activity counts against, and what it means to be over one. The counting is correlation's.
import type { PolicyFacts } from "./facts.ts"
import { compileConditions } from "./match.ts"
import type { PolicyBudget } from "./schema.ts"
import type { Violation } from "./violation.ts"

export interface Budget {
  readonly rule: PolicyBudget
  readonly perMicros: number
}

/** What an agent has spent in the window. */
export interface Spent {
  readonly bytes: number
  readonly requests: number
}

export function compileBudgets(budgets: readonly PolicyBudget[]): (facts: PolicyFacts) => readonly Budget[] {
  const compiled = budgets.map((rule) => {
    const { application, tool, model, mcp_server } = rule.when
    const anyKind = [application, tool, model, mcp_server].some((value) => value !== undefined)
    return { budget: { rule, perMicros: windows[rule.per] }, anyKind, test: compileConditions(rule.when) }
  })
  return (facts) =>
    compiled.filter(({ anyKind, test }) => (anyKind || carriers.has(facts.kind)) && test(facts, undefined)).map(({ budget }) => budget)
}

export function isOver({ rule: { bytes, requests } }: Budget, spent: Spent): boolean {
  return (bytes !== undefined && spent.bytes > bytes) || (requests !== undefined && spent.requests > requests)
}

export function budgetViolation({ rule }: Budget, spent: Spent, facts: PolicyFacts): Violation {
  const { id, bytes, requests, per, action, description } = rule
  const limits = [...(bytes === undefined ? [] : [`${bytes} bytes`]), ...(requests === undefined ? [] : [`${requests} requests`])]
  return {
    rule: `policy/${id}`,
    action,
    title: description ?? `More than budget ${id} allows`,
    reason: `${spent.requests} requests with ${spent.bytes} bytes went to ${facts.host} within a ${per}; budget ${id} allows ${limits.join(" and ")}`,
    knob: `budgets: ${id}`,
    facts: { budget: id, host: facts.host },
  }
}

// One request makes several activities (http, and what it was named); the transport's is the one with the bytes.
const carriers: ReadonlySet<string> = new Set(["http", "websocket", "flow"])
const windows = { minute: 60_000_000, hour: 3_600_000_000, day: 86_400_000_000 } as const

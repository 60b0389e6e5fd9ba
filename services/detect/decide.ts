// Judgements become findings when policy has spoken; what the policy itself objects to becomes a finding too.
import type { Finding } from "../contracts/finding.ts"
import type { Severity } from "../contracts/severity.ts"
import { budgetViolation } from "../policy/budgets.ts"
import { isEnforced, type Policy } from "../policy/decide.ts"
import type { PolicyFacts } from "../policy/facts.ts"
import type { Violation } from "../policy/violation.ts"
import type { Overrun } from "./correlate/state.ts"
import type { Judgement } from "./inspect.ts"
import type { Inspected } from "./inspected.ts"
import { idOf } from "./mask.ts"
import { referencesOf } from "./references.ts"

export function decideFinding(policy: Policy, facts: PolicyFacts, judgement: Judgement): Finding {
  const { rule, family, severity, confidence, evidence } = judgement
  return { ...judgement, decision: policy.decide(facts, { rule, family, severity, confidence, place: evidence.place }) }
}

export function policyFindings(policy: Policy, inspected: Inspected, overruns: readonly Overrun[]): Finding[] {
  const over = overruns.map(({ budget, spent }) => budgetViolation(budget, spent, inspected.facts))
  return [...policy.violations(inspected.facts), ...over].map((violation) => violationFinding(violation, inspected))
}

function violationFinding(violation: Violation, { head, facts }: Inspected): Finding {
  const { action, rule, title, reason, knob } = violation
  const { destination } = head
  return {
    v: 1,
    id: idOf(head.id, rule, JSON.stringify(violation.facts)),
    at: head.at,
    sensor: head.sensor,
    rule,
    family: rule.startsWith("access/") ? "access" : "policy",
    severity: severities[action],
    confidence: 1,
    title,
    reason,
    direction: facts.direction,
    activity: { id: head.id, kind: head.kind },
    flow: head.flow,
    agent: head.agent,
    ...(destination === undefined
      ? {}
      : {
          destination: {
            host: destination.host,
            port: destination.port,
            class: destination.class,
            ...(destination.provider === undefined ? {} : { provider: destination.provider }),
          },
        }),
    evidence: {
      place: "url",
      path: "",
      span: [0, 0],
      masked: reason,
      fingerprint: idOf(rule, JSON.stringify(violation.facts)),
      decoded: [],
    },
    facts: { ...violation.facts, subject: Object.values(violation.facts).join(" ").slice(0, 128) },
    references: referencesOf({ rule, family: rule.startsWith("access/") ? "access" : "policy" }),
    related: [],
    decision: { action, enforced: isEnforced(action, head.vantage), rule, reason, knob },
  }
}

const severities: Readonly<Record<Finding["decision"]["action"], Severity>> = {
  allow: "info",
  log: "info",
  alert: "medium",
  review: "medium",
  redact: "medium",
  block: "high",
}

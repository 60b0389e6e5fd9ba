// One input to one verdict: all detectors, then the policy, worst decision first.
import { allDetectors } from "../../../detectors/all.ts"
import type { RawFinding, Subject } from "../../contracts/inspection.ts"
import type { Severity } from "../../contracts/severity.ts"
import { severityRank } from "../../contracts/severity.ts"
import { detect } from "../../detect/inspect.ts"
import { maskMatch } from "../../detect/mask.ts"
import { actionRank, type Policy } from "../../policy/decide.ts"
import type { PolicyFacts } from "../../policy/facts.ts"

export type Verdict = "allow" | "alert" | "block"

export interface Judged {
  readonly id: string
  readonly verdict: Verdict
  readonly severity: Severity
  readonly findings: readonly JudgedFinding[]
}

export interface JudgedFinding {
  readonly rule: string
  readonly family: string
  readonly severity: Severity
  readonly confidence: number
  readonly span: readonly [number, number]
  readonly verdict: Verdict
  readonly title: string
  readonly reason: string
  /** File or field the span counts in. */
  readonly path: string
  readonly masked: string
  /** Where the match begins and ends in that text: lines and columns from 1, in UTF-16 units; the end column is one behind the last. */
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
  readonly decoded: readonly string[]
}

export function judgeSubject(subject: Subject, policy: Policy): Judged {
  const facts = factsOf(subject)
  const findings = detect(subject, allDetectors).map((raw) => judgeFinding(raw, { subject, policy, facts }))
  findings.sort((a, b) => rank[b.verdict] - rank[a.verdict] || severityRank[b.severity] - severityRank[a.severity] || a.span[0] - b.span[0])
  return {
    id: subject.id,
    verdict: worstOf(findings.map(({ verdict }) => verdict)),
    severity: findings.reduce<Severity>((worst, { severity }) => (severityRank[severity] > severityRank[worst] ? severity : worst), "info"),
    findings,
  }
}

/** What the issue of machine-readable output promises, and no more: one line an input. */
export function ndjsonLine({ id, verdict, severity, findings }: Judged, givenId: string | number = id): string {
  return JSON.stringify({
    id: givenId,
    verdict,
    severity,
    findings: findings.map(({ rule, family, severity, confidence, span }) => ({ rule, family, severity, confidence, span })),
  })
}

export function worstOf(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce<Verdict>((worst, verdict) => (rank[verdict] > rank[worst] ? verdict : worst), "allow")
}

interface Judging {
  readonly subject: Subject
  readonly policy: Policy
  readonly facts: PolicyFacts
}

function judgeFinding(raw: RawFinding, { subject, policy, facts }: Judging): JudgedFinding {
  const { rule, family, severity, confidence, place, span } = raw
  const { action } = policy.decide({ ...facts, direction: raw.direction }, { rule, family, severity, confidence, place })
  const text = subject.texts.find(({ path }) => path === raw.path)?.text ?? ""
  return {
    rule,
    family,
    severity,
    confidence,
    span,
    verdict: actionRank[action] >= actionRank.review ? "block" : action === "alert" ? "alert" : "allow",
    title: raw.title,
    reason: raw.reason,
    path: raw.path,
    masked: maskMatch(raw.matched, raw.sensitive),
    ...placeIn(text, span),
    decoded: raw.decoded ?? [],
  }
}

function placeIn(text: string, [start, end]: readonly [number, number]): Pick<JudgedFinding, "line" | "column" | "endLine" | "endColumn"> {
  let line = 1
  let begin = 0
  let from: readonly [number, number] | undefined
  for (let at = text.indexOf("\n"); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) {
    if (at >= start) from ??= [line, start - begin + 1]
    line++
    begin = at + 1
  }
  const [first, column] = from ?? [line, start - begin + 1]
  return { line: first, column, endLine: line, endColumn: end - begin + 1 }
}

/** No packet, no clock: the policy sees an agent named "scan" in path, so that what it would block is said to be blocked. */
function factsOf(subject: Subject): PolicyFacts {
  const { destination } = subject
  return {
    at: 0,
    vantage: "gateway",
    kind: subject.kind,
    agent: "scan",
    workload: "scan",
    host: destination?.host ?? "",
    ip: destination?.ip ?? "",
    port: destination?.port ?? 0,
    destinationClass: destination?.class ?? "unknown",
    application: subject.kind,
    models: [],
    tools: [],
    method: "",
    direction: subject.direction,
  }
}

const rank: Readonly<Record<Verdict, number>> = { allow: 0, alert: 1, block: 2 }

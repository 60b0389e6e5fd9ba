// The built-in analysis as an engine: the detectors' findings on a file's texts, weighed into one word. Pure. It says "clean" only of texts it has read whole;
// programs, opaque archives and cut files end as "unsupported" or "partial" when nothing bad was found in what could be read.
import { type Severity, severityRank } from "../contracts/severity.ts"
import type { Opinion } from "./engine.ts"

/** What the analysis hands over: made by whoever owns the detectors. */
export interface StaticReport {
  readonly findings: readonly StaticFinding[]
  /** Texts that were read. */
  readonly texts: number
  /** Files whose content could not be read as text: programs, images, archives of an unknown format. */
  readonly opaque: readonly string[]
  /** Bytes are missing, or a limit cut the reading. */
  readonly cut: boolean
  readonly labels: readonly string[]
}

export interface StaticFinding {
  readonly rule: string
  readonly family: string
  readonly severity: Severity
  readonly confidence: number
  readonly reason: string
  readonly path: string
  readonly span?: readonly [number, number]
}

export function staticOpinion(report: StaticReport): Opinion {
  const found = report.findings.filter(({ family }) => !private_.has(family))
  const score = Math.round(found.reduce((worst, finding) => Math.max(worst, weightOf(finding)), 0))
  const labels = [
    ...new Set([...report.labels, ...(found.length < report.findings.length ? [HOLDS_SECRETS] : []), ...found.map(({ rule }) => rule)]),
  ]
  const result = resultOf(report, found)
  return { result, score: scoreOf(result, score), labels: labels.slice(0, MAX_LISTED), reasons: reasonsOf(report, found) }
}

function resultOf({ texts, opaque, cut }: StaticReport, found: readonly StaticFinding[]): Opinion["result"] {
  const grave = found.filter(({ severity, confidence }) => severityRank[severity] >= severityRank.high && confidence >= LIKELY)
  if (grave.some(({ severity, confidence }) => confidence >= (severity === "critical" ? SURE_CRITICAL : SURE_HIGH))) return "malicious"
  if (new Set(grave.map(({ rule }) => rule)).size >= 2) return "malicious"
  if (found.some(({ severity, confidence }) => severityRank[severity] >= severityRank.medium && confidence >= 0.5)) return "suspicious"
  if (texts === 0) return "unsupported"
  return cut || opaque.length > 0 ? "partial" : "clean"
}

function reasonsOf({ texts, opaque, cut }: StaticReport, found: readonly StaticFinding[]): Opinion["reasons"] {
  const worst = [...found].sort((a, b) => weightOf(b) - weightOf(a) || (a.rule < b.rule ? -1 : 1))
  const reasons: Opinion["reasons"] = worst.slice(0, MAX_LISTED).map(({ rule, reason, path, span }) => ({
    text: reason.slice(0, 300),
    rule,
    path,
    ...(span !== undefined && { span: [span[0], span[1]] as [number, number] }),
  }))
  if (opaque.length > 0) reasons.push({ text: `not readable as text: ${opaque.slice(0, 5).join(", ")}${opaque.length > 5 ? " …" : ""}` })
  if (cut) reasons.push({ text: "not all of it was seen" })
  if (reasons.length === 0)
    reasons.push({ text: texts === 0 ? "there is no text to read" : `nothing found in ${texts} ${texts === 1 ? "text" : "texts"}` })
  return reasons
}

/** Two likely things together weigh more than each alone: the score never belies the word. */
function scoreOf(result: Opinion["result"], score: number): number {
  if (result === "malicious") return Math.max(80, score)
  return result === "suspicious" ? Math.min(79, Math.max(40, score)) : Math.min(39, score)
}

function weightOf({ severity, confidence }: StaticFinding): number {
  return weights[severity] * confidence
}

/** Label of a file that must not go to somebody else's machine. */
export const HOLDS_SECRETS = "holds-secrets"
const private_: ReadonlySet<string> = new Set(["secret", "secrets", "pii"])
const weights: Readonly<Record<Severity, number>> = { info: 5, low: 25, medium: 55, high: 90, critical: 100 }
// As the policy's own "critical and sure" and "high and almost certain"; two different grave rules that are likely are as good as one that is sure.
const SURE_CRITICAL = 0.8
const SURE_HIGH = 0.85
const LIKELY = 0.7
const MAX_LISTED = 30

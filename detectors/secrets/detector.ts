// The family "secrets": credentials in what an agent sends and receives.
import type { Detector, RawFinding, Subject, TextItem } from "../../services/contracts/inspection.ts"
import { viewsOf } from "../text/readings.ts"
import { ExactValues, type Fingerprint } from "./exact.ts"
import { isInUse, severityOf } from "./judge.ts"
import { type Found, findSecrets } from "./scan.ts"

export interface SecretsOptions {
  /** Planted canaries and the customer's own values, as fingerprints made with `key`. */
  readonly exact?: { readonly key: string; readonly fingerprints: readonly Fingerprint[] }
}

export function secretsDetector(options: SecretsOptions = {}): Detector {
  const exact = options.exact === undefined ? undefined : new ExactValues(options.exact.key, options.exact.fingerprints)
  return {
    family: "secrets",
    inspect(subject, report) {
      for (const item of subject.texts) {
        inspectItem(subject, item, report)
        if (exact !== undefined && !exact.empty) inspectExact(exact, item, report)
      }
    },
  }
}

function inspectItem(subject: Subject, item: TextItem, report: (finding: RawFinding) => void): void {
  // The name of a header or parameter is the name of its value.
  const views = viewsOf(item)
  for (const found of findSecrets(views)) {
    if (isInUse(item, subject, found.owners)) continue
    report(toFinding(found, item, subject))
  }
}

function toFinding(found: Found, item: TextItem, subject: Subject): RawFinding {
  return {
    rule: found.rule,
    family: "secrets",
    severity: severityOf(found, item, subject),
    confidence: found.confidence,
    title: `${found.title} in ${placeName(item)}`,
    place: item.place,
    direction: item.direction,
    path: item.path,
    span: found.span,
    matched: found.secret,
    sensitive: true,
    ...(found.steps.length === 0 ? {} : { decoded: found.steps }),
    ...(found.around === undefined ? {} : { around: found.around }),
    reason: reasonOf(found, item, subject),
    facts: { checked: found.checked, length: found.secret.length },
    references: ["T1552", "LLM02:2025", "ASI03"],
  }
}

function reasonOf(found: Found, item: TextItem, subject: Subject): string {
  const proof = found.checked ? "its structure checks out" : "its shape fits"
  const hidden = found.steps.length === 0 ? "" : `, hidden by ${found.steps.join(" in ")}`
  const where = subject.destination === undefined ? "" : ` for ${subject.destination.host}`
  return `${found.title} ${item.direction === "outbound" ? "leaves" : "arrives"} in ${placeName(item)}${where}: ${proof}${hidden}. Revoke it if it is live.`
}

function placeName(item: TextItem): string {
  return item.place === "header" && item.name !== undefined
    ? `header ${item.name}`
    : `${article(item.place)} ${item.place.replace("-", " ")}`
}

function article(word: string): string {
  return /^[aeiou]/.test(word) && !word.startsWith("us") ? "an" : "a"
}

function inspectExact(exact: ExactValues, item: TextItem, report: (finding: RawFinding) => void): void {
  for (const view of viewsOf(item)) {
    exact.find(view.text, (print, start, end) => {
      const canary = print.kind === "canary"
      report({
        rule: canary ? "secret/canary" : "secret/dictionary",
        family: "secrets",
        severity: canary ? "critical" : item.direction === "outbound" ? "high" : "medium",
        confidence: 1,
        title: canary ? "A planted canary was used" : "A value of the customer's own list",
        place: item.place,
        direction: item.direction,
        path: item.path,
        span: view.locate(start, end),
        matched: view.text.slice(start, end),
        sensitive: true,
        ...(view.steps.length === 0 ? {} : { decoded: view.steps }),
        reason: `${print.label} was seen: the value is known exactly${canary ? ", and nothing honest uses it" : ""}.`,
        references: ["T1552", "LLM02:2025"],
      })
    })
  }
}

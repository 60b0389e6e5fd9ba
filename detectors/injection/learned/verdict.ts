// The learned model's say, beside the rules: it alerts by itself where it is as sure as it ever is, and lifts a weak finding of the rules where it is
// nearly so. It never blocks: severity and confidence stay below every preset's line for blocking.
import type { Place, RawFinding, TextItem } from "../../../services/contracts/inspection.ts"
import { inCodeFence, inQuotation } from "../../text/context.ts"
import type { View } from "../../text/view.ts"
import type { Verdict } from "../judge.ts"
import { type Group, heaviest, type Stretch, strongestStretch } from "./model.ts"
import { learned } from "./weights.ts"

/** Whose words the model may judge; undefined for places that hold no sentences or the operator's own. */
export function groupOf(place: Place, direction: RawFinding["direction"]): Group | undefined {
  if (place === "user") return "typed"
  if (place === "tool-definition" || place === "skill") return "definition"
  if (place === "tool-result") return "data"
  return (place === "body" || place === "frame" || place === "file") && direction === "inbound" ? "data" : undefined
}

/** What the model says of one reading, given what the rules said of the text. */
export function learnedVerdict(view: View, item: TextItem, rules: readonly Verdict[]): Verdict | undefined {
  const group = groupOf(item.place, item.direction)
  if (group === undefined) return undefined
  const stretch = strongestStretch(view.text, group)
  if (stretch === undefined) return undefined
  const score = stretch.score - doubt(view.text, stretch)
  const { alert, support, notice } = learned
  const weak = weakOf(rules)
  const lifted = weak !== undefined && score >= support[group]
  if (score < notice[group] && !lifted) return undefined
  const raised = lifted || score >= alert[group]
  const over = Math.max(0, score - alert[group])
  return {
    rule: "injection/learned",
    title: "Text that reads like words that steer a model",
    confidence: raised ? Math.min(MOST, (lifted ? 0.55 : 0.5) + 0.05 * over) : 0.35,
    severity: raised ? "medium" : "low",
    signal: { concept: "learned", weight: MOST, start: stretch.start, end: stretch.end },
    company: lifted ? [weak.signal.concept] : [],
    references: ["LLM01:2025"],
    reason: reasonOf(view, stretch, { group, score, lift: lifted ? weak.rule : undefined }),
  }
}

function reasonOf(
  view: View,
  stretch: Stretch,
  { group, score, lift }: { readonly group: Group; readonly score: number; readonly lift: string | undefined },
): string {
  const words = heaviest(view.text, stretch, group).map((name) => `"${name}"`)
  const beside = lift === undefined ? "" : `, beside a weak finding of ${lift}`
  return `a model trained on texts that steer agents gives this stretch ${score.toFixed(1)} (alert from ${learned.alert[group].toFixed(1)})${beside}; heaviest: ${words.join(", ")}`
}

/** What the rules saw that is not enough for an alert; undefined where they saw nothing, or alert by themselves. */
function weakOf(rules: readonly Verdict[]): Verdict | undefined {
  let best: Verdict | undefined
  for (const verdict of rules) if (verdict.confidence > (best?.confidence ?? 0)) best = verdict
  return best === undefined || best.confidence < SOMETHING || best.confidence >= ALERTING ? undefined : best
}

/** Who explains attacks, or quotes one to explain it, uses the same words. */
function doubt(text: string, { start, end }: Stretch): number {
  if (!TALKS.test(text.slice(Math.max(0, start - TALK_REACH), end + TALK_REACH / 2))) return 0
  return inQuotation(text, start, end) || inCodeFence(text, start) ? 1 : 0.5
}

const TALKS =
  /prompt[- ]injections?|jailbreak|red[- ]team|owasp|phishing|social engineering|threat model|adversarial|guardrails?|security (?:awareness|training|research|review)|attackers?\b/i
const TALK_REACH = 240
// From here on every preset alerts.
const ALERTING = 0.5
// Below it the rules have seen a word or two of the many that an order shares with any notice.
const SOMETHING = 0.35
// Below 0.6, where the strict preset asks a person first, unless it is far above its threshold; never 0.9, where balanced blocks.
const MOST = 0.7

// Text that a person does not see and a model reads.
import type { RawFinding, TextItem } from "../../services/contracts/inspection.ts"
import { findTricks, type Trick } from "../text/tricks.ts"
import { trustOf } from "./judge.ts"

export function reportHidden(item: TextItem, report: (finding: RawFinding) => void): void {
  const trust = trustOf(item.place, item.direction)
  if (trust === undefined) return
  for (const trick of findTricks(item.text)) {
    const confidence = confidences[trick.kind]
    if (confidence === undefined) continue
    report(findingOf(trick, item, { confidence, untrusted: trust === "untrusted" }))
  }
}

function findingOf(trick: Trick, item: TextItem, { confidence, untrusted }: { confidence: number; untrusted: boolean }): RawFinding {
  return {
    rule: `injection/hidden-${trick.kind}`,
    family: "injection",
    severity: confidence >= 0.7 ? (untrusted ? "high" : "medium") : "low",
    confidence,
    title: "Text hidden from a person and readable to a model",
    place: item.place,
    direction: item.direction,
    path: item.path,
    span: [trick.start, trick.end],
    matched: item.text.slice(trick.start, Math.min(trick.end, trick.start + 64)),
    sensitive: false,
    reason: `${trick.count} hidden units of the kind ${trick.kind}; honest uses (emoji, flags, joiners, right-to-left text) are exempt`,
    facts: { kind: trick.kind, count: trick.count },
    references: ["LLM01:2025", "T1027"],
  }
}

/** How rarely the trick is honest. Homoglyphs and padding occur in pasted text; they are kept, not raised. */
const confidences: Readonly<Partial<Record<Trick["kind"], number>>> = {
  "unicode-tags": 0.9,
  "variation-selectors": 0.85,
  "bidi-override": 0.6,
  "zero-width": 0.45,
  filler: 0.45,
  "ansi-conceal": 0.75,
  homoglyphs: 0.4,
  "combining-flood": 0.35,
  "far-right-padding": 0.4,
}

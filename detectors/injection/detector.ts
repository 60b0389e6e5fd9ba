// Prompt injection, direct and indirect: every reading of a text is searched for phrases, phrases are weighed together, and tricks that hide text
// from a person are findings of their own.
import type { Detector, RawFinding, Subject, TextItem } from "../../services/contracts/inspection.ts"
import { foldLeet, joinSpacedLetters, reversed, rot13 } from "../text/loosen.ts"
import { PatternSet } from "../text/pattern-set.ts"
import { viewsOf } from "../text/readings.ts"
import { derivedView, reversedView, type View } from "../text/view.ts"
import { directPhrases } from "./english-direct.ts"
import { directivePhrases } from "./english-directive.ts"
import { framePhrases } from "./english-frame.ts"
import { jailbreakPhrases } from "./english-jailbreak.ts"
import { overridePhrases } from "./english-override.ts"
import { revealPhrases } from "./english-reveal.ts"
import { turnPhrases } from "./english-turns.ts"
import { forgedPhrases } from "./forged.ts"
import { reportHidden } from "./hidden.ts"
import { judgeSignals, trustOf, type Verdict } from "./judge.ts"
import { learnedVerdict } from "./learned/verdict.ts"
import { ordersGiven } from "./orders/verdict.ts"
import { foreignSignals } from "./proximity.ts"
import type { Phrase, Signal } from "./signal.ts"
import { typedSignals } from "./typed/typed.ts"

export const injectionDetector: Detector = {
  family: "injection",
  inspect(subject, report) {
    for (const item of subject.texts) if (isJudged(subject, item)) inspectText(item, report)
  },
}

/** Exported for detectors that judge definitions and skills with the same phrases. */
export function verdictsOf(item: TextItem): { readonly verdict: Verdict; readonly view: View }[] {
  const found: { verdict: Verdict; view: View }[] = []
  for (const view of readingsOf(item)) {
    const signals = signalsOf(view)
    for (const verdict of judgeSignals(signals, item, view)) found.push({ verdict, view })
    const order = ordersGiven(view, item, signals)
    if (order !== undefined) found.push({ verdict: order, view })
  }
  return found
}

function inspectText(item: TextItem, report: (finding: RawFinding) => void): void {
  const best = new Map<string, { verdict: Verdict; view: View }>()
  for (const found of verdictsOf(item)) {
    const known = best.get(found.verdict.rule)
    if (known === undefined || found.verdict.confidence > known.verdict.confidence) best.set(found.verdict.rule, found)
  }
  const rules = [...best.values()].map(({ verdict }) => verdict)
  for (const view of viewsOf(item)) {
    const verdict = learnedVerdict(view, item, rules)
    if (verdict !== undefined && verdict.confidence > (best.get(verdict.rule)?.verdict.confidence ?? 0))
      best.set(verdict.rule, { verdict, view })
  }
  for (const { verdict, view } of best.values()) report(findingOf(verdict, item, view))
  reportHidden(item, report)
}

function findingOf(
  { rule, title, severity, confidence, signal, company, references, reason }: Verdict,
  item: TextItem,
  view: View,
): RawFinding {
  const [start, end] = view.locate(signal.start, signal.end)
  return {
    rule,
    family: "injection",
    severity,
    confidence: Math.round(confidence * 100) / 100,
    title,
    place: item.place,
    direction: item.direction,
    path: item.path,
    span: [start, end],
    matched: view.text.slice(signal.start, signal.end),
    sensitive: false,
    ...(view.steps.length === 0 ? {} : { decoded: view.steps }),
    reason: view.steps.length === 0 ? reason : `${reason}; it was hidden by ${view.steps.join(", ")}`,
    facts: { concept: signal.concept, company: company.join(" ") },
    references,
  }
}

/** What was said in HTTP bodies to and from a model vendor is judged where it was named: as system, user, assistant and tools. */
function isJudged(subject: Subject, item: TextItem): boolean {
  if (item.text.length < SHORTEST || trustOf(item.place, item.direction) === undefined) return false
  if (subject.kind === "http") return item.direction === "inbound" && subject.destination?.class !== "provider"
  return subject.kind !== "websocket" || item.direction === "inbound"
}

function signalsOf(view: View): Signal[] {
  const signals: Signal[] = [...foreignSignals(view), ...typedSignals(view)]
  english.scan(view, (phrase, match, start) => {
    if (signals.length >= MAX_SIGNALS) return
    const weight = phrase.grade === undefined ? phrase.weight : phrase.grade(match)
    signals.push({ concept: phrase.concept, weight, start, end: start + match[0].length })
  })
  return signals
}

/** The ladder's readings, and for short texts the spellings that no honest text uses. */
function readingsOf(item: TextItem): View[] {
  const views = [...viewsOf(item)]
  const first = views[0]
  if (first === undefined || item.text.length > LOOSE_LIMIT) return views
  for (const view of views.slice(0, MAX_LOOSENED)) {
    const leet = foldLeet(view.text)
    if (leet !== undefined) views.push(derivedView(view, ["leet"], leet))
    const joined = joinSpacedLetters(view.text)
    if (joined !== undefined) views.push(derivedView(view, ["spaced"], joined))
  }
  const length = first.text.length
  if (length > TURN_LIMIT || !TURNED.test(first.text)) return views
  views.push(derivedView(first, ["rot13"], { text: rot13(first.text), origin: [{ at: 0, length, from: 0, to: length }] }))
  views.push(reversedView(first, ["reversed"], reversed(first.text)))
  return views
}

const english = new PatternSet<Phrase>(
  [
    ...overridePhrases,
    ...framePhrases,
    ...turnPhrases,
    ...revealPhrases,
    ...jailbreakPhrases,
    ...directivePhrases,
    ...directPhrases,
    ...forgedPhrases,
  ].map((phrase) => ({
    rule: phrase,
    keywords: phrase.keywords,
    pattern: phrase.pattern,
    ...(phrase.back === undefined ? {} : { back: phrase.back }),
  })),
)

const SHORTEST = 12
const MAX_SIGNALS = 1_000
// Beyond a page nobody spaces letters out.
const LOOSE_LIMIT = 4_000
const MAX_LOOSENED = 4
const TURN_LIMIT = 4_000
// ignore, disregard, forget, instructions, prompt, system, previous, reveal: turned by thirteen, or read backwards.
const TURNED =
  /vtaber|qvfertneq|sbetrg|vafgehpgvba|cebzcg|flfgrz|cerivbhf|erirny|erongi|dragersid|tegrof|noitcurtsni|tpmorp|metsys|suoiverp|laever/i

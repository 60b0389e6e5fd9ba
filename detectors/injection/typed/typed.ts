// Signals from what a user types, or data says, about a model's own rules: classes of words that keep company within a few sentences. Each class counts
// once; three that belong together make a signal, whatever the words were.
import type { View } from "../../text/view.ts"
import { allWordsIn, type TypedTag } from "../all-words.ts"
import { readsLikeManual } from "../manual.ts"
import type { Concept, Signal } from "../signal.ts"
import type { WordHit } from "../words.ts"
import type { Sense } from "./lexicon.ts"

/** At most one signal of each concept: the strongest. */
export function typedSignals(view: View): Signal[] {
  const hits = allWordsIn(view).typed.filter((hit) => !isDenied(view.text, hit))
  if (hits.length < 2) return []
  hits.sort((a, b) => a.start - b.start || b.end - a.end)
  const best = new Map<Concept, Signal>()
  const keep = (concept: Concept, weight: number, window: Window): void => {
    if (weight < LEAST || weight <= (best.get(concept)?.weight ?? 0)) return
    best.set(concept, { concept, weight: Math.min(MOST, weight), start: window.start, end: window.end })
  }
  let from = 0
  hits.forEach((hit, index) => {
    while ((hits[from]?.start ?? hit.start) < hit.start - WINDOW || index - from > MAX_COMPANY) from++
    // A window is judged when it is as full as it gets: at its last word.
    const next = hits[index + 1]
    if (next !== undefined && next.start - (hits[from]?.start ?? 0) <= WINDOW && index - from < MAX_COMPANY) return
    const window = windowOf(view.text, hits.slice(from, index + 1))
    keep("override", overrideWeight(window), window)
    keep("reveal", revealWeight(window), window)
    keep("persona", harmWeight(window), window)
  })
  return [...best.values()]
}

/** "Don't forget" drops nothing. */
function isDenied(text: string, { tag: { sense }, start, text: word }: WordHit<TypedTag>): boolean {
  return sense === "drop" && !word.includes(" ") && /(?:n't|n’t|not|never|to)\s{1,2}$/i.test(text.slice(Math.max(0, start - 8), start))
}

interface Window {
  readonly text: string
  readonly start: number
  readonly end: number
  /** Where the words of each sense stand. */
  readonly at: ReadonlyMap<Sense, readonly number[]>
}

function windowOf(text: string, hits: readonly WordHit<TypedTag>[]): Window {
  const at = new Map<Sense, number[]>()
  for (const {
    tag: { sense },
    start,
  } of hits) {
    const places = at.get(sense)
    if (places === undefined) at.set(sense, [start])
    else places.push(start)
  }
  const start = hits[0]?.start ?? 0
  const end = Math.max(...hits.map((hit) => hit.end))
  return { text: text.slice(Math.max(0, start - 60), end + 20), start, end, at }
}

/** Somebody's rules are dropped and somebody else's put in their place. */
function overrideWeight(window: Window): number {
  const { at, text } = window
  if (!at.has("drop")) return 0
  const told = near(window, "drop", "told", 90)
  const prior = near(window, "drop", "prior", 80)
  const maker = near(window, "drop", "maker", 80)
  const obey = near(window, "drop", "obey", 200)
  let weight = 0
  if (told && prior && obey) weight = 0.74
  else if (told && maker) weight = obey ? 0.78 : 0.62
  else if (prior && obey) weight = 0.56
  else if (told && obey) weight = 0.56
  else if (maker && obey) weight = 0.6
  else if (told && prior) weight = 0.44
  if (weight > 0 && at.has("machine")) weight += 0.06
  if (weight > 0 && (at.has("free") || at.has("harm"))) weight += 0.08
  return weight * ordinary(text)
}

/** What stands before the conversation is asked for. */
function revealWeight(window: Window): number {
  const { at, text } = window
  if (!at.has("leak") || !near(window, "leak", "place", 110)) return 0
  let weight = 0.42
  if (at.has("exact")) weight += 0.14
  if (at.has("maker")) weight += 0.08
  weight += /\b(?:you|your|ur|my first|conversation|chat|above|i said|i joined)\b/i.test(text) ? 0.08 : -0.2
  // "Everyone may copy and distribute verbatim copies of this document": what may be done, not what shall be said.
  return weight * ordinary(text) * (LICENCE.test(text) ? 0.5 : 1)
}

/** Harm is asked for inside a frame that forbids to refuse. */
function harmWeight({ at, text }: Window): number {
  if (!at.has("harm")) return 0
  const frame = at.has("frame")
  const refuse = at.get("refuse")?.length ?? 0
  const detail = at.has("detail")
  let weight = 0
  if (frame && refuse > 0) weight = 0.62
  else if (refuse > 0 && detail) weight = 0.54
  else if (at.has("free") && (detail || frame)) weight = 0.56
  else if (frame && detail) weight = (at.get("detail")?.length ?? 0) > 1 ? 0.5 : 0.36
  if (weight > 0) weight += Math.min(0.16, 0.08 * (refuse - 1)) * Number(refuse > 1)
  if (weight > 0 && at.has("machine")) weight += 0.06
  return weight * ordinary(text)
}

/** A word of one sense stands within reach of a word of the other. */
function near({ at }: Window, one: Sense, other: Sense, reach: number): boolean {
  const others = at.get(other)
  return others !== undefined && (at.get(one) ?? []).some((place) => others.some((where) => Math.abs(where - place) <= reach))
}

/** Questions about rules, and what others said of theirs, are the ordinary case. */
function ordinary(text: string): number {
  let factor = 1
  if (
    /^\W{0,60}(?:how (?:do|can|does|to)|why|where|who|is (?:it|there)|are|can (?:i|we|police|you explain)|what does|what is the|explain|which|does|did)\b/i.test(
      text,
    )
  )
    factor *= 0.6
  if (/\b(?:my|our|the) (?:manager|boss|teacher|doctor|kid|landlord|bank|school|colleague|wife|husband|friend|lawyer|court)\b/i.test(text))
    factor *= 0.6
  if (IN_FICTION.test(text)) factor *= 0.6
  if (ABOUT_ATTACKS.test(text)) factor *= 0.6
  if (readsLikeManual(text, MUCH_CODE)) factor *= 0.7
  return factor
}

const IN_FICTION =
  /\b(?:novel|book|film|movie|story|chapter|scene)\b[^.!?\n]{0,60}["“]|["”],? (?:(?:he|she|[A-Z]\w{1,14}) )?(?:said|says|whispered|asked|replied)\b/
const ABOUT_ATTACKS =
  /prompt[- ]injection|jailbreak|\battack(?:s|ers?)\b|classifier|guardrail|red[- ]team(?:ing)? report|owasp|unit tests?|we test|threat model|security (?:review|course|awareness)/i
// In a window: a request to a model quotes one name or two.
const MUCH_CODE = 4
const LICENCE = /\blicen[cs]es?\b[\s\S]{0,300}\b(?:copy|copies|distribute|freedom|permitted)\b|\bverbatim copies\b/i
const WINDOW = 420
const MAX_COMPANY = 60
const LEAST = 0.3
const MOST = 0.86

// Sentences of a text that came in as data and give orders, with what gives them away. One pass over the words, then only the sentences that hold
// a deed or speak to a machine are looked at: bounded work a sentence, and each sentence once.
import { inCodeFence, inQuotation } from "../../text/context.ts"
import type { View } from "../../text/view.ts"
import { allWordsIn, type OrderTag } from "../all-words.ts"
import type { WordHit } from "../words.ts"
import { deeds, type Sense } from "./lexicon.ts"
import { type Sentence, scoreSentence } from "./score.ts"
import { orderStrength, sentenceAround } from "./sentence.ts"
import { DENIED_AFTER, DENIED_BEFORE } from "./world.ts"

export interface Order {
  readonly start: number
  readonly end: number
  readonly points: number
  readonly features: readonly string[]
}

/** Orders worth LEAST points or more, in the order of the text. */
export function ordersIn(view: View): Order[] {
  const { text } = view
  const hits = [...allWordsIn(view).orders]
  if (hits.length === 0) return []
  hits.sort((a, b) => a.start - b.start || b.end - a.end)
  const sentences = sentencesOf(text, hits)
  let letter: boolean | undefined
  const orders: Order[] = []
  sentences.forEach((one, index) => {
    if (one.deeds.size === 0 && !one.senses.has("machine") && !one.senses.has("reading") && !one.senses.has("remember")) return
    letter ??= LETTER.test(text.slice(0, HEAD)) || LETTER_END.test(text.slice(-HEAD))
    const order = judge(text, one, { near: nearby(sentences, index), letter })
    if (order.points >= LEAST) orders.push(order)
  })
  return orders
}

interface Found {
  readonly start: number
  readonly end: number
  readonly deeds: Map<Sense, number>
  readonly senses: Set<Sense>
}

function sentencesOf(text: string, hits: readonly WordHit<OrderTag>[]): Found[] {
  const sentences: Found[] = []
  let current: Found | undefined
  for (const { tag, start, end } of hits) {
    if (current === undefined || start >= current.end) {
      const [from, to] = sentenceAround(text, start, end)
      current = { start: Math.max(from, current?.end ?? 0), end: to, deeds: new Map(), senses: new Set() }
      sentences.push(current)
    }
    const { sense, english } = tag
    // "Never delete without confirmation" guards the user.
    if (sense === "conceal" && WITHOUT.test(text.slice(start, end)) && FORBIDS.test(text.slice(current.start, start))) continue
    // "Don't tell Max about the cake."
    if (sense === "conceal" && /tell$/.test(text.slice(start, end).toLowerCase()) && /^ [A-Z][a-z]{1,20}\b/.test(text.slice(end, end + 24)))
      continue
    if (!deeds.has(sense)) current.senses.add(sense)
    else if ((current.deeds.get(sense) ?? 0) < 1) {
      const strength = english ? orderStrength(text, current.start, start, end) : foreignStrength(text, start, end)
      if (strength > (current.deeds.get(sense) ?? 0)) current.deeds.set(sense, strength)
    }
  }
  return sentences
}

/** The forms in the lists order by themselves, unless they are denied. */
function foreignStrength(text: string, start: number, end: number): number {
  return DENIED_BEFORE.test(text.slice(Math.max(0, start - 16), start)) || DENIED_AFTER.test(text.slice(end, end + 12)) ? 0 : 1
}

/** The senses of the two sentences beside this one, where they are close. */
function nearby(sentences: readonly Found[], index: number): Set<Sense> {
  const one = sentences[index]
  const near = new Set<Sense>()
  for (const other of [sentences[index - 1], sentences[index + 1]]) {
    if (one === undefined || other === undefined) continue
    const apart = other.start >= one.end ? other.start - one.end : one.start - other.end
    if (apart <= BREATH) for (const sense of other.senses) near.add(sense)
  }
  return near
}

function judge(text: string, { start, end, deeds, senses }: Found, { near, letter }: Pick<Sentence, "near" | "letter">): Order {
  const slice = text.slice(start, end)
  // A bare deed needs an object or a place to go: most sentences of a manual end here.
  if (senses.size === 0 && near.size === 0 && !GOES_SOMEWHERE.test(slice)) return { start, end, points: 0, features: [] }
  const { points, features } = scoreSentence({ text: slice, deeds, senses, near, letter })
  if (points < LEAST) return { start, end, points, features }
  return { start, end, points: points * credence(text, start, end), features }
}

/** Who explains attacks, quotes them or reports them does not give the order. */
function credence(text: string, start: number, end: number): number {
  const before = text.slice(Math.max(0, start - TALK_REACH), start)
  const here = text.slice(start, end)
  const talks = TALKS.test(before) || TALKS.test(here)
  if (REPORTED.test(here) || SPOKEN.test(text.slice(start, end + 100))) return 0.55
  if (!talks) return 1
  return inQuotation(text, start, end) || inCodeFence(text, start) ? 0.4 : 0.55
}

const WITHOUT = /^(?:without|sans|ohne|sin|sem|senza|без)\b/i
const FORBIDS =
  /(?:\b(?:never|not|don'?t|cannot|can'?t|nothing|no one|avoid|jamais|nie|niemals|nicht|nunca|não|mai|kein)\b|никогда|не )[^.!?\n]{0,80}$/i
const SPOKEN =
  /["”],? (?:(?:he|she|they|the \w{2,14}|[A-Z]\w{1,14}) )?(?:said|says|whispered|asked|replied|shouted|cried|answered|muttered|begged)\b/
const GOES_SOMEWHERE = /[@\d]|:\/\/|\bwww\.|\bmy\b/i
/** Below this a sentence says nothing, whatever stands beside it. */
export const LEAST = 0.5
const BREATH = 120
const HEAD = 400
const TALK_REACH = 240
const LETTER =
  /^(?:from|to|subject|date|cc|sent): |(?:^|\n|"|')(?:hi|hello|hey|dear|good morning|good afternoon|greetings)\b[ \w.'-]{0,40}[,!:\n]/im
const LETTER_END =
  /(?:best|kind|warm)? ?(?:regards|wishes|cheers|sincerely|thanks|thank you|thx)\b[,.! ]{0,3}(?:\n|\\n)?[\w .\n\\-]{0,80}$/i
const TALKS =
  /prompt[- ]injection|jailbreak|\battack(?:s|ers?|ing)?\b|adversar|malicious|\bred[- ]team|owasp|vulnerab|exploit|guardrail|phishing|scam|fraud|for example|for instance|\be\.g\.|such as|\blike ["“']|threat model|poisoned|advisory|bulletin|mitigat|untrusted|cve-\d|social engineering/i
const REPORTED =
  /\b(?:might|could|would|can|may|asked|asks|said|says|told|wrote|claims?|claimed|reads|tries|tried)\b[^.]{0,40}(?:["“'`]|\bto\b)/i

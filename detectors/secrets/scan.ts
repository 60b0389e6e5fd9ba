// Finds credentials in the readings of one text. Judging where they may go is the detector's work.
import { isSample } from "../text/context.ts"
import { entropy, sequenceShare } from "../text/entropy.ts"
import { reversed, rot13 } from "../text/loosen.ts"
import { type Pattern, PatternSet } from "../text/pattern-set.ts"
import type { View } from "../text/view.ts"
import {
  type Assigned,
  assignmentKeywords,
  assignmentPattern,
  judgeAssignment,
  judgeProse,
  judgeSpaced,
  nameBefore,
  proseKeywords,
  prosePattern,
} from "./assignment.ts"
import { isMnemonic, mnemonicKeywords, mnemonicPattern } from "./mnemonic.ts"
import type { SecretRule } from "./rule.ts"
import { secretRules } from "./rules/index.ts"
import { scanRuns } from "./runs.ts"
import { bodyOf } from "./shape.ts"

export interface Found {
  readonly rule: string
  readonly title: string
  readonly severity: SecretRule["severity"]
  readonly ceiling: SecretRule["severity"] | undefined
  readonly confidence: number
  readonly owners: readonly string[]
  readonly secret: string
  /** In the text as it came. */
  readonly span: readonly [number, number]
  readonly steps: readonly string[]
  readonly around?: readonly [before: string, after: string]
  readonly checked: boolean
}

/** `all` keeps every rule that holds for a span instead of the best one. */
export function findSecrets(views: readonly View[], { all = false } = {}): Found[] {
  const found: Found[] = []
  for (const view of views) {
    set.scan(view, (entry, match, start) => {
      const one = read(entry, match, start, view)
      if (one === undefined) return false
      if (found.length < MAX_FOUND) found.push(one)
      return true
    })
    scanRuns(view, (rule, start, end) => {
      if (found.length < MAX_FOUND)
        found.push(
          at(view, start, end, {
            rule: rule.id,
            title: rule.title,
            severity: rule.severity,
            ceiling: undefined,
            confidence: rule.confidence,
            owners: rule.owners,
            checked: true,
          }),
        )
    })
  }
  return all || found.length < 2 ? found : best(found)
}

type Entry =
  | { readonly kind: "rule"; readonly rule: SecretRule; readonly disguise: "none" | "reversed" | "rot13" }
  | { readonly kind: "assignment" }
  | { readonly kind: "prose" }
  | { readonly kind: "mnemonic" }

type Kind = Omit<Found, "secret" | "span" | "steps">

function read(entry: Entry, match: RegExpExecArray, start: number, view: View): Found | undefined {
  switch (entry.kind) {
    case "rule":
      return entry.disguise === "none" ? readRule(entry.rule, match, start, view) : readDisguised(entry.rule, entry.disguise, start, view)
    case "assignment":
      return readAssignment(match, start, view)
    case "prose":
      return readProse(match, start, view)
    case "mnemonic":
      return readMnemonic(match, start, view)
  }
}

function readRule(rule: SecretRule, match: RegExpExecArray, start: number, view: View): Found | undefined {
  const named = match.groups?.["secret"]
  const secret = named ?? match[0]
  const judged = judgeRule(rule, secret, match, view.text)
  if (judged === undefined) return undefined
  const from = named === undefined ? start : start + match[0].lastIndexOf(named)
  const end = rule.grow === undefined ? from + secret.length : rule.grow(view.text, from, from + secret.length)
  return end === undefined ? undefined : at(view, from, end, judged)
}

function judgeRule(rule: SecretRule, secret: string, match: RegExpExecArray, text: string): Kind | undefined {
  if (rule.structured !== true) {
    const body = rule.shape === undefined ? secret : bodyOf(rule.shape, secret)
    if (isSample(body) || sequenceShare(body) > 0.5) return undefined
    if (entropy(body) < floorFor(body)) return undefined
  }
  const check = rule.check?.(secret, match, text) ?? "likely"
  if (check === "no") return undefined
  const confidence = rule.ambiguous === true ? 0.65 : check === "sure" ? 0.98 : check === "weak" ? 0.8 : 0.92
  return {
    rule: rule.id,
    title: rule.title,
    severity: rule.severity,
    ceiling: rule.ceiling,
    confidence,
    owners: rule.owners ?? [],
    checked: check === "sure",
  }
}

/** Backwards or turned by thirteen letters: the keyword gave it away, the window is turned back and read by the same rule. */
function readDisguised(rule: SecretRule, disguise: "reversed" | "rot13", hit: number, view: View): Found | undefined {
  const from = Math.max(0, hit - DISGUISE_REACH)
  const window = view.text.slice(from, hit + DISGUISE_REACH)
  const turned = disguise === "reversed" ? reversed(window) : rot13(window)
  const pattern = new RegExp(rule.pattern.source, rule.pattern.flags)
  const match = pattern.exec(turned)
  if (match === null) return undefined
  const judged = judgeRule(rule, match[0], match, turned)
  if (judged === undefined) return undefined
  const start = disguise === "reversed" ? from + window.length - match.index - match[0].length : from + match.index
  const whole = at(view, start, start + match[0].length, judged)
  return { ...whole, secret: match[0], steps: [...whole.steps, disguise] }
}

function readAssignment(match: RegExpExecArray, start: number, view: View): Found | undefined {
  const { rest = "", quoted, bare, gap } = match.groups ?? {}
  const keyword = match[0].slice(0, match[0].length - (match[0].length - keywordLength(match[0])))
  // In a form's body the next field ends the value.
  const value = (quoted ?? (bare ?? "").replace(/&(?:amp;)?[\w.[\]-]{1,40}=[\s\S]*$/, "")).replace(/[.,;:!?]+$/, "")
  if (value === "" || /^@[\w.-]+:\d/.test(value)) return undefined
  const from = start + match[0].lastIndexOf(value)
  // A call gives the value: what is called is not it.
  if (quoted === undefined && view.text[from + value.length] === "(") return undefined
  if (IN_A_RESOURCE_NAME.test(view.text.slice(Math.max(0, start - 160), start))) return undefined
  const name = nameBefore(view.text, start) + keyword + rest
  const judged: Assigned | undefined =
    gap === undefined ? judgeAssignment(name, value, quoted !== undefined) : judgeSpaced(name, value, lineBefore(view.text, start))
  return judged === undefined ? undefined : at(view, from, from + value.length, assigned(judged))
}

/** "arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME" says which secret, not what it is. */
const IN_A_RESOURCE_NAME = /\b(?:arn|urn):[\w:/-]{1,150}:$/

function lineBefore(text: string, start: number): string {
  const reach = text.slice(Math.max(0, start - 60), start)
  return reach.slice(reach.lastIndexOf("\n") + 1)
}

function readProse(match: RegExpExecArray, start: number, view: View): Found | undefined {
  const value = (match.groups?.["value"] ?? "").replace(/[.,;:!?]+$/, "")
  const from = start + match[0].lastIndexOf(value)
  const judged = judgeProse(nameBefore(view.text, start) + view.text.slice(start, from + value.length), value)
  return judged === undefined ? undefined : at(view, from, from + value.length, assigned(judged))
}

function assigned(judged: Assigned): Kind {
  const { id, title, severity, confidence, owners } = judged
  return { rule: id, title, severity, ceiling: undefined, confidence, owners, checked: false }
}

/** The pattern begins at the keyword; what is left of the match before its own groups is the keyword. */
function keywordLength(match: string): number {
  const found = KEYWORD_AT_START.exec(match)
  return found?.[0].length ?? 0
}

function readMnemonic(match: RegExpExecArray, start: number, view: View): Found | undefined {
  const words = match.groups?.["secret"] ?? ""
  const take = trimmed(words)
  if (take === undefined) return undefined
  const from = start + match[0].lastIndexOf(words)
  return at(view, from, from + take.length, {
    rule: "secret/seed-phrase",
    title: "Wallet seed phrase",
    severity: "critical",
    ceiling: undefined,
    confidence: 0.9,
    owners: [],
    checked: false,
  })
}

/** Prose may follow the seed on its line: the longest seed length that leaves no prose in it. */
function trimmed(words: string): string | undefined {
  const list = words.split(/(?<=[ ,])(?=[a-z])/)
  for (const count of [24, 21, 18, 15, 12]) {
    const part = list
      .slice(0, count)
      .join("")
      .replace(/[ ,]+$/, "")
    if (list.length >= count && isMnemonic(part)) return part
  }
  return undefined
}

function at(view: View, start: number, end: number, kind: Kind): Found {
  const found = { ...kind, secret: view.text.slice(start, end), span: view.locate(start, end), steps: view.steps }
  // Of what was decoded nobody can look up the surroundings later.
  return view.steps.length === 0
    ? found
    : { ...found, around: [view.text.slice(Math.max(0, start - AROUND), start), view.text.slice(end, end + AROUND)] }
}
// As much as evidence shows.
const AROUND = 40

/** One finding a secret: of those that overlap, the most certain, then the most severe, then the one found with fewer decodings. */
function best(found: readonly Found[]): Found[] {
  const order = { info: 0, low: 1, medium: 2, high: 3, critical: 4 }
  const sorted = [...found].sort(
    (a, b) => b.confidence - a.confidence || order[b.severity] - order[a.severity] || a.steps.length - b.steps.length,
  )
  const kept: Found[] = []
  for (const one of sorted) {
    if (!kept.some((other) => other.secret === one.secret || (one.span[0] < other.span[1] && other.span[0] < one.span[1]))) kept.push(one)
  }
  return kept.sort((a, b) => a.span[0] - b.span[0])
}

/** Bits per character a random body of this length and alphabet nearly always has. */
function floorFor(body: string): number {
  if (/^[0-9a-fA-F-]+$/.test(body)) return body.length >= 24 ? 2.5 : 2
  return body.length >= 24 ? 3 : body.length >= 14 ? 2.6 : 2
}

const KEYWORD_AT_START = new RegExp(
  `^(?:${[...assignmentKeywords]
    .sort((a, b) => b.length - a.length)
    .map((k) => k.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"))
    .join("|")})`,
  "i",
)
const DISGUISE_REACH = 300
// More credentials than this in one text is a dump: the first ones say so.
const MAX_FOUND = 400

const set = new PatternSet<Entry>(patterns())

function patterns(): Pattern<Entry>[] {
  const plain = secretRules.map(
    (rule): Pattern<Entry> => ({
      rule: { kind: "rule", rule, disguise: "none" },
      keywords: rule.keywords,
      pattern: rule.pattern,
      back: rule.back ?? 0,
      atWord: rule.shape !== undefined,
    }),
  )
  return [
    ...plain,
    ...secretRules.flatMap(disguised),
    {
      rule: { kind: "assignment" },
      keywords: assignmentKeywords,
      pattern: new RegExp(KEYWORD_AT_START.source.slice(1) + assignmentPattern.source, "i"),
    },
    { rule: { kind: "prose" }, keywords: proseKeywords, pattern: prosePattern },
    { rule: { kind: "mnemonic" }, keywords: mnemonicKeywords, pattern: mnemonicPattern },
  ]
}

/** Rules with an unmistakable prefix of five characters or more are also looked for backwards and turned. */
function disguised(rule: SecretRule): Pattern<Entry>[] {
  if (rule.shape === undefined || rule.ambiguous === true || rule.ceiling !== undefined) return []
  const keywords = rule.keywords.filter((keyword) => keyword.length >= 4)
  if (keywords.length === 0) return []
  const entry = (disguise: "reversed" | "rot13", turn: (text: string) => string): Pattern<Entry> => ({
    rule: { kind: "rule", rule, disguise },
    keywords: keywords.map(turn),
    pattern: new RegExp(`(?:${keywords.map((keyword) => turn(keyword).replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")).join("|")})`),
  })
  return [entry("reversed", reversed), entry("rot13", rot13)]
}

// Many rules over one text: keywords find the candidates in one pass, and a sticky pattern confirms each at the place of the hit.
//
// Laws
//  - A pattern has flag `y` and bounded quantifiers; it never searches. So a text costs (its length) + (hits x the pattern's bound).
//  - `back` says how many characters before the keyword the match begins, when the keyword is not its start.
//  - A keyword inside a match of the same rule is not looked at again.
import { KeywordMatcher } from "./keyword-matcher.ts"

export interface Pattern<R> {
  readonly rule: R
  /** Matched in either case. At least three characters, or ordinary text is full of hits. */
  readonly keywords: readonly string[]
  /** Compiled again with flag `y`; case flags are kept. */
  readonly pattern: RegExp
  /** Where the match begins: this many characters before the keyword, or any number in the range. Default 0. */
  readonly back?: number | readonly [least: number, most: number]
}

export interface Scannable {
  readonly text: string
  /** The text's low bytes, made once for all rule sets. */
  readonly bytes: Uint8Array
}

export type OnMatch<R> = (rule: R, match: RegExpExecArray, start: number) => void

export class PatternSet<R> {
  readonly #patterns: readonly Compiled<R>[]
  readonly #byKeyword: readonly (readonly number[])[]
  readonly #matcher: KeywordMatcher

  constructor(patterns: readonly Pattern<R>[]) {
    this.#patterns = patterns.map(compile)
    const keywords = new Map<string, number[]>()
    patterns.forEach((pattern, index) => {
      for (const keyword of new Set(pattern.keywords.map((k) => k.toLowerCase()))) {
        const users = keywords.get(keyword)
        if (users === undefined) keywords.set(keyword, [index])
        else users.push(index)
      }
    })
    this.#byKeyword = [...keywords.values()]
    this.#matcher = new KeywordMatcher([...keywords.keys()])
  }

  scan(view: Scannable, onMatch: OnMatch<R>): void {
    const { text } = view
    /** Per rule, the end of its last match: made only when something matches. */
    let ends: Map<number, [start: number, end: number][]> | undefined
    this.#matcher.scan(view.bytes, (keyword, start) => {
      for (const index of this.#byKeyword[keyword] as readonly number[]) {
        const compiled = this.#patterns[index] as Compiled<R>
        const match = confirm(compiled, text, start, ends?.get(index))
        if (match === undefined) continue
        ends ??= new Map()
        const taken = ends.get(index)
        const span: [number, number] = [match.index, match.index + match[0].length]
        if (taken === undefined) ends.set(index, [span])
        else if (taken.length < MAX_REMEMBERED) taken.push(span)
        else taken[taken.length - 1] = span
        onMatch(compiled.rule, match, match.index)
      }
    })
  }
}

interface Compiled<R> {
  readonly rule: R
  readonly sticky: RegExp
  readonly least: number
  readonly most: number
}

function compile<R>({ rule, pattern, back = 0 }: Pattern<R>): Compiled<R> {
  const [least, most] = typeof back === "number" ? [back, back] : back
  return { rule, sticky: new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, "")}y`), least, most }
}

function confirm<R>(compiled: Compiled<R>, text: string, hit: number, taken: readonly (readonly [number, number])[] | undefined) {
  if (taken?.some(([start, end]) => hit >= start && hit < end)) return undefined
  for (let back = compiled.most; back >= compiled.least; back--) {
    if (hit - back < 0) continue
    compiled.sticky.lastIndex = hit - back
    const match = compiled.sticky.exec(text)
    if (match !== null && match[0].length > 0) return match
  }
  return undefined
}

// Spans remembered for one rule in one text, so that the check above stays short on a text that is nothing but matches.
const MAX_REMEMBERED = 16

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
  /** The match cannot begin inside a word: asked before the pattern is tried, which is what a text full of the keyword costs. */
  readonly atWord?: boolean
}

export interface Scannable {
  readonly text: string
  /** The text's low bytes, made once for all rule sets. */
  readonly bytes: Uint8Array
}

/** Answer false when the match turned out to be nothing: what lies inside it is then looked at again. */
// biome-ignore lint/suspicious/noConfusingVoidType: a callback that has nothing to say should not have to
export type OnMatch<R> = (rule: R, match: RegExpExecArray, start: number) => boolean | void

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
    const ends = new LastEnds(text.length)
    this.#matcher.scan(view.bytes, (keyword, start) => {
      for (const index of this.#byKeyword[keyword] as readonly number[]) {
        const compiled = this.#patterns[index] as Compiled<R>
        if (ends.covers(index, start)) continue
        const match = confirm(compiled, text, start)
        if (match === undefined) continue
        if (onMatch(compiled.rule, match, match.index) !== false) ends.set(index, start, match.index + match[0].length)
      }
    })
  }
}

/** Where the last match of each rule ended, for each quarter of the text: the matcher's four lanes come in order, but not one after the other. */
class LastEnds {
  readonly #length: number
  #ends: Map<number, number> | undefined

  constructor(length: number) {
    this.#length = length
  }

  covers(rule: number, start: number): boolean {
    return this.#ends !== undefined && start < (this.#ends.get(this.#slot(rule, start)) ?? 0)
  }

  set(rule: number, start: number, end: number): void {
    this.#ends ??= new Map()
    this.#ends.set(this.#slot(rule, start), end)
  }

  #slot(rule: number, start: number): number {
    return rule * 4 + Math.min(3, Math.floor((start * 4) / this.#length))
  }
}

interface Compiled<R> {
  readonly rule: R
  readonly sticky: RegExp
  readonly least: number
  readonly most: number
  readonly atWord: boolean
}

function compile<R>({ rule, pattern, back = 0, atWord = false }: Pattern<R>): Compiled<R> {
  const [least, most] = typeof back === "number" ? [back, back] : back
  const sticky = new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, "")}y`)
  // A pattern that says so itself need not be tried inside words.
  return { rule, sticky, least, most, atWord: atWord || pattern.source.startsWith("(?<![A-Za-z])") }
}

function confirm<R>(compiled: Compiled<R>, text: string, hit: number): RegExpExecArray | undefined {
  for (let back = compiled.most; back >= compiled.least; back--) {
    if (hit - back < 0 || (compiled.atWord && isWord(text.charCodeAt(hit - back - 1)))) continue
    compiled.sticky.lastIndex = hit - back
    const match = compiled.sticky.exec(text)
    if (match !== null && match[0].length > 0) return match
  }
  return undefined
}

/** ASCII letters and digits; NaN before the start of the text is none. */
function isWord(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)
}

// All words of some lists found in one pass. The matcher reads low bytes, so every hit is compared with the real characters.
import { KeywordMatcher, lowBytes } from "../text/keyword-matcher.ts"
import type { Scannable } from "../text/pattern-set.ts"

export interface Word<T> {
  readonly tag: T
  /** Lower case. */
  readonly text: string
  /** No letter may follow. */
  readonly whole: boolean
}

export interface WordHit<T> {
  readonly tag: T
  readonly start: number
  readonly end: number
  readonly text: string
}

export class WordFinder<T> {
  readonly #words: readonly (readonly Word<T>[])[]
  readonly #matcher: KeywordMatcher
  readonly #bounded: boolean

  /** `bounded`: a word begins where no letter stands before it. */
  constructor(list: readonly Word<T>[], bounded: boolean) {
    const words = new Map<string, Word<T>[]>()
    for (const word of list) {
      const key = Buffer.from(word.text, "latin1")
        .toString("latin1")
        .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
      const known = words.get(key)
      if (known === undefined) words.set(key, [word])
      else known.push(word)
    }
    this.#words = [...words.values()]
    // The matcher takes low bytes itself: it is given one true spelling of each group.
    this.#matcher = new KeywordMatcher([...words.values()].map(([first]) => first?.text ?? " "))
    this.#bounded = bounded
  }

  /** At most `most` hits, not in order. */
  find(view: Scannable, most: number): WordHit<T>[] {
    const hits: WordHit<T>[] = []
    const { text } = view
    const { lower, bytes } = foldedOf(view)
    this.#matcher.scan(bytes, (keyword, start) => {
      if (hits.length >= most || (this.#bounded && start > 0 && isLetter(text, start - 1))) return
      const first = lower.charCodeAt(start)
      for (const word of this.#words[keyword] as readonly Word<T>[]) {
        // Ideographs share their low bytes with many: the first unit refuses nearly all of them.
        if (word.text.charCodeAt(0) !== first || !lower.startsWith(word.text, start)) continue
        const end = start + word.text.length
        if (word.whole && end < text.length && isLetter(text, end)) continue
        hits.push({ tag: word.tag, start, end, text: word.text })
      }
    })
    return hits
  }
}

interface Folded {
  readonly lower: string
  readonly bytes: Uint8Array
}

/** The text in small letters, unit for unit, made once for all finders. */
function foldedOf(view: Scannable): Folded {
  const known = memory.get(view)
  if (known !== undefined) return known
  const { text, bytes } = view
  const whole = text.toLowerCase()
  // A letter that becomes two when it is small would move all that follows.
  const lower = whole.length === text.length ? whole : text.replace(/[A-Z\u00c0-\u00de\u0391-\u042f]/g, (letter) => letter.toLowerCase())
  // The matcher folds the case of ASCII itself.
  const folded = { lower, bytes: BEYOND_ASCII.test(text) && lower !== text ? lowBytes(lower) : bytes }
  memory.set(view, folded)
  return folded
}

function isLetter(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code < 0x80)
    return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39) || code === 0x5f
  return LETTER.test(text[at] ?? "")
}

const memory = new WeakMap<Scannable, Folded>()
const BEYOND_ASCII = /[^\x00-\x7f]/
const LETTER = /[\p{L}\p{N}_]/u

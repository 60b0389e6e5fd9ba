// The bounded words of all lists in one automaton and one pass: what the parts of this family would each pay for, they pay for together.
import type { Scannable } from "../text/pattern-set.ts"
import { type Lexicon, latin, type WordKind } from "./lexicon.ts"
import { frameLatin, frameScripts } from "./lexicon-frame.ts"
import { scripts } from "./lexicon-scripts.ts"
import { english, type Sense as OrderSense } from "./orders/lexicon.ts"
import { spaced, unspaced } from "./orders/world.ts"
import { type Sense as TypedSense, words as typedWords } from "./typed/lexicon.ts"
import { type Word, WordFinder, type WordHit } from "./words.ts"

export interface LexiconTag {
  readonly of: "lexicon"
  readonly language: string
  readonly kind: WordKind
  /** Spelled as in English, so that it says nothing about the language. */
  readonly english: boolean
}
export interface OrderTag {
  readonly of: "orders"
  readonly sense: OrderSense
  readonly english: boolean
}
export interface TypedTag {
  readonly of: "typed"
  readonly sense: TypedSense
}

type Tag = LexiconTag | OrderTag | TypedTag

export interface AllWords {
  readonly lexicon: readonly WordHit<LexiconTag>[]
  readonly orders: readonly WordHit<OrderTag>[]
  readonly typed: readonly WordHit<TypedTag>[]
}

export function allWordsIn(view: Scannable): AllWords {
  const known = memory.get(view)
  if (known !== undefined) return known
  const found = { lexicon: [] as WordHit<LexiconTag>[], orders: [] as WordHit<OrderTag>[], typed: [] as WordHit<TypedTag>[] }
  const hits: WordHit<Tag>[] = finder.find(view, MAX_WORDS)
  if (BEYOND_LATIN.test(view.text)) hits.push(...unboundedFinder.find(view, MAX_WORDS))
  for (const hit of hits) {
    const { tag } = hit
    if (tag.of === "orders") found.orders.push(hit as WordHit<OrderTag>)
    else if (tag.of === "typed") found.typed.push(hit as WordHit<TypedTag>)
    else found.lexicon.push(hit as WordHit<LexiconTag>)
  }
  memory.set(view, found)
  return found
}

/** "a, b|" to words; a trailing "|" asks for the end of the word there. */
function lexiconWords(lexicons: Readonly<Record<string, Lexicon>>): Word<LexiconTag>[] {
  return Object.entries(lexicons).flatMap(([language, lexicon]) =>
    (Object.entries(lexicon) as [WordKind, string][]).flatMap(([kind, list]) =>
      list.split(", ").map((entry) => {
        const whole = entry.endsWith("|")
        const text = whole ? entry.slice(0, -1) : entry
        return { tag: { of: "lexicon" as const, language, kind, english: ENGLISH.test(text) }, text, whole }
      }),
    ),
  )
}

/** "a, b*" to words; a trailing "*" takes any ending. */
function orderWords(lists: Readonly<Partial<Record<OrderSense, string>>>, isEnglish: boolean): Word<OrderTag>[] {
  return (Object.entries(lists) as [OrderSense, string][]).flatMap(([sense, list]) =>
    entriesOf(list).map(({ text, whole }) => ({ tag: { of: "orders" as const, sense, english: isEnglish }, text, whole })),
  )
}

function entriesOf(list: string): { readonly text: string; readonly whole: boolean }[] {
  return [...new Set(list.split(", "))].map((entry) => {
    const open = entry.endsWith("*")
    return { text: open ? entry.slice(0, -1) : entry, whole: !open && /[\p{L}\p{N}_]$/u.test(entry) }
  })
}

const BEYOND_LATIN = /[\u0370-\u1fff\u3040-\uffdc]/
const memory = new WeakMap<Scannable, AllWords>()
// Words beyond this belong to texts of megabytes.
const MAX_WORDS = 60_000
const ENGLISH =
  /^(?:previo|precedent|todo|anterior|finge|ignore|prompt|instruction|directive|restriction|limitation|original|initial|system|system prompt|order|anule|told|copier|liste|omite|regler|reset|commande|programming|all|imprime|visa)$/

const englishWords: ReadonlySet<string> = new Set(orderWords(english, true).map(({ text }) => text))

// Last, because it reads what stands above.
const finder = new WordFinder<Tag>(
  [
    ...lexiconWords(latin),
    ...lexiconWords(frameLatin),
    ...orderWords(english, true),
    // "delete" is Portuguese too, but nearly always English: there it has to stand as an order does.
    ...Object.values(spaced).flatMap((words) => orderWords(words, false).filter(({ text }) => !englishWords.has(text))),
    ...(Object.entries(typedWords) as [TypedSense, string][]).flatMap(([sense, list]) =>
      entriesOf(list).map(({ text, whole }) => ({ tag: { of: "typed" as const, sense }, text, whole })),
    ),
  ],
  true,
)
/** Scripts that write no spaces between words, or hang endings and articles on them. */
const unboundedFinder = new WordFinder<Tag>(
  [
    ...lexiconWords(scripts),
    ...lexiconWords(frameScripts),
    ...Object.values(unspaced).flatMap((words) => orderWords(words, false).map((word) => ({ ...word, whole: false }))),
  ],
  false,
)

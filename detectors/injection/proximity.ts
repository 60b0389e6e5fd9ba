// Words of the lexicon that stand close together, in either order: verbs come last in Japanese, Korean, Turkish, Hindi and often in German.
import { KeywordMatcher, lowBytes } from "../text/keyword-matcher.ts"
import type { View } from "../text/view.ts"
import { type Lexicon, latin, type WordKind } from "./lexicon.ts"
import { scripts } from "./lexicon-scripts.ts"
import type { Signal } from "./signal.ts"

/** Signals of every language at once, English excepted: its phrases are richer. */
export function foreignSignals(view: View): Signal[] {
  const hits = latinWords.find(view)
  if (BEYOND_LATIN.test(view.text)) hits.push(...scriptWords.find(view))
  if (hits.length === 0) return []
  const byLanguage = new Map<string, WordHit[]>()
  for (const hit of hits) {
    const list = byLanguage.get(hit.language)
    if (list === undefined) byLanguage.set(hit.language, [hit])
    else list.push(hit)
  }
  return [...byLanguage.values()].flatMap((list) => signalsOf(list, view.text))
}

interface WordHit {
  readonly language: string
  readonly kind: WordKind
  readonly start: number
  readonly end: number
  /** Spelled as in English, so that it says nothing about the language. */
  readonly english: boolean
}

function signalsOf(hits: readonly WordHit[], text: string): Signal[] {
  const of = (kind: WordKind): readonly WordHit[] => hits.filter((hit) => hit.kind === kind).slice(0, MAX_HITS)
  const told = of("told")
  const back = of("back")
  const prompts = of("prompt")
  const says = of("say")
  const signals: Signal[] = []
  for (const drop of of("drop")) {
    const object = nearest(drop, told, text)
    if (object === undefined) continue
    // "Ignore the typos and show all the rules": the rules belong to the second verb.
    if (says.some((say) => say.start >= drop.end && say.end <= object.start)) continue
    const start = Math.min(drop.start, object.start)
    const end = Math.max(drop.end, object.end)
    const backed = back.some((hit) => hit.start >= start - BACK_REACH && hit.end <= end + BACK_REACH && hit.start !== object.start)
    const near = back.find((hit) => !hit.english && hit.start >= start - BACK_REACH && hit.end <= end + BACK_REACH)
    if (drop.english && object.english && near === undefined) continue
    signals.push({ concept: "override", weight: backed ? 0.86 : 0.42, start, end })
  }
  for (const say of says) {
    const object = nearest(say, prompts, text)
    if (object === undefined || (say.english && object.english)) continue
    // A password is asked for on many honest days.
    const password = PASSWORDS.test(text.slice(object.start, object.end))
    signals.push({
      concept: "reveal",
      weight: password ? 0.4 : 0.76,
      start: Math.min(say.start, object.start),
      end: Math.max(say.end, object.end),
    })
  }
  for (const { start, end } of of("free")) signals.push({ concept: "no-limits", weight: 0.6, start, end })
  for (const { start, end } of of("play")) signals.push({ concept: "roleplay", weight: 0.2, start, end })
  for (const { start, end } of of("secret")) signals.push({ concept: "conceal", weight: 0.55, start, end })
  return signals
}

/** The closest of the others within reach that no sentence end parts from this one. */
function nearest(hit: WordHit, others: readonly WordHit[], text: string): WordHit | undefined {
  let best: WordHit | undefined
  let distance = REACH + 1
  for (const other of others) {
    const between = other.start >= hit.end ? [hit.end, other.start] : other.end <= hit.start ? [other.end, hit.start] : undefined
    if (between === undefined) continue
    const [from = 0, to = 0] = between
    if (to - from >= distance || SENTENCE_END.test(text.slice(from, to))) continue
    best = other
    distance = to - from
  }
  return best
}

interface Word {
  readonly language: string
  readonly kind: WordKind
  readonly text: string
  readonly whole: boolean
}

/** All words of some languages in one matcher; the matcher reads low bytes, so every hit is compared with the real characters. */
class WordFinder {
  readonly #words: readonly (readonly Word[])[]
  readonly #matcher: KeywordMatcher
  readonly #bounded: boolean

  constructor(lexicons: Readonly<Record<string, Lexicon>>, bounded: boolean) {
    const words = new Map<string, Word[]>()
    for (const [language, lexicon] of Object.entries(lexicons))
      for (const [kind, list] of Object.entries(lexicon) as [WordKind, string][])
        for (const entry of list.split(", ")) {
          const whole = entry.endsWith("|")
          const text = whole ? entry.slice(0, -1) : entry
          const key = Buffer.from(text, "latin1")
            .toString("latin1")
            .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
          const word: Word = { language, kind, text, whole }
          const known = words.get(key)
          if (known === undefined) words.set(key, [word])
          else known.push(word)
        }
    this.#words = [...words.values()]
    // The matcher takes low bytes itself: it is given one true spelling of each group.
    this.#matcher = new KeywordMatcher([...words.values()].map(([first]) => first?.text ?? " "))
    this.#bounded = bounded
  }

  find({ text, bytes }: View): WordHit[] {
    const hits: WordHit[] = []
    // The matcher folds the case of ASCII only.
    const lower = BEYOND_ASCII.test(text) ? text.toLowerCase() : text
    const folded = lower === text || lower.length !== text.length ? bytes : lowBytes(lower)
    this.#matcher.scan(folded, (keyword, start) => {
      if (hits.length >= MAX_WORDS || (this.#bounded && start > 0 && LETTER.test(text[start - 1] ?? ""))) return
      for (const word of this.#words[keyword] ?? []) {
        const end = start + word.text.length
        if (text.slice(start, end).toLowerCase() !== word.text) continue
        if (word.whole && LETTER.test(text[end] ?? "")) continue
        hits.push({ language: word.language, kind: word.kind, start, end, english: ENGLISH.test(word.text) })
      }
    })
    return hits
  }
}

const ENGLISH =
  /^(?:previo|precedent|todo|anterior|finge|ignore|prompt|instruction|directive|restriction|limitation|original|initial|system|system prompt|order|anule|told|copier|liste|omite|regler|reset|commande|programming|all|imprime|visa)$/
const BEYOND_ASCII = /[^\x00-\x7f]/
const BEYOND_LATIN = /[\u0370-\u1fff\u3040-\uffdc]/
const LETTER = /[\p{L}\p{N}_]/u
const SENTENCE_END = /[.!?。！？؟][\s"'」』]|\n\s*\n|[。！？]/
const PASSWORDS =
  /contraseña|mot de passe|passwor|senha|wachtwoord|hasło|parola|şifre|mật khẩu|sandi|lösenord|heslo|密码|密碼|口令|パスワード|비밀번호|암호|парол|كلمة|पासवर्ड|رمز|รหัส/i
const REACH = 60
const BACK_REACH = 24
const MAX_HITS = 64
const MAX_WORDS = 2_000

// Last, because it reads the constants above.
const latinWords = new WordFinder(latin, true)
const scriptWords = new WordFinder(scripts, false)

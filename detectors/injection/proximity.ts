// Words of the lexicon that stand close together, in either order: verbs come last in Japanese, Korean, Turkish, Hindi and often in German.
import type { View } from "../text/view.ts"
import { type Lexicon, latin, type WordKind } from "./lexicon.ts"
import { scripts } from "./lexicon-scripts.ts"
import type { Signal } from "./signal.ts"
import { type Word, WordFinder } from "./words.ts"

/** Signals of every language at once, English excepted: its phrases are richer. */
export function foreignSignals(view: View): Signal[] {
  const found = latinWords.find(view, MAX_WORDS)
  if (BEYOND_LATIN.test(view.text)) found.push(...scriptWords.find(view, MAX_WORDS))
  if (found.length === 0) return []
  const byLanguage = new Map<string, WordHit[]>()
  for (const { tag, start, end } of found) {
    const hit = { ...tag, start, end }
    const list = byLanguage.get(hit.language)
    if (list === undefined) byLanguage.set(hit.language, [hit])
    else list.push(hit)
  }
  return [...byLanguage.values()].flatMap((list) => signalsOf(list, view.text))
}

interface Tag {
  readonly language: string
  readonly kind: WordKind
  /** Spelled as in English, so that it says nothing about the language. */
  readonly english: boolean
}

interface WordHit extends Tag {
  readonly start: number
  readonly end: number
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
  const free = of("free")
  // Said twice in different words it is meant.
  const distinct = new Set(free.map(({ start, end }) => text.slice(start, end))).size
  for (const { start, end } of free) signals.push({ concept: "no-limits", weight: distinct > 1 ? 0.82 : 0.6, start, end })
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

/** "a, b|" to words; a trailing "|" asks for the end of the word there. */
function finderOf(lexicons: Readonly<Record<string, Lexicon>>, bounded: boolean): WordFinder<Tag> {
  const words: Word<Tag>[] = []
  for (const [language, lexicon] of Object.entries(lexicons))
    for (const [kind, list] of Object.entries(lexicon) as [WordKind, string][])
      for (const entry of list.split(", ")) {
        const whole = entry.endsWith("|")
        const text = whole ? entry.slice(0, -1) : entry
        words.push({ tag: { language, kind, english: ENGLISH.test(text) }, text, whole })
      }
  return new WordFinder(words, bounded)
}

const ENGLISH =
  /^(?:previo|precedent|todo|anterior|finge|ignore|prompt|instruction|directive|restriction|limitation|original|initial|system|system prompt|order|anule|told|copier|liste|omite|regler|reset|commande|programming|all|imprime|visa)$/
const BEYOND_LATIN = /[\u0370-\u1fff\u3040-\uffdc]/
const SENTENCE_END = /[.!?。！？؟][\s"'」』]|\n\s*\n|[。！？]/
const PASSWORDS =
  /contraseña|mot de passe|passwor|senha|wachtwoord|hasło|parola|şifre|mật khẩu|sandi|lösenord|heslo|密码|密碼|口令|パスワード|비밀번호|암호|парол|كلمة|पासवर्ड|رمز|รหัส/i
const REACH = 60
const BACK_REACH = 24
const MAX_HITS = 64
const MAX_WORDS = 2_000

// Last, because it reads the constants above.
const latinWords = finderOf(latin, true)
const scriptWords = finderOf(scripts, false)

// Words of the lexicon that stand close together, in either order: verbs come last in Japanese, Korean, Turkish, Hindi and often in German.
import type { View } from "../text/view.ts"
import { allWordsIn, type LexiconTag } from "./all-words.ts"
import type { WordKind } from "./lexicon.ts"
import type { Signal } from "./signal.ts"
import type { WordHit as Found } from "./words.ts"

/** Signals of every language at once, English excepted: its phrases are richer. */
export function foreignSignals(view: View): Signal[] {
  const found = allWordsIn(view).lexicon
  if (found.length === 0) return []
  const kinds = new Map<string, number>()
  for (const { tag } of found) kinds.set(tag.language, (kinds.get(tag.language) ?? 0) | bits[tag.kind])
  const byLanguage = new Map<string, WordHit[]>()
  for (const hit of found) {
    const { language } = hit.tag
    if (!saysSomething(kinds.get(language) ?? 0)) continue
    const list = byLanguage.get(language)
    if (list === undefined) byLanguage.set(language, [hit])
    else list.push(hit)
  }
  return [...byLanguage.values()].flatMap((list) => signalsOf(list, view.text))
}

/** Ordinary text holds words of most languages; only these pairs, or these words alone, can become a signal. */
function saysSomething(seen: number): boolean {
  const pair = (one: WordKind, other: WordKind): boolean => (seen & bits[one]) !== 0 && (seen & bits[other]) !== 0
  return pair("drop", "told") || pair("say", "prompt") || (seen & (bits.free | bits.play | bits.secret)) !== 0
}

type WordHit = Found<LexiconTag>

function signalsOf(hits: readonly WordHit[], text: string): Signal[] {
  const byKind = new Map<WordKind, WordHit[]>()
  for (const hit of hits) {
    const list = byKind.get(hit.tag.kind)
    if (list === undefined) byKind.set(hit.tag.kind, [hit])
    else if (list.length < MAX_HITS) list.push(hit)
  }
  const of = (kind: WordKind): readonly WordHit[] => byKind.get(kind) ?? []
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
    const near = back.find((hit) => !hit.tag.english && hit.start >= start - BACK_REACH && hit.end <= end + BACK_REACH)
    if (drop.tag.english && object.tag.english && near === undefined) continue
    // People take back what they themselves said: "olvida lo anterior, prefiero ir en mayo".
    const own = OWN_WORDS.test(text.slice(object.start, object.end))
    signals.push({ concept: "override", weight: own || isAnnounced(text, drop) ? 0.48 : backed ? 0.86 : 0.42, start, end })
  }
  for (const say of says) {
    const object = nearest(say, prompts, text)
    if (object === undefined || (say.tag.english && object.tag.english)) continue
    // "Was ist ein Systemprompt": a question about such things.
    if (INDEFINITE.test(text.slice(Math.min(say.end, object.end), Math.max(say.start, object.start)))) continue
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
  const apart = free.filter(
    ({ start, end }) => !free.some((other) => other.start <= start && other.end >= end && other.end - other.start > end - start),
  )
  const distinct = new Set(apart.map(({ start, end }) => text.slice(start, end).toLowerCase())).size
  for (const { start, end } of free) signals.push({ concept: "no-limits", weight: distinct > 1 ? 0.82 : 0.6, start, end })
  for (const { start, end } of of("play")) signals.push({ concept: "roleplay", weight: 0.2, start, end })
  for (const { start, end } of of("secret")) signals.push({ concept: "conceal", weight: 0.55, start, end })
  return signals
}

/** "The old rules are void": an announcement, unless it says whose. */
function isAnnounced(text: string, { start, end }: WordHit): boolean {
  return VOID.test(text.slice(start, end)) && !YOURS.test(text.slice(Math.max(0, start - 80), end + 80))
}

/** The closest of the others within reach that no sentence end parts from this one. */
function nearest(hit: WordHit, others: readonly WordHit[], text: string): WordHit | undefined {
  let best: WordHit | undefined
  let distance = (DENSE.test(text.slice(hit.start, hit.end)) ? DENSE_REACH : REACH) + 1
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

const bits: Readonly<Record<WordKind, number>> = { drop: 1, back: 2, told: 4, say: 8, prompt: 16, free: 32, play: 64, secret: 128 }
const SENTENCE_END = /[.!?。！？؟][\s"'」』]|\n\s*\n|[。！？]/
const OWN_WORDS =
  /^(?:lo anterior|las anteriores|ce qui précède|mensajes anteriores|gesagt|gesagte|eingabe|nachrichten|内容|対話|会話|내용|대화)$/i
const INDEFINITE = /(?:^|\s)(?:eine?n?|einer|un|une|uno|una|um|uma|een|o que é|для)\s{1,2}$/i
const VOID =
  /^(?:quedan|no valen|ya no valen|ist ungültig|sind ungültig|ungültig|gilt nicht|gelten nicht|außer kraft|sont|больше не|не действ|отмен|作废|作廢|失效|无效|無效|不再有效|不算|取り消し|無効|破棄|무효|취소|geçersiz|geçerli değil|hiçbiri)/i
const YOURS =
  /(?:^|[^\p{L}])(?:tus?|te|tes|ton|ta|dein\p{L}*|dir|dich|du|teus?|tuas?|você|tuoi|tue|твои\p{L}*|твой|тебе|тебя|ты|sana|senin|prompt\p{L}*)(?![\p{L}])|你|您|あなた|너|당신|네 |プロンプト|프롬프트|提示|指示|命令|指令|명령|지시/iu
const PASSWORDS =
  /contraseña|mot de passe|passwor|senha|wachtwoord|hasło|parola|şifre|mật khẩu|sandi|lösenord|heslo|密码|密碼|口令|パスワード|비밀번호|암호|парол|كلمة|पासवर्ड|رمز|รหัส/i
const REACH = 60
// Chinese, Japanese and Korean say in so many characters what others say in sixty.
const DENSE_REACH = 30
const DENSE = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/
const BACK_REACH = 24
const MAX_HITS = 64

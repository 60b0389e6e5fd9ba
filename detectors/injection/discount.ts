// What lowers a phrase's weight: somebody quotes it, asks about it, forbids it or tells of it; and what raises it: somebody hid it.
import { inCodeFence, inQuotation } from "../text/context.ts"
import type { View } from "../text/view.ts"
import type { Signal } from "./signal.ts"

/** Who quotes a phrase to explain it, forbids it or keeps it in a test does not mean it. */
export function discount({ start, end, concept }: Signal, text: string): number {
  const before = text.slice(Math.max(0, start - 16), start)
  if (
    concept === "forged" &&
    (/^[^\n]{0,24}?(?:\{|\$\{|%s)/.test(text.slice(end)) || ASKS_ABOUT_MARKS.test(text.slice(Math.max(0, start - 60), end + 60)))
  )
    return 0.35
  // A model's manual shows conversations between its marks for examples.
  if (concept === "forged" && text.lastIndexOf("<example", start) > text.lastIndexOf("</example", start)) return 0.35
  if (concept === "override" && ofCode(text, start, end)) return 0.4
  if ((concept === "override" || concept === "reveal") && THIRD_PERSON.test(text.slice(Math.max(0, start - 40), start))) return 0.5
  if (concept !== "conceal" && concept !== "no-refusal" && concept !== "no-limits" && NEGATED.test(before)) return 0.25
  if (concept === "override" && ASKED.test(sentenceBefore(text, start))) return 0.5
  if (concept === "conceal" && /^without/i.test(text.slice(start, end)) && FORBIDS.test(sentenceBefore(text, start))) return 0.2
  // The argument of a call in source code: a test's sample.
  if (/\w\(\s?["'`][^"'`\n]{0,4}$/.test(text.slice(Math.max(0, start - 8), start))) return 0.45
  if (SPEECH.test(text.slice(end, end + 160)) && inQuotation(text, start, end)) return 0.4
  if ((concept === "no-limits" || concept === "no-refusal") && OF_SIZE.test(text.slice(end, end + 16))) return 0.6
  if (REPORTED.test(text.slice(Math.max(0, start - 80), start))) return 0.45
  if (QUOTED_BY.test(text.slice(Math.max(0, start - 60), start)) && inQuotation(text, start, end)) return 0.45
  const talking =
    TALKS_ABOUT.test(text.slice(Math.max(0, start - TALK_REACH), start)) || TALKS_ABOUT.test(text.slice(end, end + TALK_REACH / 2))
  if (!talking) return 1
  return inQuotation(text, start, end) || inCodeFence(text, start) ? 0.35 : 0.6
}

/** Nobody writes an honest request in base64 or backwards. */
export function suspicion({ steps }: View): number {
  return steps.some((step) => hiding.has(step)) ? 1.15 : 1
}

const hiding: ReadonlySet<string> = new Set([
  "base64",
  "base32",
  "hex",
  "rot13",
  "reversed",
  "unicode-tags",
  "variation-selectors",
  "leet",
  "spaced",
])
/** A comment that tells what the code passes over: "// We ignore all unknown directives", "# ignore everything before the first _". */
function ofCode(text: string, start: number, end: number): boolean {
  const line = text.slice(Math.max(text.lastIndexOf("\n", start) + 1, start - 160), start)
  if (!COMMENT.test(line)) return false
  return SELF_TOLD.test(line) || !OF_A_MODEL.test(text.slice(start, end))
}
const COMMENT = /^\s{0,40}(?:\/\/|#|\*|\/\*|--|;)|\s(?:\/\/|#)\s/
const SELF_TOLD =
  /\b(?:we|it|this|that|which|they|code|parser|compiler)\s(?:(?:will|can|may|must|should|just|simply|then|also|now|always)\s){0,2}$/i
const OF_A_MODEL = /instruction|prompt|rule|command|order|told|said|guideline|guidance|polic|context|conversation|message/i
const NEGATED =
  /(?:\bnever|\bnot|n't|\bcannot|\bavoid|\bwithout|\brefuse to|\btries to|\battempts? to|\btrying to|\btries|\bunable to)\s{1,2}(?:\w{1,10}\s)?$/i
function sentenceBefore(text: string, start: number): string {
  return (
    text
      .slice(Math.max(0, start - 120), start)
      .split(/[.!?\n]/)
      .at(-1) ?? ""
  )
}

/** "My manager said to disregard the old guidelines": somebody else's order to somebody else. */
const REPORTED =
  /\b(?:manager|boss|teacher|doctor|colleague|professor|landlord|coach|lawyer|court|judge|parents?|mother|father|friend|wife|husband|kids?|son|daughter|company|client|customer|he|she|they|people|players?|employees|staff|students?|pupils?|film|movie|book|plot|novel)\b[^.!?\n]{0,40}\b(?:said|says|told|tells|asked|asks|wants?|wrote|decided|tends?|keeps?|in which|where|about)\b[^.!?\n]{0,40}$/i
const TALKS_ABOUT =
  /prompt[- ]injections?|jailbreak(?:ing|s)? (?:attempt|attack|technique|prompt|detect)|\battack(?:s|ers?|ing)?\b|adversar|malicious(?:ly)? (?:prompt|input|instruction|user|content)|\bred[- ]team|owasp|vulnerab|exploit|phishing|poisoned|\bdetect(?:s|ion|or|ing)?\b|guardrails? (?:for|in|against)|phrases? (?:like|such as)|\be\.g\.|for example|for instance|such as|known as|defen[cs]e|mitigat|sanitiz|security (?:research|team|guide|polic|consider)|test cases?|unit tests?|refuses?\b|our (?:bot|chatbot|assistant|model)|注入攻击|提示注入|プロンプトインジェクション|프롬프트 인젝션|инъекци|\bat(?:aque|acco|taque)\b|\bangriff|schadhaft|hameçonnage|\binyecci[óo]n|\binje[cç][ãa]o|por ejemplo|par exemple|por exemplo|ad esempio|zum beispiel|\bz\. ?b\.|например|атак[иау]|классификатор|clasificador|klassifikator|classifieur|例如|攻击|攻撃|例えば|たとえば|공격|예를 들/i
const TALK_REACH = 300
/** A token of a chat template that somebody asks about, or a template with a hole for it. */
const ASKS_ABOUT_MARKS =
  /\b(?:what (?:does|is|are|do)|how (?:do|does|should)|mean|escape|chatml|chat template|special tokens?|tokeni[sz]er)\b/i
/** "Employees must disregard": told of others. */
const THIRD_PERSON =
  /\b(?!(?:you|i|we|it|ai|assistants?|models?|agents?|bots?|llms?|chatgpt|gpt|claude)\b)[a-z]{3,20}\s(?:must|should|shall|may|can|will|tend to|often|sometimes|always|usually)\s(?:\w{1,10}\s)?$/i
const ASKED =
  /^\W{0,4}(?:how (?:do|can|would|should|could|to)|why (?:does|do|is|did|would)|what (?:does|do|happens)|is it|does|did|which|who)\b/i
const FORBIDS = /\b(?:never|not|don'?t|cannot|can'?t|nothing|avoid)\b/i
const OF_SIZE = /^ (?:on|about|regarding|in) (?!what|how|the (?:content|answers))/i
/** ..." said Ines. */
const SPEECH =
  /^[^"”\n]{0,140}["”],? (?:(?:he|she|they|i|the \w{2,14}|[A-Z]\w{1,14}) )?(?:said|says|whispered|asked|replied|shouted|cried|answered|told|wrote|muttered|added|begged|ordered)\b/
/** An e-mail that says "...", an article which writes "...". */
const QUOTED_BY =
  /\b(?:e-?mails?|messages?|articles?|posts?|tweets?|pages?|websites?|letters?|cvs?|comments?|signs?|songs?|books?|attackers?|phrases?|sentences?|quotes?|emails?|headlines?|titles?|lyrics)\b[^.!?\n]{0,30}\b(?:says?|said|reads?|writes?|wrote|called|contains?|with|titled|like|hide|hid|asking|asks?)\b[^.!?\n"'“]{0,20}["'“«][^"”»\n]{0,30}$/i

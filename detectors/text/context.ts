// What stands around a match: is it quoted, fenced, denied, or an example of something?

/** Inside a Markdown code fence: an odd number of fence lines stand before. Looks back a bounded way. */
export function inCodeFence(text: string, at: number): boolean {
  const from = Math.max(0, at - FENCE_REACH)
  const before = text.slice(from, at)
  let fences = 0
  for (const _ of before.matchAll(/(?:^|\n)[ \t]{0,8}(?:```|~~~)/g)) fences++
  return fences % 2 === 1
}

/** In `inline code`, "double quotes", “curly quotes” or a Markdown block quote, on its own line. */
export function inQuotation(text: string, start: number, end: number): boolean {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1
  const newline = text.indexOf("\n", end)
  const lineEnd = newline < 0 ? Math.min(text.length, end + QUOTE_REACH) : Math.min(newline, end + QUOTE_REACH)
  const before = text.slice(Math.max(lineStart, start - QUOTE_REACH), start)
  const after = text.slice(end, lineEnd)
  if (/^\s{0,8}>/.test(text.slice(lineStart, lineStart + 10))) return true
  return quotePairs.some(([open, close]) =>
    open === close
      ? count(before, open) % 2 === 1 && after.includes(close)
      : before.lastIndexOf(open) > before.lastIndexOf(close) && after.includes(close),
  )
}

/** The words just before deny or forbid what follows: "never", "do not", "how to detect", in the languages the rules speak. */
export function isNegated(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - NEGATION_REACH), start)
  const clause = before.slice(
    Math.max(before.lastIndexOf("."), before.lastIndexOf("\n"), before.lastIndexOf("!"), before.lastIndexOf("。")) + 1,
  )
  return NEGATION.test(clause)
}

/** Stands for a value without being one: what documentation, templates and tests write. */
export function isPlaceholder(value: string): boolean {
  if (PLACEHOLDER_SHAPE.test(value)) return true
  return (
    PLACEHOLDER_WORD.test(value) ||
    /^(.)\1+$/.test(value) ||
    /(.)\1{7,}/.test(value) ||
    /^(?:(?:0123|1234|2345|abcd|qwer)[0-9a-z]{0,40})$/i.test(value)
  )
}

/** The same for the random part of a credential whose shape is unmistakable: only what cannot be random is a sample. */
export function isSample(body: string): boolean {
  return SAMPLE_WORD.test(body) || /(.)\1{9,}/.test(body)
}

function count(text: string, wanted: string): number {
  let found = 0
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) found++
  return found
}

const quotePairs: readonly (readonly [string, string])[] = [
  ["`", "`"],
  ['"', '"'],
  ["“", "”"],
  ["«", "»"],
  ["「", "」"],
  ["『", "』"],
  ["‘", "’"],
]
const NEGATION =
  /\b(?:never|not|don'?t|do not|doesn'?t|must not|should not|shouldn'?t|cannot|can'?t|won'?t|avoid|refuse|without|detects?|prevents?|blocks?|such as|like|e\.g|nunca|jamais|niemals|nicht|não|никогда|не)\b[^.!?\n]{0,40}$|(?:不要|不得|切勿|请勿|禁止|绝不|不能|しない|ないで|하지|마세요)[^。！？\n]{0,20}$/i
// ${VAR}, {{var}}, <value>, $VAR, %VAR%, [value], a lookup in the environment or a secret store, secrets.X, ***, ..., xxxx
const PLACEHOLDER_SHAPE =
  /^(?:\$\{[^}]{0,80}\}?|\{\{?[^}]{0,80}\}?\}?|<[^>]{0,80}>?|\$\(?[A-Za-z_][\w.:-]{0,60}\)?|%[A-Z_a-z]\w{0,40}%|\[[^\]]{0,60}\]?|(?:process\.env|os\.environ|env|secrets|vars|config|settings|var|local|data)[.[(][^\n]{0,80}|[*•.xX#_-]{3,}|null|none|nil|undefined|true|false|n\/a)$/i
const PLACEHOLDER_WORD =
  /example|sample|placeholder|your[-_ ]?|\bmy[-_]|change[-_ ]?me|replace[-_ ]?(?:me|with|this)|insert[-_ ]?|redacted|masked|hidden|dummy|fake|mock|fixture|xxxx|foobar|lorem|todo|fixme|deadbeef|not[-_]?a?[-_]?real|abcdefgh|12345678|test[-_]?(?:key|token|secret|value|pass)/i
const SAMPLE_WORD =
  /example|placeholder|your[-_]|redacted|xxxxx|\*\*\*|\.\.\.|change[-_]?me|replace[-_]?me|insert[-_]|dummy|deadbeef|lorem|not[-_]?a[-_]?real|fake[-_]/i
const FENCE_REACH = 16_384
const QUOTE_REACH = 400
const NEGATION_REACH = 80

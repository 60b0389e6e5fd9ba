// Reads a text as a person would see it: compatibility forms and look-alikes become ASCII, accents on Latin letters and invisible characters go.
import { confusables } from "./confusables.ts"
import { type Decoded, rewrite } from "./decode/rewrite.ts"

/** Undefined when the text already reads so, or when only its punctuation would change. */
export function foldUnicode(text: string): Decoded | undefined {
  if (!PERHAPS_FOLDING.test(text) || !WORTH_FOLDING.test(text)) return undefined
  return rewrite(text, FOLDABLE, ([run]) => {
    let folded = ""
    for (const character of run) folded += foldCharacter(character)
    return folded === run ? undefined : folded
  })
}

/** Characters that take no room or paint nothing (UTS #39 and the fillers attackers add to it). */
export function isInvisible(code: number): boolean {
  if (code < 0xad) return false
  return (
    code === 0xad ||
    code === 0x034f ||
    code === 0x061c ||
    code === 0x115f ||
    code === 0x1160 ||
    code === 0x17b4 ||
    code === 0x17b5 ||
    (code >= 0x180b && code <= 0x180f) ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    code === 0x2800 ||
    code === 0x3164 ||
    (code >= 0xfe00 && code <= 0xfe0f) ||
    code === 0xfeff ||
    code === 0xffa0 ||
    (code >= 0xfff9 && code <= 0xfffb) ||
    (code >= 0x1d173 && code <= 0x1d17a) ||
    (code >= 0xe0000 && code <= 0xe0fff)
  )
}

function foldCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x80) return character
  const remembered = memory.get(character)
  if (remembered !== undefined) return remembered
  const folded = foldRare(character, code)
  if (memory.size < MAX_MEMORY) memory.set(character, folded)
  return folded
}

function foldRare(character: string, code: number): string {
  if (isInvisible(code) || isCombining(code)) return ""
  const known = confusables.get(character)
  if (known !== undefined) return known
  if (code >= 0x1f1e6 && code <= 0x1f1ff) return String.fromCharCode(0x61 + code - 0x1f1e6)
  if (code >= 0x1f150 && code <= 0x1f189) return String.fromCharCode(0x61 + ((code - 0x1f150) % 0x20))
  if (isLatin(code)) return character.normalize("NFKD").replace(/[\u0300-\u036f]/g, "")
  const compatible = character.normalize("NFKC")
  return compatible === character ? character : [...compatible].map((c) => confusables.get(c) ?? c).join("")
}

function isCombining(code: number): boolean {
  return (
    (code >= 0x0300 && code <= 0x036f) ||
    (code >= 0x1ab0 && code <= 0x1aff) ||
    (code >= 0x1dc0 && code <= 0x1dff) ||
    (code >= 0x20d0 && code <= 0x20ff)
  )
}

function isLatin(code: number): boolean {
  return (code >= 0xc0 && code <= 0x24f) || (code >= 0x1e00 && code <= 0x1eff)
}

const LETTERS_BELOW_10000 =
  "\\u00aa\\u00b2\\u00b3\\u00b9\\u00ba\\u00c0-\\u04ff\\u0500-\\u058f\\u115f\\u1160\\u13a0-\\u13ff\\u17b4\\u17b5\\u180b-\\u180f\\u1ab0-\\u1aff\\u1d00-\\u1eff" +
  "\\u202a-\\u202e\\u2060-\\u2094\\u20d0-\\u20ff\\u2100-\\u218f\\u2460-\\u24ff\\u2800\\u3164\\ua4d0-\\ua4ff\\ua720-\\ua7ff\\ufb00-\\ufb06\\uff10-\\uff19\\uff21-\\uff3a\\uff41-\\uff5a\\uffa0"
const LETTERS = `${LETTERS_BELOW_10000}\\u{1d400}-\\u{1d7ff}\\u{1f130}-\\u{1f189}\\u{1f1e6}-\\u{1f1ff}\\u{e0000}-\\u{e0fff}`
/** Letters and digits in disguise, and invisible characters inside words. Punctuation and emoji alone hide nothing. */
const WORTH_FOLDING = new RegExp(`[${LETTERS}]|(?<=\\w)[\\u00ad\\u034f\\u061c\\u200b-\\u200f\\ufe00-\\ufe0f\\ufeff](?=\\w)`, "u")
/** Unit by unit, without the place in the word: an expression that knows no surrogate pairs and looks at no neighbours runs several times faster. */
const PERHAPS_FOLDING = new RegExp(
  `[${LETTERS_BELOW_10000}\\u00ad\\u034f\\u061c\\u200b-\\u200f\\ufe00-\\ufe0f\\ufeff\\ud83c\\ud835\\udb40-\\udb43]`,
)
const FOLDABLE = new RegExp(
  `[${LETTERS}\\u00a0-\\u00ff\\u034f\\u061c\\u2000-\\u2bff\\u3000-\\u303f\\u30fb\\ufe00-\\ufe6f\\uff00-\\uffef]+`,
  "gu",
)
const memory = new Map<string, string>()
// There are fewer foldable characters than this; ideographs come through unchanged and are not worth remembering beyond it.
const MAX_MEMORY = 8_192

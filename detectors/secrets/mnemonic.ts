// Wallet seed phrases: 12, 15, 18, 21 or 24 short words after words that announce them. Without the announcement, any sentence could be one.

/** From the announcing words on. The words of a seed are three to eight letters. */
export const mnemonicPattern =
  /(?:mnemonic|seed|recovery|secret|backup)(?:[ _-]?(?:phrase|words|seed))?[^a-z\n]{0,3}(?:[^\n:=：]{0,24}[:=：])?["'`\s]{0,4}(?<secret>[a-z]{3,8}(?:[ ,]{1,2}[a-z]{3,8}){11,23})(?![a-z])/i
export const mnemonicKeywords: readonly string[] = [
  "mnemonic",
  "seed phrase",
  "seed words",
  "recovery phrase",
  "secret phrase",
  "secret recovery",
  "backup phrase",
]

export function isMnemonic(words: string): boolean {
  const list = words.split(/[ ,]+/)
  return (
    [12, 15, 18, 21, 24].includes(list.length) && !list.some((word) => NEVER_IN_A_SEED.has(word)) && new Set(list).size >= list.length - 3
  )
}

// Words prose cannot do without and the standard English list leaves out.
const NEVER_IN_A_SEED = new Set(
  "the and for are was were you your that this with from have has not but can will would should could they their there which what when then than into its it's our his her him she who whom been being these those such also may must each per via any all some".split(
    " ",
  ),
)

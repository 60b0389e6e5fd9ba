// Spellings that hide words from a reader of words: digits for letters, letters spaced out, the alphabet turned, the text backwards.
// Offered to text rules that ask for them; never applied to everything.
import type { Decoded } from "./decode/rewrite.ts"
import { rewrite } from "./decode/rewrite.ts"

/** "1gn0r3" reads "ignore": digits and marks inside words that also have letters. */
export function foldLeet(text: string): Decoded | undefined {
  return rewrite(text, /[A-Za-z0-9@$!|+]{3,40}/g, ([word]) => {
    if (!/[A-Za-z]/.test(word) || !/[0-9@$!|+]/.test(word.replace(/!+$/, ""))) return undefined
    const folded = word.replace(/[0-9@$!|+]/g, (c) => leet[c] ?? c)
    return folded === word ? undefined : folded
  })
}

/** "i g n o r e", "i-g-n-o-r-e", "i.g.n.o.r.e": single characters with one same separator; two separators are a space between words. */
export function joinSpacedLetters(text: string): Decoded | undefined {
  return rewrite(text, /(?<![\p{L}\p{N}])[\p{L}\p{N}](?:([ ._\-*|/])\1{0,3}[\p{L}\p{N}](?![\p{L}\p{N}])){4,400}/gu, ([run, separator]) => {
    if (separator === undefined) return undefined
    const words = run.split(new RegExp(`\\${separator}{2,4}`))
    return words.map((word) => word.replaceAll(separator, "")).join(" ")
  })
}

/** One unit for one unit, so every offset stays. */
export function rot13(text: string): string {
  if (!isNarrow(text)) return text.replace(/[A-Za-z]/g, (letter) => String.fromCharCode(ROT13[letter.charCodeAt(0)] as number))
  const bytes = Buffer.from(text, "latin1")
  for (let i = 0; i < bytes.length; i++) bytes[i] = ROT13[bytes[i] as number] as number
  return bytes.toString("latin1")
}

/** Backwards by UTF-16 unit: offset i of the result is offset `length - 1 - i` of the text. */
export function reversed(text: string): string {
  if (isNarrow(text)) return Buffer.from(text, "latin1").reverse().toString("latin1")
  const bytes = Buffer.from(text, "utf16le")
  return bytes.swap16().reverse().toString("utf16le")
}

/** All ASCII: one byte a unit. */
function isNarrow(text: string): boolean {
  return Buffer.byteLength(text) === text.length
}

const ROT13 = Uint8Array.from({ length: 256 }, (_, code) => {
  const base = code >= 0x41 && code <= 0x5a ? 0x41 : code >= 0x61 && code <= 0x7a ? 0x61 : -1
  return base < 0 ? code : ((code - base + 13) % 26) + base
})
const leet: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "2": "z",
  "3": "e",
  "4": "a",
  "5": "s",
  "6": "g",
  "7": "t",
  "8": "b",
  "9": "g",
  "@": "a",
  $: "s",
  "!": "i",
  "|": "l",
  "+": "t",
}

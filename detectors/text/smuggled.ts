// Messages hidden in characters that paint nothing: tag characters, variation selectors, zero-width bits.
import type { Decoded } from "./decode/rewrite.ts"
import type { Piece } from "./view.ts"

export interface Smuggled {
  readonly step: "unicode-tags" | "variation-selectors" | "zero-width"
  readonly decoded: Decoded
}

export function findSmuggled(text: string): Smuggled[] {
  const found: Smuggled[] = []
  // Every one of them is, or begins with, one of these units.
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: each character is meant alone
  if (!/[\u200b-\u200d\u2060-\u2064\ufe00-\ufe0f\ufeff\udb40]/.test(text)) return found
  const tags = collect(text, /(?<!\u{1f3f4})[\u{e0001}\u{e0020}-\u{e007f}]{2,}/gu, (run) =>
    [...run].map((c) => String.fromCharCode(((c.codePointAt(0) ?? 0) - 0xe0000) & 0x7f)).join(""),
  )
  if (tags !== undefined) found.push({ step: "unicode-tags", decoded: tags })
  const selectors = collect(text, /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]{4,}/gu, (run) => {
    const bytes = Buffer.from([...run].map((c) => selectorByte(c.codePointAt(0) ?? 0)))
    const decoded = bytes.toString("utf8")
    return decoded.includes("\ufffd") ? bytes.toString("latin1") : decoded
  })
  if (selectors !== undefined) found.push({ step: "variation-selectors", decoded: selectors })
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: each character is meant alone
  const bits = collect(text, /[\u200b\u200c\u200d\u2060\u2062\u2063\u2064\ufeff]{16,}/g, zeroWidthBits)
  if (bits !== undefined) found.push({ step: "zero-width", decoded: bits })
  return found
}

function selectorByte(code: number): number {
  return code <= 0xfe0f ? code - 0xfe00 : code - 0xe0100 + 16
}

/** Two kinds are the bits of bytes, in one order or the other; a third kind only separates. */
function zeroWidthBits(run: string): string {
  const kinds = [...new Set(run)].sort()
  const [zero, one] = kinds.length === 2 ? kinds : kinds.filter((kind) => kind !== "\u200d")
  for (const [low, high] of [
    [zero, one],
    [one, zero],
  ]) {
    const bits = [...run].flatMap((c) => (c === low ? ["0"] : c === high ? ["1"] : [])).join("")
    const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2)))
    if (bytes.length >= 2 && bytes.every((byte) => byte >= 0x20 && byte < 0x7f)) return bytes.toString("latin1")
  }
  return ""
}

function collect(text: string, pattern: RegExp, read: (run: string) => string): Decoded | undefined {
  const pieces: Piece[] = []
  let out = ""
  for (const match of text.matchAll(pattern)) {
    const value = read(match[0])
    if (value === "") continue
    pieces.push({ at: out.length, length: value.length, from: match.index, to: match.index + match[0].length })
    out += `${value}\n`
  }
  return pieces.length === 0 ? undefined : { text: out, origin: pieces }
}

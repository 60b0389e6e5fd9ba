// Decodings that replace pieces of a text in place: the rest stays, and every unit knows where it came from.
import type { Origin } from "../view.ts"

export interface Decoded {
  readonly text: string
  readonly origin: Origin
}

/** Replaces every match of `pattern` (flag `g`, linear) by what `decode` returns; undefined keeps the match. Undefined when nothing changed. */
export function rewrite(text: string, pattern: RegExp, decode: (match: RegExpExecArray) => string | undefined): Decoded | undefined {
  const parts: string[] = []
  const cuts: number[] = []
  let copied = 0
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    if (match[0].length === 0) {
      pattern.lastIndex++
      continue
    }
    const value = decode(match)
    if (value === undefined) continue
    parts.push(text.slice(copied, match.index), value)
    cuts.push(match.index, match.index + match[0].length)
    copied = match.index + match[0].length
  }
  if (parts.length === 0) return undefined
  parts.push(text.slice(copied))
  return { text: parts.join(""), origin: originsOf(parts, cuts, text.length) }
}

/** `parts` alternate kept and replaced; `cuts` are the start and end of every replaced span. */
function originsOf(parts: readonly string[], cuts: readonly number[], length: number): Int32Array {
  const total = parts.reduce((sum, part) => sum + part.length, 0)
  const origin = new Int32Array(total + 1)
  let at = 0
  let from = 0
  parts.forEach((part, index) => {
    if (index % 2 === 0) {
      for (let i = 0; i < part.length; i++) origin[at++] = from + i
      return
    }
    const start = cuts[index - 1] as number
    const end = cuts[index] as number
    for (let i = 0; i < part.length; i++) origin[at++] = start + Math.floor((i * (end - start)) / part.length)
    from = end
  })
  origin[total] = length
  return origin
}

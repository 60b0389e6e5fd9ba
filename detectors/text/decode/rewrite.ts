// Decodings that replace pieces of a text in place: the rest stays, and every unit knows where it came from.
import type { Origin } from "../view.ts"

export interface Decoded {
  readonly text: string
  readonly origin: Origin
}

/**
 * Replaces every match of `pattern` (flag `g`, linear) by what `decode` returns; undefined keeps the match. Undefined when nothing changed.
 * Only the surroundings of a change are kept: the rest has been read in the text it came from. So a reading costs what was hidden, not what was there.
 */
export function rewrite(text: string, pattern: RegExp, decode: (match: RegExpExecArray) => string | undefined): Decoded | undefined {
  const changes: Change[] = []
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    if (match[0].length === 0) {
      pattern.lastIndex++
      continue
    }
    const value = decode(match)
    if (value !== undefined) changes.push({ start: match.index, end: match.index + match[0].length, value })
  }
  return changes.length === 0 ? undefined : assemble(text, changes)
}

interface Change {
  readonly start: number
  readonly end: number
  readonly value: string
}

function assemble(text: string, changes: readonly Change[]): Decoded {
  const parts: string[] = []
  const origin: number[] = []
  const keep = (from: number, to: number) => {
    parts.push(text.slice(from, to))
    for (let at = from; at < to; at++) origin.push(at)
  }
  let copied = Math.max(0, (changes[0]?.start ?? 0) - SURROUNDINGS)
  for (const { start, end, value } of changes) {
    if (start - copied > 2 * SURROUNDINGS) {
      keep(copied, copied + SURROUNDINGS)
      parts.push("\n")
      origin.push(copied + SURROUNDINGS)
      keep(start - SURROUNDINGS, start)
    } else keep(copied, start)
    parts.push(value)
    for (let i = 0; i < value.length; i++) origin.push(start + Math.floor((i * (end - start)) / value.length))
    copied = end
  }
  const last = Math.min(text.length, copied + SURROUNDINGS)
  keep(copied, last)
  origin.push(last)
  return { text: parts.join(""), origin: Int32Array.from(origin) }
}

// What a rule may need to see on either side of a change: longer than nearly all credentials, and than any rule's context.
const SURROUNDINGS = 320

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
  /** Where each part came from; a kept part is as long as its source, a replaced one need not be. */
  const from: number[] = []
  const to: number[] = []
  const add = (part: string, start: number, end: number) => {
    if (part.length === 0) return
    parts.push(part)
    from.push(start)
    to.push(end)
  }
  let copied = Math.max(0, (changes[0]?.start ?? 0) - SURROUNDINGS)
  for (const { start, end, value } of changes) {
    if (start - copied > 2 * SURROUNDINGS) {
      add(text.slice(copied, copied + SURROUNDINGS), copied, copied + SURROUNDINGS)
      add("\n", copied + SURROUNDINGS, start - SURROUNDINGS)
      add(text.slice(start - SURROUNDINGS, start), start - SURROUNDINGS, start)
    } else add(text.slice(copied, start), copied, start)
    add(value, start, end)
    copied = end
  }
  const last = Math.min(text.length, copied + SURROUNDINGS)
  add(text.slice(copied, last), copied, last)
  const joined = parts.join("")
  return { text: joined, origin: originsOf(joined.length, { parts, from, to, last }) }
}

interface Sources {
  readonly parts: readonly string[]
  readonly from: readonly number[]
  readonly to: readonly number[]
  readonly last: number
}

function originsOf(length: number, { parts, from, to, last }: Sources): Int32Array {
  const origin = new Int32Array(length + 1)
  let at = 0
  for (let p = 0; p < parts.length; p++) {
    const size = (parts[p] as string).length
    const start = from[p] as number
    const span = (to[p] as number) - start
    if (span === size) for (let i = 0; i < size; i++) origin[at++] = start + i
    else for (let i = 0; i < size; i++) origin[at++] = start + Math.floor((i * span) / size)
  }
  origin[length] = last
  return origin
}

// What a rule may need to see on either side of a change: longer than nearly all credentials, and than any rule's context.
const SURROUNDINGS = 320

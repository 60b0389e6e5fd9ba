// The shape of a credential as a list of parts: fixed text, one of several texts, or characters of a set. One shape gives the pattern, its
// keywords, and (in tests) samples that no scanner can take from the source.

export interface CharacterSet {
  /** As inside a regular expression's brackets. */
  readonly set: string
  readonly least: number
  readonly most: number
}
export interface OneOf {
  readonly oneOf: readonly string[]
}
export type Part = string | OneOf | CharacterSet

const of =
  (set: string) =>
  (least: number, most = least): CharacterSet => ({ set, least, most })
/** Letters and digits. */
export const an = of("A-Za-z0-9")
export const hex = of("0-9a-f")
export const anyHex = of("0-9A-Fa-f")
export const b64 = of("A-Za-z0-9+/")
export const b64u = of("A-Za-z0-9_-")
export const dotted = of("A-Za-z0-9_.-")
export const upper = of("A-Z0-9")
export const lower = of("a-z0-9")
export const digits = of("0-9")
export const letters = of("A-Za-z")
export const b32 = of("A-Z2-7")
export const b32lower = of("a-z2-7")
export const oneOf = (...texts: string[]): OneOf => ({ oneOf: texts })
/** xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx */
export const uuid: readonly Part[] = [anyHex(8), "-", anyHex(4), "-", anyHex(4), "-", anyHex(4), "-", anyHex(12)]

export interface ShapePattern {
  readonly source: string
  readonly keywords: readonly string[]
  readonly back: number | readonly [number, number]
}

/** `anchor` names the fixed part the matcher looks for; else it is the longest one. */
export function patternOf(shape: readonly Part[], anchor?: string): ShapePattern {
  const at = anchor === undefined ? longestFixed(shape) : shape.findIndex((part) => textsOf(part).includes(anchor))
  const fixed = shape[at]
  if (fixed === undefined) throw new Error("a shape needs a fixed part of three characters or more")
  const before = shape.slice(0, at)
  const least = sum(before.map((part) => lengthsOf(part)[0]))
  const most = sum(before.map((part) => lengthsOf(part)[1]))
  return {
    source: `(?<![A-Za-z0-9])${shape.map(sourceOf).join("")}${boundaryAfter(shape.at(-1))}`,
    keywords: textsOf(fixed),
    back: least === most ? least : [least, most],
  }
}

export function textsOf(part: Part): readonly string[] {
  if (typeof part === "string") return [part]
  return "oneOf" in part ? part.oneOf : []
}

/** The part of a match that is random, for the test of randomness: the fixed texts taken out. */
export function bodyOf(shape: readonly Part[], secret: string): string {
  let body = secret
  for (const part of shape) {
    const text = textsOf(part).find((candidate) => body.includes(candidate))
    if (text !== undefined) body = body.replace(text, "")
  }
  return body
}

function sourceOf(part: Part): string {
  if (typeof part === "string") return escapeRegExp(part)
  if ("oneOf" in part) return `(?:${part.oneOf.map(escapeRegExp).join("|")})`
  return `[${part.set}]{${part.least}${part.most === part.least ? "" : `,${part.most}`}}`
}

/** A longer run of the same characters is something else; after a fixed end, a letter or digit is. */
function boundaryAfter(part: Part | undefined): string {
  if (part === undefined || typeof part === "string" || "oneOf" in part) return "(?![A-Za-z0-9])"
  return `(?![${part.set.replace(/[.+/]/g, "")}])`
}

function longestFixed(shape: readonly Part[]): number {
  let best = -1
  let longest = 2
  shape.forEach((part, index) => {
    const shortest = Math.min(...textsOf(part).map((text) => text.length), textsOf(part).length === 0 ? 0 : Number.POSITIVE_INFINITY)
    if (shortest > longest) {
      longest = shortest
      best = index
    }
  })
  return best
}

function lengthsOf(part: Part): readonly [number, number] {
  const texts = textsOf(part)
  if (texts.length > 0) return [Math.min(...texts.map((text) => text.length)), Math.max(...texts.map((text) => text.length))]
  const set = part as CharacterSet
  return [set.least, set.most]
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

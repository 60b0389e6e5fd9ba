// Credentials made when a test runs, from shapes and a fixed seed: no scanner can take this repository's files for leaked secrets.
import type { Sample, SecretRule } from "../../detectors/secrets/rule.ts"
import { type Part, textsOf } from "../../detectors/secrets/shape.ts"

export function sampleFrom(seed: number): Sample {
  let state = (seed * 2_654_435_761 + 12_345) >>> 0
  const next = (limit: number): number => {
    state = (state + 0x9e3779b9) >>> 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) % limit
  }
  const of = (set: string, length: number): string => {
    const characters = expand(set)
    let text = ""
    while (text.length < length) text += characters[next(characters.length)]
    // One key in a hundred has no digit; rules that ask for one may miss that, and samples should not depend on luck.
    return set.startsWith("A-Za-z0-9") && length >= 16 ? `${text.slice(0, -3)}a7K` : text
  }
  return {
    of,
    an: (length) => of("A-Za-z0-9", length),
    hex: (length) => of("0-9a-f", length),
    b64: (length) => of("A-Za-z0-9+/", length),
    uuid: () => `${of("0-9a-f", 8)}-${of("0-9a-f", 4)}-4${of("0-9a-f", 3)}-a${of("0-9a-f", 3)}-${of("0-9a-f", 12)}`,
  }
}

export function fromShape(shape: readonly Part[], sample: Sample): string {
  return shape
    .map((part) => {
      const texts = textsOf(part)
      if (texts.length > 0) return texts[0]
      const set = part as { set: string; least: number; most: number }
      return sample.of(set.set, set.most > set.least ? Math.min(set.most, set.least + 8) : set.least)
    })
    .join("")
}

/** Every sample of a rule: its own hits, and one of its shape. */
export function hitsOf(rule: SecretRule, seed: number): readonly string[] {
  const sample = sampleFrom(seed)
  if (rule.hits !== undefined) return rule.hits(sample)
  return rule.shape === undefined ? [] : [fromShape(rule.shape, sample)]
}

function expand(set: string): string {
  const plain = set.replace(/\\w/g, "A-Za-z0-9_").replace(/\\/g, "")
  let characters = ""
  for (let i = 0; i < plain.length; i++) {
    if (plain[i + 1] === "-" && i + 2 < plain.length) {
      for (let code = plain.charCodeAt(i); code <= plain.charCodeAt(i + 2); code++) characters += String.fromCharCode(code)
      i += 2
    } else characters += plain[i]
  }
  return characters
}

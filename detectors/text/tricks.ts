// Finds the ways a text hides from its reader. The presence of one is telling in itself, so each exempts its honest uses: emoji and flags,
// joiners in the scripts that need them, right-to-left text with balanced marks, terminal colours.
import { confusables } from "./confusables.ts"

export const trickKinds = [
  "unicode-tags",
  "variation-selectors",
  "zero-width",
  "bidi-override",
  "filler",
  "ansi-conceal",
  "homoglyphs",
  "combining-flood",
  "far-right-padding",
] as const
export type TrickKind = (typeof trickKinds)[number]

export interface Trick {
  readonly kind: TrickKind
  readonly start: number
  readonly end: number
  /** How many hidden characters or words there are of this kind. */
  readonly count: number
}

/** At most one of each kind, at its first place. */
export function findTricks(text: string): Trick[] {
  const found: Trick[] = []
  if (Buffer.byteLength(text) !== text.length) {
    for (const find of [tags, selectors, zeroWidth, bidi, fillers, homoglyphs, combining]) {
      const trick = find(text)
      if (trick !== undefined) found.push(trick)
    }
  }
  const terminal = ansi(text)
  if (terminal !== undefined) found.push(terminal)
  const padding = farRight(text)
  if (padding !== undefined) found.push(padding)
  return found
}

/** Tag characters outside a flag (U+1F3F4, tags, U+E007F). */
function tags(text: string): Trick | undefined {
  if (!text.includes("\udb40")) return undefined
  return summarise(
    "unicode-tags",
    text,
    /\u{1f3f4}[\u{e0061}-\u{e007a}\u{e0030}-\u{e0039}]{2,6}\u{e007f}|[\u{e0001}\u{e0020}-\u{e007f}]+/gu,
    (run) => (run.startsWith("\u{1f3f4}") ? 0 : run.length / 2),
  )
}

/** A base takes one selector; four in a row carry bytes. */
function selectors(text: string): Trick | undefined {
  if (!/[\ufe00-\ufe0f\udb40]/.test(text)) return undefined
  return summarise("variation-selectors", text, /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]{4,}/gu, (run) => [...run].length)
}

function zeroWidth(text: string): Trick | undefined {
  if (!/[\u200b-\u200d\u2060-\u2064\u180e\ufeff]/.test(text)) return undefined
  const runs = summarise("zero-width", text, /[\u200b-\u200d\u2060-\u2064\u180e\ufeff]{4,}/g, (run) => run.length)
  if (runs !== undefined) return runs
  // Inside Latin words no script needs them; two words hidden that way are no accident.
  const inside = summarise("zero-width", text, /(?<=[A-Za-z])[\u200b-\u200d\u2060-\u2064\ufeff]{1,3}(?=[A-Za-z])/g, () => 1)
  return inside !== undefined && inside.count >= 3 ? inside : undefined
}

/** Overrides have no honest use in text for a model; embeddings and isolates must be closed and sit around right-to-left letters. */
function bidi(text: string): Trick | undefined {
  if (!/[\u202a-\u202e\u2066-\u2069]/.test(text)) return undefined
  const override = summarise("bidi-override", text, /[\u202d\u202e]/g, () => 1)
  if (override !== undefined) return override
  const opened = text.match(/[\u202a\u202b\u2066-\u2068]/g)?.length ?? 0
  const closed = text.match(/[\u202c\u2069]/g)?.length ?? 0
  if (opened === closed && /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(text)) return undefined
  return opened !== closed ? summarise("bidi-override", text, /[\u202a-\u202c\u2066-\u2069]/g, () => 1) : undefined
}

function fillers(text: string): Trick | undefined {
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: each character is meant alone
  if (!/[\u00ad\u034f\u115f\u1160\u3164\uffa0\u2800]/.test(text)) return undefined
  const found = summarise(
    "filler",
    text,
    // biome-ignore lint/suspicious/noMisleadingCharacterClass: each character is meant alone
    /[\u115f\u1160\u3164\uffa0\u2800]{3,}|(?<=[A-Za-z])[\u00ad\u034f\u115f\u3164\u2800](?=[A-Za-z])/g,
    (run) => run.length,
  )
  return found !== undefined && found.count >= 3 ? found : undefined
}

/** Words that mix Latin letters with look-alikes of another script. A Greek letter beside Latin is mathematics until there are two. */
function homoglyphs(text: string): Trick | undefined {
  if (!/[\u0370-\u052f\u13a0-\u13ff\ua4d0-\ua4ff]/.test(text)) return undefined
  const found = summarise("homoglyphs", text, /[A-Za-z\u0370-\u052f\u13a0-\u13ff\ua4d0-\ua4ff]{4,64}/g, (word) => {
    const latin = word.match(/[A-Za-z]/g)?.length ?? 0
    const foreign = [...word].filter((c) => c > "\u036f")
    if (latin === 0 || foreign.length === 0 || !foreign.every((c) => confusables.has(c))) return 0
    const greek = foreign.every((c) => c >= "\u0370" && c <= "\u03ff")
    // "COVIDом", "SQLите": a Latin name with a Cyrillic ending is how Russian inflects it, in one change of script.
    const changes = word.match(/[A-Za-z](?=[^A-Za-z])|[^A-Za-z](?=[A-Za-z])/g)?.length ?? 0
    return (greek && foreign.length < 2) || (changes === 1 && foreign.length >= 2) ? 0 : 1
  })
  return found
}

function combining(text: string): Trick | undefined {
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: each character is meant alone
  return summarise("combining-flood", text, /[\u0300-\u036f\u0483-\u0489\u1dc0-\u1dff\u20d0-\u20ff]{5,}/g, (run) => run.length)
}

/** Concealed text, links with a hidden target, cursor movement and erasing. Colours and weights are what terminals are for. */
function ansi(text: string): Trick | undefined {
  if (!text.includes("\x1b") && !text.includes("\x9b")) return undefined
  return summarise(
    "ansi-conceal",
    text,
    /(?:\x1b\[|\x9b)(?:(?:[0-9]{1,3};){0,6}8m|[0-9;]{0,16}[ABCDEFGHJKSTf])|\x1b\]8;[^\x07\x1b]{0,64};[^\x07\x1b]{1,512}/g,
    () => 1,
  )
}

/** Text pushed out of sight by white space on its own line. */
function farRight(text: string): Trick | undefined {
  if (!text.includes(PADDING)) return undefined
  return summarise("far-right-padding", text, /(?<=\S)[ \t]{120,4000}(?=[^\s|#*/-][^\n]{15})/g, () => 1)
}

function summarise(kind: TrickKind, text: string, pattern: RegExp, weigh: (run: string) => number): Trick | undefined {
  let first: RegExpExecArray | undefined
  let count = 0
  for (const match of text.matchAll(pattern)) {
    const weight = weigh(match[0])
    if (weight === 0) continue
    first ??= match
    count += weight
  }
  return first === undefined ? undefined : { kind, start: first.index, end: first.index + first[0].length, count }
}

const PADDING = " ".repeat(120)

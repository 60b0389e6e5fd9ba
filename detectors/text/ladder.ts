// The decoding ladder: every reading of a text that an attacker could mean, within bounds.
//
// A rung takes one reading and makes others: escapes undone in place, Unicode folded, encoded pieces decoded. What comes out is read again.
// Bounds: MAX_DEPTH rungs, MAX_VIEWS readings, MAX_CHARACTERS decoded, and no reading twice. Reading 0 is always the text as it came.
import { type Budget, findBlobs } from "./decode/blobs.ts"
import { decodeBackslash, decodeHtml, decodePercent, decodeQuotedPrintable, stripAnsi, stripNuls } from "./decode/escapes.ts"
import type { Decoded } from "./decode/rewrite.ts"
import { foldUnicode } from "./fold.ts"
import { findSmuggled } from "./smuggled.ts"
import type { Survey } from "./survey.ts"
import { derivedView, rawView, type View } from "./view.ts"

export function unfold(text: string): readonly View[] {
  const views: View[] = [rawView(text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text)]
  const budget: Budget = { characters: MAX_CHARACTERS, guesses: MAX_GUESSES }
  let seen: Set<string> | undefined
  let from = 0
  for (let depth = 0; depth < MAX_DEPTH && from < views.length; depth++) {
    const rung = views.slice(from)
    from = views.length
    for (const view of rung) {
      for (const child of readings(view, budget)) {
        if (views.length >= MAX_VIEWS) return views
        seen ??= new Set(views.map((known) => known.text))
        if (child.text.length === 0 || seen.has(child.text)) continue
        seen.add(child.text)
        views.push(child)
      }
    }
  }
  return views
}

function readings(view: View, budget: Budget): View[] {
  const seen = view.survey
  const children = undoEscapes(view, seen, budget)
  if (seen.equals) pushDecoded(children, view, "quoted-printable", decodeQuotedPrintable(view.text), budget)
  if (seen.beyondAscii) {
    pushDecoded(children, view, "unicode", foldUnicode(view.text), budget)
    for (const { step, decoded } of findSmuggled(view.text)) pushDecoded(children, view, step, decoded, budget)
  }
  for (const blobs of findBlobs(view.text, seen, budget)) children.push(derivedView(view, blobs.steps, blobs))
  return children
}

/** All escapes that are there, undone one after the other; each stage is a reading, because the next may destroy what the last uncovered. */
function undoEscapes(view: View, seen: Survey, budget: Budget): View[] {
  const stages: View[] = []
  const apply = (wanted: boolean, step: string, decode: (text: string) => Decoded | undefined) => {
    const current = stages.at(-1) ?? view
    if (wanted) pushDecoded(stages, current, step, decode(current.text), budget)
  }
  apply(seen.nuls > 3 && seen.nuls * 4 > view.text.length, "utf-16", stripNuls)
  apply(seen.escape, "ansi", stripAnsi)
  apply(seen.percent, "url", decodePercent)
  apply(seen.ampersand, "html", decodeHtml)
  apply(seen.backslash, "escapes", decodeBackslash)
  return stages
}

function pushDecoded(children: View[], view: View, step: string, decoded: Decoded | undefined, budget: Budget): void {
  if (decoded === undefined || budget.characters <= 0) return
  budget.characters -= decoded.text.length
  children.push(derivedView(view, [step], decoded))
}

// Three encodings around each other cover what attacks use; the fourth catches an escape around them.
const MAX_DEPTH = 4
const MAX_VIEWS = 32
// Decoded in all for one text: the text itself may be a large file, its decodings need not grow with it beyond this.
const MAX_CHARACTERS = 4_194_304
const MAX_GUESSES = 4
// A text beyond this is cut: files of this size come in parts.
const MAX_TEXT = 16_777_216

// A text as the learned model reads it: words by their hash, without case and accents; numbers, identifiers, addresses and paths as classes; one
// token a character where a script writes no spaces. What stands between two tokens is kept as the kind of edge. Streaming: no allocation a token.

/** Classes of tokens whose spelling says nothing. */
export const NUMBER = 0x6e756d31
export const IDENTIFIER = 0x69643131
export const ADDRESS = 0x75726c31
export const MAILBOX = 0x6d61696c
export const PATH = 0x70617468

/** What stood before a token: nothing but a space, the end of a sentence, a colon, a quotation mark. */
export const NO_EDGE = 0
export const SENTENCE_EDGE = 1
export const COLON_EDGE = 2
export const QUOTE_EDGE = 3
const LINE_EDGE = 4

export class TokenReader {
  /** Hash of the whole word, or a class. */
  word = 0
  /** Hash of its first STEM letters. */
  stem = 0
  start = 0
  end = 0
  edge = SENTENCE_EDGE
  /** Every four letters in a row, with the ends of the word as letters: what survives endings, prefixes and slips of the finger. */
  readonly grams = new Int32Array(MOST_GRAMS)
  gramCount = 0
  readonly #text: string
  readonly #stop: number
  #at: number

  constructor(text: string, from = 0, to = text.length) {
    this.#text = text
    this.#at = from
    this.#stop = to
  }

  /** Moves to the next token; false at the end. */
  next(): boolean {
    const text = this.#text
    const stop = this.#stop
    let edge = this.end === 0 ? SENTENCE_EDGE : NO_EDGE
    for (let at = this.#at; at < stop; at++) {
      const code = text.charCodeAt(at)
      const kind = code < TABLE ? (kinds[code] as number) : kindOf(code)
      if (kind === SPACE) continue
      if (kind >= EDGES) {
        const found = kind - EDGES
        // "name/other" and "a-b" go on; a path begins where nothing stands before it.
        if (code === 0x2f || code === 0x7e || code === 0x2e) {
          const end = this.#pathEnd(at)
          if (end > 0) return this.#take(PATH, { at, end, edge })
        }
        if (found === LINE_EDGE ? edge === NO_EDGE : found !== NO_EDGE) edge = found
        continue
      }
      // A line that goes on in small letters was only wrapped.
      this.edge = edge !== LINE_EDGE ? edge : code >= 0x61 && code <= 0x7a ? NO_EDGE : SENTENCE_EDGE
      if (kind === GLYPH) return this.#glyph(code, at)
      return this.#wordAt(at)
    }
    this.#at = stop
    return false
  }

  #glyph(code: number, at: number): boolean {
    this.gramCount = 0
    this.word = this.stem = finish(Math.imul(SEED ^ code, PRIME))
    this.start = at
    this.#at = this.end = at + 1
    return true
  }

  #wordAt(start: number): boolean {
    const text = this.#text
    const stop = Math.min(this.#stop, start + LONGEST)
    let hash = SEED
    let stem = 0
    let letters = 0
    let digits = 0
    let gram = WORD_BEGINS
    let grams = 0
    let at = start
    for (; at < stop; at++) {
      const code = text.charCodeAt(at)
      const letter = code < TABLE ? (folded[code] as number) : foldedOf(code)
      if (letter === 0) {
        // "don't" is one word.
        if ((code === 0x27 || code === 0x2019) && letters > 0 && isLetter(text.charCodeAt(at + 1))) continue
        break
      }
      if (letter <= 0x39) digits++
      else letters++
      hash = Math.imul(hash ^ letter, PRIME)
      if (letters + digits === STEM) stem = hash
      gram = (gram << 8) | (letter & 0xff)
      if (letters + digits >= GRAM - 1) this.grams[grams++] = gram
    }
    this.start = start
    if (at < this.#stop && text.charCodeAt(at) === 0x3a && letters >= 4 && letters <= 5 && isAddress(text, start, at)) {
      return this.#take(ADDRESS, { at: start, end: this.#skip(at), edge: this.edge })
    }
    if (at < this.#stop && text.charCodeAt(at) === 0x2e && isLetter(text.charCodeAt(at + 1))) {
      const end = Math.min(this.#skip(at), start + LONGEST_HOST)
      if (HOST.test(text.slice(start, end)))
        return this.#take(text.slice(start, end).includes("@") ? MAILBOX : ADDRESS, { at: start, end, edge: this.edge })
    }
    if (at < this.#stop && text.charCodeAt(at) === 0x40 && isLetter(text.charCodeAt(at + 1)))
      return this.#take(MAILBOX, { at: start, end: this.#skip(at), edge: this.edge })
    if (digits > 0) {
      const kind = letters === 0 ? NUMBER : IDENTIFIER
      return this.#take(kind, { at: start, end: at, edge: this.edge })
    }
    if (letters >= GRAM - 2) this.grams[grams++] = (gram << 8) | WORD_ENDS
    this.gramCount = grams
    this.word = finish(hash)
    this.stem = stem === 0 ? this.word : finish(stem)
    this.#at = this.end = at
    return true
  }

  #take(word: number, { at, end, edge }: { readonly at: number; readonly end: number; readonly edge: number }): boolean {
    this.gramCount = 0
    this.word = this.stem = word
    this.start = at
    this.#at = this.end = end
    this.edge = edge
    return true
  }

  /** The first place from here on where an address or a path cannot go on. */
  #skip(from: number): number {
    let at = from
    for (; at < this.#stop; at++) {
      const code = this.#text.charCodeAt(at)
      if (
        code <= 0x20 ||
        code === 0x22 ||
        code === 0x27 ||
        code === 0x3c ||
        code === 0x3e ||
        code === 0x29 ||
        code === 0x60 ||
        code >= 0x2000
      )
        break
    }
    return at
  }

  /** "/etc/hosts", "~/x", "./x/y" where nothing stands before. */
  #pathEnd(at: number): number {
    const before = at === 0 ? 0x20 : this.#text.charCodeAt(at - 1)
    if (before > 0x20 && before !== 0x22 && before !== 0x27 && before !== 0x60 && before !== 0x28 && before !== 0x3d) return 0
    const code = this.#text.charCodeAt(at)
    const next = this.#text.charCodeAt(at + 1)
    if (code === 0x2f ? !isLetter(next) && next !== 0x2e : next !== 0x2f) return 0
    const end = this.#skip(at)
    return end - at >= 3 ? end : 0
  }
}

function isAddress(text: string, start: number, colon: number): boolean {
  if (text.charCodeAt(colon + 1) !== 0x2f || text.charCodeAt(colon + 2) !== 0x2f) return false
  return /^https?$/i.test(text.slice(start, colon))
}

/** Spreads the bits: a sum of words is looked up by its low ones. */
export function finish(hash: number): number {
  let mixed = hash ^ (hash >>> 15)
  mixed = Math.imul(mixed, 0x2c1b3c6d)
  mixed ^= mixed >>> 12
  return mixed | 0
}

function isLetter(code: number): boolean {
  return code < TABLE ? (folded[code] as number) > 0x39 : foldedOf(code) > 0
}

function kindOf(code: number): number {
  if (
    (code >= 0x3040 && code <= 0x30ff && code !== 0x30fb) ||
    (code >= 0x3400 && code <= 0x9fff) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xe00 && code <= 0xeff)
  )
    return GLYPH
  if (foldedOf(code) > 0) return LETTER
  if (code === 0x3000 || code === 0x2009 || code === 0x202f) return SPACE
  if ((code >= 0x2018 && code <= 0x201f) || (code >= 0x300c && code <= 0x300f)) return EDGES + QUOTE_EDGE
  if (code === 0xff1a) return EDGES + COLON_EDGE
  if (code === 0x3002 || code === 0xff01 || code === 0xff1f || code === 0x964 || code === 0x61f || code === 0x2022)
    return EDGES + SENTENCE_EDGE
  return EDGES + NO_EDGE
}

/** A letter beyond the table without its case; 0 for what is none. Glyphs are letters only to `kindOf`. */
function foldedOf(code: number): number {
  if (code >= 0x0370 && code < 0x0e00) {
    if (code >= 0x410 && code <= 0x42f) return code + 0x20
    if (code >= 0x400 && code <= 0x40f) return code + 0x50
    if (code >= 0x391 && code <= 0x3a9) return code + 0x20
    return code === 0x60c || code === 0x61b || code === 0x61f || code === 0x964 || code === 0x965 || code === 0x387 ? 0 : code
  }
  if (code >= 0x0f00 && code < 0x1e00) return code
  if (code >= 0x1e00 && code < 0x2000) return latinBase(code) ?? code
  if (code >= 0xff21 && code <= 0xff3a) return code - 0xff21 + 0x61
  if (code >= 0xff41 && code <= 0xff5a) return code - 0xff41 + 0x61
  return 0
}

function latinBase(code: number): number | undefined {
  const base = String.fromCharCode(code).normalize("NFKD").charCodeAt(0)
  return base < TABLE && base !== code ? (folded[base] as number) : undefined
}

/** A name of the net without its scheme. Its words are of one text only: a brand, a reserved domain in whoever wrote the training texts. */
const HOST =
  /^[\w.@-]{1,60}\.(?:com|net|org|io|co|ai|dev|app|info|biz|xyz|top|site|online|shop|cloud|link|me|tv|us|uk|de|fr|es|it|nl|ru|cn|jp|kr|br|in|eu|ch|at|ca|au|gov|edu|example|test|invalid|local|localhost|internal|lan)(?![\w.-]*\()\b/i
const LONGEST_HOST = 200
const TABLE = 0x250
const LETTER = 0
const SPACE = 1
const GLYPH = 2
const EDGES = 4
const SEED = 0x2f0b4f37
const PRIME = 0x01000193
const STEM = 5
// Four bytes fill a hash.
const GRAM = 4
const WORD_BEGINS = 0x5e
const WORD_ENDS = 0x24
// A run without any break that is longer than this is no word in any language.
const LONGEST = 48
/** Of one token. */
export const MOST_GRAMS = LONGEST + 1

/** Letters and digits without case and accent, 0 for the rest. */
const folded = Uint8Array.from({ length: TABLE }, (_, code) => {
  const character = String.fromCharCode(code)
  if (!/[\p{L}\p{N}]/u.test(character)) return 0
  const base = character.normalize("NFKD").toLowerCase().charCodeAt(0)
  return base < 0x80 ? base : 0x7b + (code % 5)
})
const kinds = Uint8Array.from({ length: TABLE }, (_, code) => {
  if ((folded[code] as number) > 0) return LETTER
  const character = String.fromCharCode(code)
  if (character === "\n") return EDGES + LINE_EDGE
  if (/[.!?;>|{}[\]*•¡¿]/.test(character)) return EDGES + SENTENCE_EDGE
  if (/\s/.test(character)) return SPACE
  if (character === ":" || character === "=") return EDGES + COLON_EDGE
  if (/["'`«»]/.test(character)) return EDGES + QUOTE_EDGE
  return EDGES + NO_EDGE
})

// One look at a text's bytes that says which decodings are worth trying, so that ordinary text pays for none of them.

export interface Survey {
  readonly percent: boolean
  readonly ampersand: boolean
  readonly backslash: boolean
  readonly equals: boolean
  readonly escape: boolean
  readonly nuls: number
  /** Bytes of the upper half, or low bytes of wider units: anything but plain ASCII. */
  readonly beyondAscii: boolean
  /** Starts and ends of runs of base64 characters at least MIN_RUN long. */
  readonly runs: readonly number[]
  /** The longest row of two-digit hex words, and of numbers of two or three digits, close to each other. */
  readonly hexRow: number
  readonly numberRow: number
  /** Starts and ends of long words (by white space) full of punctuation: what ASCII85 looks like. */
  readonly words: readonly number[]
}

export function survey(text: string, bytes: Uint8Array): Survey {
  const runs: number[] = []
  const words: number[] = []
  const hex = new Row(3)
  const numbers = new Row(8)
  let seen = 0
  let nuls = 0
  let start = 0
  let word = 0
  let breaks = 0
  const length = bytes.length
  for (let i = 0; i <= length; i++) {
    const flags = i < length ? (FLAGS[bytes[i] as number] as number) : SPACE
    if ((flags & TOKEN) !== 0) continue
    seen |= flags
    const run = i - start
    if (run >= MIN_RUN) runs.push(start, i)
    else if (run >= 2 && run <= 4) {
      const both = (FLAGS[bytes[start] as number] as number) & (FLAGS[bytes[start + 1] as number] as number)
      if ((both & HEX) !== 0 && run !== 3) hex.add(start, i)
      if ((both & DIGIT) !== 0 && run !== 4) numbers.add(start, i)
    }
    start = i + 1
    if ((flags & SPACE) === 0) {
      breaks++
      if ((flags & NUL) !== 0) nuls++
      continue
    }
    if (breaks >= 4 && i - word >= MIN_WORD) words.push(word, i)
    word = i + 1
    breaks = 0
  }
  return {
    percent: (seen & PERCENT) !== 0,
    ampersand: (seen & AMPERSAND) !== 0,
    backslash: (seen & BACKSLASH) !== 0,
    equals: (seen & EQUALS) !== 0,
    escape: (seen & ESCAPE) !== 0,
    nuls,
    beyondAscii: Buffer.byteLength(text) !== text.length,
    runs,
    hexRow: hex.longest,
    numberRow: numbers.longest,
    words,
  }
}

/** Counts words that follow each other within a gap. */
class Row {
  longest = 0
  #length = 0
  #end = -1
  readonly #gap: number

  constructor(gap: number) {
    this.#gap = gap
  }

  add(start: number, end: number): void {
    this.#length = this.#end >= 0 && start - this.#end <= this.#gap ? this.#length + 1 : 1
    this.#end = end
    if (this.#length > this.longest) this.longest = this.#length
  }
}

/** A credential of 12 characters is 16 in base64. */
export const MIN_RUN = 16

const TOKEN = 1
const PERCENT = 2
const AMPERSAND = 4
const BACKSLASH = 8
const EQUALS = 16
const ESCAPE = 32
const NUL = 64
const HEX = 128
const DIGIT = 256
const SPACE = 512
const MIN_WORD = 24
const FLAGS = buildFlags()

function buildFlags(): Uint16Array {
  const flags = new Uint16Array(256)
  const mark = (characters: string, flag: number) => {
    for (const character of characters) {
      const code = character.charCodeAt(0)
      flags[code] = (flags[code] as number) | flag
    }
  }
  mark("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-", TOKEN)
  mark("%", PERCENT)
  mark("&", AMPERSAND)
  mark("\\", BACKSLASH)
  mark("=", EQUALS)
  mark("\x1b\x9b", ESCAPE)
  mark("\0", NUL)
  mark("0123456789ABCDEFabcdefxX", HEX)
  mark("0123456789", DIGIT)
  mark(" \t\r\n", SPACE)
  return flags
}

// One way of reading a text: as it came, or after some decoding. Every offset leads back to the text as it came.
import { lowBytes } from "./keyword-matcher.ts"
import { type Survey, survey } from "./survey.ts"

export interface View {
  readonly text: string
  /** Low bytes of `text`, made on first use. */
  readonly bytes: Uint8Array
  /** The same, with 0x81 (nothing) for units that do not fit a byte: what is looked at for digits and letters. */
  readonly narrow: Uint8Array
  /** What the text is made of, looked up on first use. */
  readonly survey: Survey
  /** The decodings that led here, outermost first; empty for the text as it came. */
  readonly steps: readonly string[]
  /** The span of the original text that [start, end) of this one was read from. */
  locate(start: number, end: number): readonly [start: number, end: number]
}

/** A piece of a decoded text and where its parent holds it. Inside a piece the place is in proportion. */
export interface Piece {
  readonly at: number
  readonly length: number
  readonly from: number
  readonly to: number
}

/** How a decoded text lies in its parent: unit by unit (`length + 1` offsets), or by pieces in order. */
export type Origin = Int32Array | readonly Piece[]

export function rawView(text: string): View {
  return new TextView(text, [], (start, end) => [start, end])
}

export function derivedView(parent: View, step: readonly string[], decoded: { readonly text: string; readonly origin: Origin }): View {
  const { text, origin } = decoded
  return new TextView(text, [...parent.steps, ...step], (start, end) => {
    const [from, to] = origin instanceof Int32Array ? exact(origin, start, end) : byPieces(origin, start, end)
    return parent.locate(from, to)
  })
}

/** The whole of the parent, backwards: what begins a reversed text ends its parent. */
export function reversedView(parent: View, step: readonly string[], text: string): View {
  return new TextView(text, [...parent.steps, ...step], (start, end) => parent.locate(text.length - end, text.length - start))
}

class TextView implements View {
  readonly text: string
  readonly steps: readonly string[]
  readonly locate: View["locate"]
  #bytes: Uint8Array | undefined
  #survey: Survey | undefined
  #narrow: Uint8Array | undefined

  constructor(text: string, steps: readonly string[], locate: View["locate"]) {
    this.text = text
    this.steps = steps
    this.locate = locate
  }

  get bytes(): Uint8Array {
    this.#bytes ??= lowBytes(this.text)
    return this.#bytes
  }

  get survey(): Survey {
    this.#survey ??= survey(this.text, this.narrow)
    return this.#survey
  }

  get narrow(): Uint8Array {
    this.#narrow ??= narrowBytes(this.text, this.bytes)
    return this.#narrow
  }
}

function narrowBytes(text: string, bytes: Uint8Array): Uint8Array {
  if (Buffer.byteLength(text) === text.length) return bytes
  const narrow = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    narrow[i] = code > 0xff ? 0x81 : code
  }
  return narrow
}

function exact(origin: Int32Array, start: number, end: number): [number, number] {
  const last = origin.length - 1
  return [origin[Math.min(start, last)] ?? 0, origin[Math.min(Math.max(end, start), last)] ?? 0]
}

function byPieces(pieces: readonly Piece[], start: number, end: number): [number, number] {
  const first = pieceAt(pieces, start)
  const last = pieceAt(pieces, Math.max(start, end - 1))
  if (first === undefined || last === undefined) return [0, 0]
  const from = first.from + Math.floor(((start - first.at) * (first.to - first.from)) / Math.max(1, first.length))
  const to = last.from + Math.ceil(((end - last.at) * (last.to - last.from)) / Math.max(1, last.length))
  return [clamp(from, first.from, first.to), clamp(to, last.from, last.to)]
}

/** The last piece that begins at or before the offset. */
function pieceAt(pieces: readonly Piece[], offset: number): Piece | undefined {
  let low = 0
  let high = pieces.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((pieces[middle]?.at ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return pieces[low]
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most)
}

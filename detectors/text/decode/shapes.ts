// Which alphabets a run of letters and digits could be in, found out in one pass before any decoder tries.
import type { Survey } from "../survey.ts"

/** The shapes of all runs, found out once for the alphabets that ask. */
export function shapesOf(text: string, seen: Survey): Uint8Array {
  const known = shapeMemory.get(seen)
  if (known !== undefined) return known
  const { runs } = seen
  const shapes = Uint8Array.from({ length: runs.length >> 1 }, (_, i) => shapeOf(text, runs[2 * i] as number, runs[2 * i + 1] as number))
  shapeMemory.set(seen, shapes)
  return shapes
}

/** Which alphabets a run of text could be in, by one look at each character: what an expression for each would find out one by one. */
function shapeOf(text: string, start: number, end: number): number {
  let hex = 0
  let upper = 0
  let lower = 0
  let shape = BASE58_WHOLE
  for (let i = start; i < end; i++) {
    const kinds = KINDS[text.charCodeAt(i) & 0x7f] as number
    hex = (kinds & 1) === 0 ? 0 : hex + 1
    upper = (kinds & 2) === 0 ? 0 : upper + 1
    lower = (kinds & 4) === 0 ? 0 : lower + 1
    if (hex === 16) shape |= HEX_RUN
    if (upper === 16 || lower === 24) shape |= BASE32_RUN
    if ((kinds & 8) === 0) shape &= ~BASE58_WHOLE
  }
  return shape
}

const shapeMemory = new WeakMap<Survey, Uint8Array>()
export const HEX_RUN = 1
export const BASE32_RUN = 2
export const BASE58_WHOLE = 4
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code)
  return (
    (/[0-9A-Fa-f]/.test(character) ? 1 : 0) |
    (/[A-Z2-7]/.test(character) ? 2 : 0) |
    (/[a-z2-7]/.test(character) ? 4 : 0) |
    (/[1-9A-HJ-NP-Za-km-z]/.test(character) ? 8 : 0)
  )
})

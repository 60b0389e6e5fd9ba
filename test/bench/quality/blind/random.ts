// Made-up values for the blind sets, the same in every run: nothing that looks like a credential stands in a file.

export interface Random {
  readonly next: (limit: number) => number
  readonly pick: <T>(list: readonly T[]) => T
  readonly of: (characters: string, length: number) => string
  readonly an: (length: number) => string
  readonly hex: (length: number) => string
  readonly b64: (length: number) => string
  readonly url64: (length: number) => string
  readonly upper: (length: number) => string
  readonly digits: (length: number) => string
  readonly uuid: () => string
}

export function randomOf(seed: number): Random {
  let state = (seed * 747_796_405 + 2_891_336_453) >>> 0
  const next = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
  const of = (characters: string, length: number): string =>
    Array.from({ length }, () => characters[next(characters.length)] ?? "").join("")
  const hex = (length: number): string => of("0123456789abcdef", length)
  return {
    next,
    of,
    hex,
    pick: (list) => list[next(list.length)] as (typeof list)[number],
    an: (length) => of(LETTERS + UPPER + DIGITS, length),
    b64: (length) => of(`${LETTERS + UPPER + DIGITS}+/`, length),
    url64: (length) => of(`${LETTERS + UPPER + DIGITS}-_`, length),
    upper: (length) => of(UPPER + DIGITS, length),
    digits: (length) => of("123456789", 1) + of(DIGITS, length - 1),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${of("89ab", 1)}${hex(3)}-${hex(12)}`,
  }
}

export const LETTERS = "abcdefghijklmnopqrstuvwxyz"
export const UPPER = LETTERS.toUpperCase()
const DIGITS = "0123456789"

// Addresses as text, made only when something is reported.

export interface Endpoint {
  readonly ip: string
  readonly port: number
}

export function ipv4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`
}

/** RFC 5952: lower case, the longest run of two or more zero groups (the first of equals) as "::". */
export function ipv6(words: readonly number[]): string {
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff])
  let best = { from: -1, length: 1 }
  for (let from = 0; from < 8; from += 1) {
    let length = 0
    while (from + length < 8 && groups[from + length] === 0) length += 1
    if (length > best.length) best = { from, length }
  }
  const text = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(":")
  return best.from < 0 ? text(0, 8) : `${text(0, best.from)}::${text(best.from + best.length, 8)}`
}

// Whether bytes without a header could be raw deflate (RFC 1951), judged by the first block's own header. Noise fails here nine times in ten, and
// asking costs nothing beside a decompressor that is set up, fails and throws.

/** False only where every decompressor must fail. */
export function beginsDeflate(bytes: Uint8Array): boolean {
  const type = bitsAt(bytes, 1, 2)
  if (type === STORED) return bytes.length >= 5 && (bitsAt(bytes, 8, 16) ^ bitsAt(bytes, 24, 16)) === 0xffff
  if (type === FIXED) return true
  return type === DYNAMIC && beginsDynamic(bytes)
}

/** At most 286 lengths and 30 distances, and a code for them that is complete (§3.2.7): neither over-subscribed nor with gaps. */
function beginsDynamic(bytes: Uint8Array): boolean {
  if (bitsAt(bytes, 3, 5) > 29 || bitsAt(bytes, 8, 5) > 29) return false
  const lengths = bitsAt(bytes, 13, 4) + 4
  let used = 0
  for (let i = 0; i < lengths; i++) {
    const length = bitsAt(bytes, 17 + 3 * i, 3)
    if (length > 0) used += 128 >> length
  }
  return used === 128
}

/** Bits in deflate's order, the lowest first; zeros after the end. */
function bitsAt(bytes: Uint8Array, at: number, count: number): number {
  let value = 0
  for (let i = 0; i < count; i++) value |= (((bytes[(at + i) >> 3] ?? 0) >> ((at + i) & 7)) & 1) << i
  return value
}

const STORED = 0
const FIXED = 1
const DYNAMIC = 2

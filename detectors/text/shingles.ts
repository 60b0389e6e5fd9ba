// Fingerprints of a text's pieces: enough of them seen again elsewhere says that this text went there, and none of them gives it away.

/** Hashes of every `SHINGLE` characters, thinned so that about one in eight is kept wherever the text is cut (content-defined: hash mod 8 is 0). */
export function shingles(text: string, key: number): Uint32Array {
  const normal = text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "")
  const kept = new Set<number>()
  for (let i = 0; i + SHINGLE <= normal.length && kept.size < MAX_SHINGLES; i++) {
    const hash = hashAt(normal, i, key)
    if ((hash & 7) === 0) kept.add(hash)
  }
  return Uint32Array.from(kept)
}

/** How many of the wanted hashes the text has. */
export function countShared(text: string, key: number, wanted: ReadonlySet<number>): number {
  let shared = 0
  for (const hash of shingles(text, key)) if (wanted.has(hash)) shared++
  return shared
}

/** FNV-1a with the key mixed in and a final avalanche. Keyed, so that a stored set cannot be searched by guessing short texts offline. */
function hashAt(text: string, start: number, key: number): number {
  let hash = (0x811c9dc5 ^ key) >>> 0
  for (let i = start; i < start + SHINGLE; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x7feb352d)
  hash ^= hash >>> 15
  return hash >>> 0
}

/** Characters in one shingle: shorter ones are common phrases, longer ones miss reformatted data. */
export const SHINGLE = 12
const MAX_SHINGLES = 65_536

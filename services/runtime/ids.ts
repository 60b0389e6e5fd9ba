import { createHash } from "node:crypto"

/**
 * The same parts always give the same id, so a replay, a redelivered message and a retried insert never make a second row.
 * Parts are length-prefixed: ("ab", "c") and ("a", "bc") differ. 128 bits: no two among 10^12 rows collide by chance.
 */
export function deterministicId(...parts: readonly (string | number)[]): string {
  const hash = createHash("sha256")
  for (const part of parts) {
    const text = String(part)
    hash.update(`${Buffer.byteLength(text)}:`).update(text)
  }
  return hash.digest("hex").slice(0, ID_LENGTH)
}

const ID_LENGTH = 32

// Values known in advance, kept only as keyed fingerprints: planted canaries, and what a customer calls its own secrets. Their clear text is not
// in the configuration, in memory, or in a finding's reason.
//
// A rolling hash (one pass for each distinct length) proposes, an HMAC-SHA-256 confirms. The rolling hash is keyed too.
import { createHmac } from "node:crypto"

export interface Fingerprint {
  /** What a finding calls it, for example "canary: build server". */
  readonly label: string
  readonly kind: "canary" | "dictionary"
  /** In UTF-16 units, after lower-casing. */
  readonly length: number
  readonly rolling: number
  /** Lower-case hexadecimal HMAC-SHA-256 of the lower-cased value. */
  readonly digest: string
}

/** Made where the value is known (the command line, an import), so that only this need be stored. */
export function fingerprintOf(value: string, key: string, label: string, kind: Fingerprint["kind"]): Fingerprint {
  const folded = value.toLowerCase()
  return { label, kind, length: folded.length, rolling: rollingHash(folded, multiplierOf(key)), digest: digestOf(folded, key) }
}

export class ExactValues {
  readonly #key: string
  readonly #multiplier: number
  readonly #byLength: ReadonlyMap<number, ReadonlyMap<number, readonly Fingerprint[]>>

  constructor(key: string, fingerprints: readonly Fingerprint[]) {
    this.#key = key
    this.#multiplier = multiplierOf(key)
    const byLength = new Map<number, Map<number, Fingerprint[]>>()
    for (const print of fingerprints) {
      if (print.length < MIN_LENGTH || (byLength.size >= MAX_LENGTHS && !byLength.has(print.length))) continue
      const hashes = byLength.get(print.length) ?? new Map<number, Fingerprint[]>()
      byLength.set(print.length, hashes)
      hashes.set(print.rolling, [...(hashes.get(print.rolling) ?? []), print])
    }
    this.#byLength = byLength
  }

  get empty(): boolean {
    return this.#byLength.size === 0
  }

  find(text: string, found: (print: Fingerprint, start: number, end: number) => void): void {
    const folded = text.toLowerCase()
    if (folded.length !== text.length) return
    for (const [length, hashes] of this.#byLength) this.#roll(folded, length, hashes, found)
  }

  #roll(
    text: string,
    length: number,
    hashes: ReadonlyMap<number, readonly Fingerprint[]>,
    found: (print: Fingerprint, start: number, end: number) => void,
  ): void {
    if (text.length < length) return
    const multiplier = this.#multiplier
    let leading = 1
    for (let i = 1; i < length; i++) leading = Math.imul(leading, multiplier)
    let hash = rollingHash(text.slice(0, length), multiplier)
    for (let end = length; ; end++) {
      const candidates = hashes.get(hash)
      if (candidates !== undefined) {
        const digest = digestOf(text.slice(end - length, end), this.#key)
        for (const print of candidates) if (print.digest === digest) found(print, end - length, end)
      }
      if (end >= text.length) return
      hash = (Math.imul((hash - Math.imul(text.charCodeAt(end - length), leading)) | 0, multiplier) + text.charCodeAt(end)) | 0
    }
  }
}

function rollingHash(text: string, multiplier: number): number {
  let hash = 0
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, multiplier) + text.charCodeAt(i)) | 0
  return hash
}

/** Odd, so that it is invertible modulo 2^32. */
function multiplierOf(key: string): number {
  return createHmac("sha256", key).update("rolling").digest().readUInt32BE(0) | 1
}

function digestOf(text: string, key: string): string {
  return createHmac("sha256", key).update(text).digest("hex")
}

// Shorter values are words: they would match by chance.
const MIN_LENGTH = 6
// Each distinct length is a pass over the text.
const MAX_LENGTHS = 32

// Values known in advance, kept only as keyed fingerprints: planted canaries, and what a customer calls its own secrets. Their clear text is not
// in the configuration, in memory, or in a finding's reason.
//
// One pass whatever the number and the lengths of the values: a keyed rolling hash over the shortest length proposes by the head of a value, a keyed hash
// of the whole narrows, an HMAC-SHA-256 confirms.
import { createHmac } from "node:crypto"

export interface Fingerprint {
  /** What a finding calls it, for example "canary: build server". */
  readonly label: string
  readonly kind: "canary" | "dictionary"
  /** In UTF-16 units, after lower-casing. */
  readonly length: number
  /** Keyed hash of its first SHORTEST_VALUE units. */
  readonly head: number
  /** Keyed hash of all of it. */
  readonly whole: number
  /** Lower-case hexadecimal HMAC-SHA-256 of the lower-cased value. */
  readonly digest: string
}

/** Made where the value is known (the command line, an import), so that only this need be stored. */
export function fingerprintOf(value: string, key: string, label: string, kind: Fingerprint["kind"]): Fingerprint {
  const folded = fold(value)
  if (folded.length < SHORTEST_VALUE)
    throw new RangeError(`a value of ${folded.length} characters; shorter than ${SHORTEST_VALUE} would match by chance`)
  const multiplier = multiplierOf(key)
  return {
    label,
    kind,
    length: folded.length,
    head: hashOf(folded, multiplier, 0, SHORTEST_VALUE),
    whole: hashOf(folded, multiplier, 0, folded.length),
    digest: digestOf(folded, key),
  }
}

export class ExactValues {
  readonly #key: string
  readonly #multiplier: number
  readonly #byHead = new Map<number, Fingerprint[]>()

  constructor(key: string, fingerprints: readonly Fingerprint[]) {
    this.#key = key
    this.#multiplier = multiplierOf(key)
    for (const print of fingerprints) {
      const others = this.#byHead.get(print.head)
      if (others === undefined) this.#byHead.set(print.head, [print])
      else others.push(print)
    }
  }

  get empty(): boolean {
    return this.#byHead.size === 0
  }

  find(text: string, found: (print: Fingerprint, start: number, end: number) => void): void {
    const folded = fold(text)
    if (folded.length < SHORTEST_VALUE) return
    const multiplier = this.#multiplier
    let leading = 1
    for (let i = 1; i < SHORTEST_VALUE; i++) leading = Math.imul(leading, multiplier)
    let hash = hashOf(folded, multiplier, 0, SHORTEST_VALUE)
    const confirmed = new Map<string, string>()
    let left = MAX_CONFIRMED
    for (let end = SHORTEST_VALUE; ; end++) {
      const candidates = this.#byHead.get(hash)
      if (candidates !== undefined && left > 0) left -= this.#confirm({ folded, start: end - SHORTEST_VALUE, candidates, confirmed }, found)
      if (end >= folded.length) return
      hash = (Math.imul((hash - Math.imul(folded.charCodeAt(end - SHORTEST_VALUE), leading)) | 0, multiplier) + folded.charCodeAt(end)) | 0
    }
  }

  /** How many candidates were looked at: values with one head, repeated a million times, must not cost a million hashes each. */
  #confirm({ folded, start, candidates, confirmed }: Confirming, found: (print: Fingerprint, start: number, end: number) => void): number {
    let looked = 0
    const wholes = new Map<number, number>()
    for (const print of candidates) {
      const end = start + print.length
      if (end > folded.length) continue
      let whole = wholes.get(print.length)
      if (whole === undefined) {
        whole = hashOf(folded, this.#multiplier, start, end)
        wholes.set(print.length, whole)
        looked++
      }
      if (whole !== print.whole) continue
      const piece = folded.slice(start, end)
      const digest = confirmed.get(piece) ?? digestOf(piece, this.#key)
      confirmed.set(piece, digest)
      if (digest === print.digest) found(print, start, end)
    }
    return looked
  }
}

interface Confirming {
  readonly folded: string
  readonly start: number
  readonly candidates: readonly Fingerprint[]
  readonly confirmed: Map<string, string>
}

/** Lower case that keeps every offset: a letter whose lower case is longer (a Turkish I) stays, or one such letter would hide the whole text. */
function fold(text: string): string {
  const folded = text.toLowerCase()
  if (folded.length === text.length) return folded
  let out = ""
  for (const letter of text) {
    const lower = letter.toLowerCase()
    out += lower.length === letter.length ? lower : letter
  }
  return out
}

function hashOf(text: string, multiplier: number, from: number, to: number): number {
  let hash = 0
  for (let i = from; i < to; i++) hash = (Math.imul(hash, multiplier) + text.charCodeAt(i)) | 0
  return hash
}

/** Odd, so that it is invertible modulo 2^32. */
function multiplierOf(key: string): number {
  return createHmac("sha256", key).update("rolling").digest().readUInt32BE(0) | 1
}

function digestOf(text: string, key: string): string {
  return createHmac("sha256", key).update(text).digest("hex")
}

/** Shorter values are words: they would match by chance. */
export const SHORTEST_VALUE = 6
// A text of nothing but heads of known values.
const MAX_CONFIRMED = 20_000

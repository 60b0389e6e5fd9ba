// A linear model over words, their stems and their neighbours: a sum of weights says how much a stretch of text reads like words that steer a model.
// Weights are hashes with one signed byte for each kind of place (weights.ts, made by `npm run train:injection` from the project's own texts).
// A text is read once: sums over windows of two sizes are differences of one running sum, so the work is linear and nothing is kept of the text.
import { FeatureWindow } from "./features.ts"
import { TokenReader } from "./tokens.ts"
import { learned } from "./weights.ts"

/** Who speaks: what a person types, what came in as data, what defines a tool or a skill. */
export const groups = ["typed", "data", "definition"] as const
export type Group = (typeof groups)[number]

export interface Stretch {
  /** Log odds as the training texts had them; 0 is as likely as not among those, which says nothing about how common attacks are. */
  readonly score: number
  readonly start: number
  readonly end: number
}

/** The stretch of the text that scores highest; undefined for a text without words. */
export function strongestStretch(text: string, group: Group): Stretch | undefined {
  return table.strongest(text, group)
}

/** The words that weigh most in a stretch, heaviest first: why the model thinks so. */
export function heaviest(text: string, { start, end }: Stretch, group: Group): string[] {
  return table.heaviest(text.slice(start, end), group)
}

export interface Weights {
  /** Hashes of features, four bytes each, little endian, base64. */
  readonly keys: string
  /** A signed byte for each key and group, the bytes of a group together, base64. */
  readonly bytes: string
  /** What one unit of a byte is worth. */
  readonly scale: number
  readonly bias: Readonly<Record<Group, number>>
}

/** Exported for the training, which measures with what it is about to write. */
export class WeightTable {
  readonly #mask: number
  readonly #keys: Int32Array
  /** A bit for the high bits of every key: nine of ten features are unknown, and 32 kB stay in the processor's nearest cache. */
  readonly #filter = new Uint8Array(1 << 15)
  readonly #columns: Readonly<Record<Group, Int8Array>>
  readonly #weights: Weights
  /** Where each feature counted last: one of a kind counts once within REACH tokens, or a table of "no" would outweigh any sentence. */
  readonly #last: Int32Array
  #clock = 0

  constructor(weights: Weights) {
    const packed = Buffer.from(weights.keys, "base64")
    const bytes = Buffer.from(weights.bytes, "base64")
    const count = packed.length / 4
    const slots = 2 ** Math.ceil(Math.log2(Math.max(16, count * 2)))
    this.#weights = weights
    this.#mask = slots - 1
    this.#keys = new Int32Array(slots)
    this.#last = new Int32Array(slots)
    const columns = { typed: new Int8Array(slots), data: new Int8Array(slots), definition: new Int8Array(slots) }
    for (let i = 0; i < count; i++) {
      const key = packed.readInt32LE(i * 4)
      let slot = key & this.#mask
      while (this.#keys[slot] !== 0) slot = (slot + 1) & this.#mask
      this.#keys[slot] = key
      this.#filter[key >>> 17] = (this.#filter[key >>> 17] as number) | (1 << ((key >>> 14) & 7))
      groups.forEach((group, index) => {
        columns[group][slot] = bytes.readInt8(index * count + i)
      })
    }
    this.#columns = columns
  }

  strongest(text: string, group: Group): Stretch | undefined {
    const reader = new TokenReader(text)
    const features = new FeatureWindow()
    const column = this.#columns[group]
    const sums = new Float64Array(RING)
    const starts = new Int32Array(RING)
    const from = this.#begin(text.length)
    let best = Number.NEGATIVE_INFINITY
    let [start, end, sum, tokens] = [0, 0, 0, 0]
    const consider = (size: number): void => {
      const score = (sum - (sums[(tokens - size) & (RING - 1)] as number)) / lengthening(size)
      if (score <= best) return
      best = score
      start = starts[(tokens - size) & (RING - 1)] as number
      end = reader.end
    }
    while (reader.next()) {
      features.add(reader)
      starts[tokens & (RING - 1)] = reader.start
      sum += this.#worth(features, column, from + tokens)
      tokens++
      sums[tokens & (RING - 1)] = sum
      if (tokens % STRIDE === 0) for (const size of SIZES) if (tokens >= size) consider(size)
    }
    if (tokens === 0) return undefined
    for (const size of SIZES) consider(Math.min(size, tokens))
    this.#clock = from + tokens + REACH
    return { score: best * this.#weights.scale + this.#weights.bias[group], start, end }
  }

  heaviest(text: string, group: Group): string[] {
    const reader = new TokenReader(text)
    const features = new FeatureWindow()
    const spans: [start: number, end: number][] = []
    const found = new Map<string, number>()
    while (reader.next()) {
      features.add(reader)
      spans.push([reader.start, reader.end])
      const own = new Map<string, number>()
      for (let i = 0; i < features.count; i++) {
        const slot = this.#slotOf(features.hashes[i] as number)
        if (slot < 0) continue
        const name = nameOf(text, spans, features.reaches[i] as number)
        own.set(name, (own.get(name) ?? 0) + (this.#columns[group][slot] as number))
      }
      for (const [name, weight] of own) if (weight > (found.get(name) ?? 0)) found.set(name, weight)
    }
    return withoutParts([...found].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name)).slice(0, MAX_REASONS)
  }

  /** Positions of this text lie behind those of all earlier ones. */
  #begin(length: number): number {
    if (this.#clock + length + REACH > LATEST) {
      this.#last.fill(0)
      this.#clock = 0
    }
    if (this.#clock === 0) this.#clock = REACH
    return this.#clock
  }

  #worth(features: FeatureWindow, column: Int8Array, now: number): number {
    const { hashes, count } = features
    let sum = 0
    for (let i = 0; i < count; i++) {
      const slot = this.#slotOf(hashes[i] as number)
      if (slot < 0 || now - (this.#last[slot] as number) < REACH) continue
      this.#last[slot] = now
      sum += column[slot] as number
    }
    return sum
  }

  #slotOf(hash: number): number {
    if (((this.#filter[hash >>> 17] as number) & (1 << ((hash >>> 14) & 7))) === 0) return -1
    const keys = this.#keys
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const key = keys[slot]
      if (key === hash) return hash === 0 ? -1 : slot
      if (key === 0) return -1
    }
  }
}

/** A longer stretch gathers more by chance: its sum counts less. */
export function lengthening(tokens: number): number {
  return Math.sqrt(Math.max(FEWEST, tokens))
}

function nameOf(text: string, spans: readonly (readonly [number, number])[], reach: number): string {
  const [start, end] = spans.at(-1) ?? [0, 0]
  const [from, to] = spans.at(-1 - Math.abs(reach)) ?? [start, end]
  return (reach < 0 ? `${text.slice(from, to)} … ${text.slice(start, end)}` : text.slice(from, end)).replace(/\s+/g, " ").toLowerCase()
}

/** "ignore" says nothing more beside "ignore what". */
function withoutParts(names: readonly string[]): string[] {
  return names.filter((name, index) => !names.slice(0, index).some((heavier) => heavier.includes(name)))
}

/** Tokens of a window: a sentence or two, and a paragraph. */
export const SIZES = [40, 120] as const
export const STRIDE = 8
export const REACH = 120
const FEWEST = 24
// The next power of two above the longest window.
const RING = 128
const LATEST = 2 ** 30
const MAX_REASONS = 5

const table = new WeightTable(learned)

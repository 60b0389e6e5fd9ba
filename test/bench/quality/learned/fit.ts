// Logistic regression by AdaGrad, seeded. A long text is judged by its strongest window, as the model will judge it: of an attack that is the window to
// learn from, of an honest text the mistake to unlearn. Weights are one shared vector and a smaller one for each kind of place.
import { FeatureWindow } from "../../../../detectors/injection/learned/features.ts"
import { type Group, groups, lengthening, REACH, SIZES, STRIDE, type Weights } from "../../../../detectors/injection/learned/model.ts"
import { TokenReader } from "../../../../detectors/injection/learned/tokens.ts"
import type { Example } from "./texts.ts"

/** Features of a text, token by token: those of token i are features[offsets[i]] to features[offsets[i + 1]]. */
interface Read {
  readonly example: Example
  readonly tokens: number
  readonly offsets: Int32Array
  readonly features: Int32Array
}

export function fitWeights(examples: readonly Example[]): Weights {
  const known = vocabularyOf(examples)
  const texts = examples.map((example) => read(example, known))
  const model = new Fitting(known.size, examples)
  for (let epoch = 0; epoch < EPOCHS; epoch++) for (const index of model.order(texts.length)) model.learn(texts[index] as Read, epoch === 0)
  return pack(known, model)
}

class Fitting {
  readonly shared: Float64Array
  readonly own: readonly Float64Array[]
  readonly bias = new Float64Array(groups.length)
  readonly #steps: readonly Float64Array[]
  readonly #biasSteps = new Float64Array(groups.length).fill(FIRST_STEP)
  readonly #attackWeight: number
  readonly #benignWeight: number
  readonly #random = randomFrom(SEED)
  readonly #sums = new Float64Array(MAX_TOKENS + 1)
  readonly #values = new Map<number, number>()

  constructor(size: number, examples: readonly Example[]) {
    const attacks = examples.filter(({ attack }) => attack).length
    this.#attackWeight = examples.length / (2 * Math.max(1, attacks))
    this.#benignWeight = examples.length / (2 * Math.max(1, examples.length - attacks))
    this.shared = new Float64Array(size)
    this.own = groups.map(() => new Float64Array(size))
    this.#steps = [0, ...groups].map(() => new Float64Array(size).fill(FIRST_STEP))
  }

  order(count: number): number[] {
    const order = Array.from({ length: count }, (_, index) => index)
    for (let i = count - 1; i > 0; i--) {
      const j = Math.floor(this.#random() * (i + 1))
      ;[order[i], order[j]] = [order[j] as number, order[i] as number]
    }
    return order
  }

  learn(text: Read, whole: boolean): void {
    const { attack, group } = text.example
    const place = groups.indexOf(group)
    const own = this.own[place] as Float64Array
    const [from, to] = whole ? [0, text.tokens] : this.#strongest(text, own)
    const values = this.#values
    values.clear()
    const unit = 1 / lengthening(to - from)
    for (let k = text.offsets[from] as number; k < (text.offsets[to] as number); k++) {
      const feature = text.features[k] as number
      values.set(feature, (values.get(feature) ?? 0) + unit)
    }
    let sum = this.bias[place] as number
    for (const [feature, value] of values) sum += value * ((this.shared[feature] as number) + (own[feature] as number))
    const miss = (1 / (1 + Math.exp(-sum)) - Number(attack)) * (attack ? this.#attackWeight : this.#benignWeight)
    for (const [feature, value] of values) {
      step(this.shared, this.#steps[0] as Float64Array, { feature, slope: miss * value, decay: DECAY, rate: RATE })
      step(own, this.#steps[place + 1] as Float64Array, { feature, slope: miss * value, decay: 3 * DECAY, rate: RATE / 2 })
    }
    step(this.bias, this.#biasSteps, { feature: place, slope: miss, decay: 0, rate: RATE })
  }

  #strongest({ tokens, offsets, features }: Read, own: Float64Array): readonly [number, number] {
    const sums = this.#sums
    for (let i = 0; i < tokens; i++) {
      let sum = sums[i] as number
      for (let k = offsets[i] as number; k < (offsets[i + 1] as number); k++) {
        const feature = features[k] as number
        sum += (this.shared[feature] as number) + (own[feature] as number)
      }
      sums[i + 1] = sum
    }
    let best: readonly [number, number] = [0, tokens]
    let most = Number.NEGATIVE_INFINITY
    for (const [from, to] of windowsOf(tokens)) {
      const score = ((sums[to] as number) - (sums[from] as number)) / lengthening(to - from)
      if (score > most) [most, best] = [score, [from, to]]
    }
    return best
  }
}

interface Step {
  readonly feature: number
  readonly slope: number
  readonly decay: number
  readonly rate: number
}

function step(weights: Float64Array, steps: Float64Array, { feature, slope, decay, rate }: Step): void {
  const change = slope + decay * (weights[feature] as number)
  steps[feature] = (steps[feature] as number) + change * change
  weights[feature] = (weights[feature] as number) - (rate * change) / Math.sqrt(steps[feature] as number)
}

/** The windows that the model looks at in a text of so many tokens. */
function windowsOf(tokens: number): [number, number][] {
  const windows: [number, number][] = []
  for (const size of SIZES) {
    for (let end = Math.ceil(size / STRIDE) * STRIDE; end < tokens; end += STRIDE) windows.push([end - size, end])
    windows.push([Math.max(0, tokens - size), tokens])
  }
  return windows
}

/** Features that stand in LEAST_TEXTS texts or more: what stood once is learned by heart. */
function vocabularyOf(examples: readonly Example[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const { text } of examples) {
    const features = new FeatureWindow()
    const seen = new Set<number>()
    for (const reader = new TokenReader(text); reader.next(); ) {
      features.add(reader)
      for (let i = 0; i < features.count; i++) seen.add(features.hashes[i] as number)
    }
    for (const feature of seen) counts.set(feature, (counts.get(feature) ?? 0) + 1)
  }
  const known = new Map<number, number>()
  for (const [feature, count] of counts) if (count >= LEAST_TEXTS && feature !== 0) known.set(feature, known.size)
  return known
}

function read(example: Example, known: ReadonlyMap<number, number>): Read {
  const features = new FeatureWindow()
  const reader = new TokenReader(example.text)
  const last = new Map<number, number>()
  const offsets = [0]
  const found: number[] = []
  for (let token = 0; token < MAX_TOKENS && reader.next(); token++) {
    features.add(reader)
    for (let i = 0; i < features.count; i++) {
      const feature = known.get(features.hashes[i] as number)
      if (feature === undefined || token - (last.get(feature) ?? -REACH) < REACH) continue
      last.set(feature, token)
      found.push(feature)
    }
    offsets.push(found.length)
  }
  return { example, tokens: offsets.length - 1, offsets: Int32Array.from(offsets), features: Int32Array.from(found) }
}

/** The heaviest features, a byte each. */
function pack(known: ReadonlyMap<number, number>, model: Fitting): Weights {
  const worth = (index: number, group: number): number => (model.shared[index] as number) + (model.own[group]?.[index] as number)
  const heaviest = [...known]
    .map(([key, index]) => ({ key, index, weight: Math.max(...groups.map((_, group) => Math.abs(worth(index, group)))) }))
    .sort((a, b) => b.weight - a.weight || a.key - b.key)
    .slice(0, MOST_FEATURES)
  // The few heaviest are cut to a byte's reach, so that the many light ones keep their steps.
  const scale = (heaviest[Math.floor(heaviest.length / 200)]?.weight ?? 1) / 127
  const kept = heaviest.filter(({ weight }) => weight >= scale / 2).sort((a, b) => a.key - b.key)
  const keys = Buffer.alloc(kept.length * 4)
  const bytes = Buffer.alloc(kept.length * groups.length)
  kept.forEach(({ key, index }, i) => {
    keys.writeInt32LE(key, i * 4)
    groups.forEach((_, group) => {
      bytes.writeInt8(Math.max(-127, Math.min(127, Math.round(worth(index, group) / scale))), group * kept.length + i)
    })
  })
  const bias = Object.fromEntries(groups.map((group, index) => [group, model.bias[index]])) as Record<Group, number>
  return { keys: keys.toString("base64"), bytes: bytes.toString("base64"), scale, bias }
}

/** Uniform numbers of [0, 1), the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
}

const EPOCHS = 10
const RATE = 0.1
const DECAY = 1e-4
const FIRST_STEP = 1e-3
const SEED = 20
const LEAST_TEXTS = 4
// Seven bytes each, in base64: below 300 kB.
const MOST_FEATURES = 30_000
const MAX_TOKENS = 20_000

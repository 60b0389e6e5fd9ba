// What the learned model looks at, token by token: the word, its stem, and what stands before it. Each feature is a 32-bit hash.
import { finish, MOST_GRAMS, NO_EDGE, type TokenReader } from "./tokens.ts"

/** The features of the newest token, given those before it. */
export class FeatureWindow {
  readonly hashes = new Int32Array(MAX_FEATURES)
  /** How many tokens back each feature begins; negative when those between do not matter. */
  readonly reaches = new Int8Array(MAX_FEATURES)
  count = 0
  // Stems before the newest one, with edges among them.
  #one = EDGE_BASE
  #two = EDGE_BASE
  // Stems of the sentence, without edges: 0 where it has none yet.
  #skipOne = 0
  #skipTwo = 0
  #skipThree = 0

  add(token: TokenReader): void {
    const { word, stem, edge } = token
    if (edge !== NO_EDGE) {
      this.#two = this.#one
      this.#one = EDGE_BASE + edge
      this.#skipOne = this.#skipTwo = this.#skipThree = 0
    }
    this.count = 0
    this.#push(word, 0)
    if (stem !== word) this.#push(finish(stem ^ STEM_SALT), 0)
    const pair = Math.imul(this.#one ^ PAIR_SALT, FACTOR) ^ stem
    this.#push(finish(pair), this.#skipOne === 0 ? 0 : 1)
    this.#push(finish(Math.imul(pair ^ Math.imul(this.#two, FACTOR_2), FACTOR)), this.#skipOne === 0 ? 0 : this.#skipTwo === 0 ? 1 : 2)
    if (this.#skipTwo !== 0) this.#push(finish(Math.imul(this.#skipTwo ^ SKIP_SALT, FACTOR) ^ stem), -2)
    if (this.#skipThree !== 0) this.#push(finish(Math.imul(this.#skipThree ^ SKIP_SALT, FACTOR) ^ stem), -3)
    for (let i = 0; i < token.gramCount; i++) this.#push(finish((token.grams[i] as number) ^ GRAM_SALT), 0)
    this.#two = this.#one
    this.#one = stem
    this.#skipThree = this.#skipTwo
    this.#skipTwo = this.#skipOne
    this.#skipOne = stem
  }

  #push(hash: number, reach: number): void {
    this.hashes[this.count] = hash
    this.reaches[this.count] = reach
    this.count++
  }
}

const MAX_FEATURES = 6 + MOST_GRAMS
const EDGE_BASE = 0x65646765
const STEM_SALT = 0x7374656d
const PAIR_SALT = 0x70616972
const GRAM_SALT = 0x6772616d
const SKIP_SALT = 0x736b6970
const FACTOR = 0x27d4eb2f
const FACTOR_2 = 0x165667b1

// Model traffic that nobody gave keys for. An answer written token by token is a long row of small records a few hundredths of a second apart, of
// like but not equal sizes, after an upload (the whole conversation) and while the client is silent; the next upload is larger. Downloads come in
// full records without pauses, keep-alives at equal size and long intervals, terminals and games from both sides.
// A suspicion and no more: what else streams small texts after an upload looks the same, and an answer sent at once does not look so at all.
import type { FlowShape } from "../../wire/facts.ts"
import type { Micros } from "../../wire/stream.ts"
import { Lru } from "../lru.ts"

export interface SeenFlow {
  readonly layers: readonly string[]
  readonly bytes: { readonly client: number; readonly server: number }
  readonly start: Micros
  readonly end: Micros
  readonly shape?: FlowShape | undefined
}

export interface SuspectedModel {
  readonly score: number
  readonly reasons: string[]
}

export class EncryptedStreams {
  /** Uploads of a workload to one host, as they followed each other. */
  readonly #uploads = new Lru<{ readonly bytes: number; readonly grown: number }>(MAX_HOSTS)

  judge(
    seen: SeenFlow,
    { conversation, runtime }: { readonly conversation: string; readonly runtime: string | undefined },
  ): SuspectedModel | undefined {
    const { shape, layers, bytes } = seen
    // Another layer inside: it was read, and no guess is needed.
    if (shape === undefined || layers.length !== 1 || layers[0] !== "tls") return undefined
    const stream = longestStream(shape)
    if (stream === undefined) return undefined
    const before = this.#uploads.get(conversation)
    const grown = before !== undefined && bytes.client > before.bytes ? before.grown + 1 : 0
    this.#uploads.set(conversation, { bytes: bytes.client, grown })
    const tally = new Tally()
    tally.add(stream.records >= LONG ? 3 : 2, `${stream.records} small records in a row from the server`)
    tally.add(2, `one about every ${Math.round(stream.gap / 1_000)} ms`)
    if (stream.sizes >= VARIED) tally.add(1, `of ${stream.sizes} different sizes around ${stream.size} bytes`)
    else tally.add(-3, "of nearly the same size")
    uploaded(tally, bytes.client)
    if (shape.clientSizes.length * QUIET <= shape.serverSizes.length) tally.add(1, "while the client is silent")
    else if (shape.clientSizes.length * 2 > shape.serverSizes.length) tally.add(-4, "while the client speaks as often")
    if (bytes.server > stream.size * MAX_ANSWER) tally.add(-2, "far more is sent than a model writes")
    if (grown >= 2) tally.add(2, "each upload to this host larger than the one before")
    if (runtime !== undefined) tally.add(1, `from a ${runtime} runtime`)
    return tally.verdict()
  }
}

function uploaded(tally: Tally, bytes: number): void {
  if (bytes >= 20_000) tally.add(3, `after an upload of ${bytes} bytes`)
  else if (bytes >= 4_000) tally.add(2, `after an upload of ${bytes} bytes`)
  else if (bytes >= 1_500) tally.add(1, `after an upload of ${bytes} bytes`)
  else tally.add(-3, "after next to no upload")
}

interface Stream {
  readonly records: number
  /** Medians. */
  readonly gap: number
  readonly size: number
  /** How many different sizes. */
  readonly sizes: number
}

/** Several tokens may come in one record, and a pause for thought may be long: one record in eight may fall out of the row. */
function longestStream({ serverSizes, serverGapMicros }: FlowShape): Stream | undefined {
  let best: readonly number[] = []
  let row: number[] = []
  let misses = 0
  for (let at = 1; at < serverSizes.length; at++) {
    const gap = serverGapMicros[at - 1] ?? 0
    const fits = (serverSizes[at] ?? 0) <= SMALL && (serverSizes[at] ?? 0) >= TINY && gap >= FAST && gap <= SLOW
    if (fits) row.push(at)
    else if (++misses * 8 > row.length + 8) {
      if (row.length > best.length) best = row
      row = []
      misses = 0
    }
  }
  if (row.length > best.length) best = row
  if (best.length < ENOUGH) return undefined
  const sizes = best.map((at) => serverSizes[at] ?? 0)
  return {
    records: best.length,
    gap: median(best.map((at) => serverGapMicros[at - 1] ?? 0)),
    size: median(sizes),
    sizes: new Set(sizes).size,
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

class Tally {
  #points = 0
  readonly #reasons: string[] = []

  add(points: number, reason: string): void {
    this.#points += points
    this.#reasons.push(`${points > 0 ? "+" : ""}${points} ${reason}`)
  }
  verdict(): SuspectedModel | undefined {
    if (this.#points < WORTH_TELLING) return undefined
    return { score: Math.min(MAX_SCORE, Math.round(this.#points * 5) / 100), reasons: this.#reasons }
  }
}

// Bytes of a record with one or a few tokens: some 20 of bare text to 600 of a chunk with all its fields.
const TINY = 24
const SMALL = 700
// A fast model writes 300 tokens a second, a slow one three.
const FAST = 2_000
const SLOW = 350_000
const ENOUGH = 14
const LONG = 28
const VARIED = 5
const QUIET = 4
// Tokens of the longest answers.
const MAX_ANSWER = 100_000
const WORTH_TELLING = 7
const MAX_SCORE = 0.6
const MAX_HOSTS = 20_000

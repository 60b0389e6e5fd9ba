// Does a connection nobody can read behave like an agent that talks to a model? A prompt goes up in one piece of some kilobytes, there is a silence while
// the model reads it, then the answer comes word by word: many small records of like size at the pace of speech. Sizes and times only; never a reason to
// stop anything.
import type { ActivityData } from "../../services/contracts/envelope.ts"

export interface StreamLikeness {
  /** 0..1. */
  readonly score: number
  readonly reasons: readonly string[]
}

export function modelLikeness({ layers, bytes, shape }: Pick<ActivityData<"flow">, "layers" | "bytes" | "shape">): StreamLikeness {
  if (shape === undefined || layers.length !== 1 || layers[0] !== "tls") return NONE
  const gaps = shape.serverGapMicros
  // gaps[n] lies between pieces n and n + 1. The answer begins behind the longest silence of the first pieces: a model reads before it speaks.
  const begin = longestAt(gaps.slice(0, MOST_BEFORE_ANSWER))
  if (begin === -1) return NONE
  const pieces = shape.serverSizes.slice(begin + 1)
  const pace = gaps.slice(begin + 1)
  if (pieces.length < LEAST_PIECES) return NONE
  const silence = gaps[begin] ?? 0
  const small = share(pieces, (size) => size >= 24 && size <= 900)
  // Several events may share one segment, and several segments one moment.
  const spoken = share(pace, (gap) => gap >= 1_500 && gap <= 500_000)
  const typical = median(pace.filter((gap) => gap >= 1_500))
  const signs: readonly (readonly [boolean, number, string])[] = [
    [small >= 0.8, 0.3, `${Math.round(small * 100)} % of the answer's records are small`],
    [spoken >= 0.5 && typical >= 4_000 && typical <= 250_000, 0.3, `they come every ${Math.round(typical / 1_000)} ms`],
    [silence >= 150_000 && silence > 3 * typical, 0.2, `the first came after ${Math.round(silence / 1_000)} ms of silence`],
    [bytes.client >= 1_500, 0.1, `${bytes.client} bytes went up`],
    [bytes.client * 20 > bytes.server, 0.1, "as much was asked as answered"],
  ]
  const held = signs.filter(([holds]) => holds)
  // Small records alone are every chat and every telemetry; without the pace there is nothing to say.
  if (!(signs[0]?.[0] && signs[1]?.[0])) return NONE
  return {
    score: Math.min(
      1,
      held.reduce((sum, [, weight]) => sum + weight, 0),
    ),
    reasons: held.map(([, , reason]) => reason),
  }
}

function longestAt(gaps: readonly number[]): number {
  let at = -1
  for (const [index, gap] of gaps.entries()) if (at === -1 || gap > (gaps[at] ?? 0)) at = index
  return at
}

function share(values: readonly number[], test: (value: number) => boolean): number {
  return values.length === 0 ? 0 : values.filter(test).length / values.length
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

const NONE: StreamLikeness = { score: 0, reasons: [] }
// Handshake and headers are at most about a dozen pieces.
const MOST_BEFORE_ANSWER = 14
const LEAST_PIECES = 12

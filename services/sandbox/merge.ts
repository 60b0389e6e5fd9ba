// Many words, one verdict. Laws, each a property test:
//   - order does not matter, and saying the same twice changes nothing;
//   - one more word never makes a verdict less grave, except that an engine which says "clean" may answer where others only could not;
//   - "clean" needs an engine that says so, and none whose examination failed, stopped half way or still runs. An engine that does not judge such files
//     ("unsupported") neither makes nor prevents it.
import type { Verdict } from "../contracts/verdict.ts"

export interface Word {
  readonly engine: string
  readonly result: Verdict["result"]
  readonly score: number
  /** Its word alone weighs less: malicious counts as suspicious, clean as nothing. */
  readonly advisory?: boolean
}

export interface Merged {
  readonly result: Verdict["result"]
  readonly score: number
  /** Engines that said the result, in order of their names; none when nobody did. */
  readonly by: readonly string[]
}

export function mergeWords(words: readonly Word[]): Merged {
  const weighed = words.map(weigh)
  const result = order.find((each) => weighed.some((word) => word.result === each)) ?? "unsupported"
  // Clean beside a failure is only a part of the answer.
  const said = result === "error" || result === "timeout" ? (weighed.some((word) => word.result === "clean") ? "partial" : result) : result
  const by = weighed.filter((word) => word.result === result).map(({ engine }) => engine)
  return { result: said, score: weighed.reduce((worst, word) => Math.max(worst, word.score), 0), by: [...new Set(by)].sort() }
}

export function isBad(result: Verdict["result"]): result is "malicious" | "suspicious" {
  return result === "malicious" || result === "suspicious"
}

function weigh(word: Word): Word {
  if (word.advisory !== true) return word
  if (word.result === "malicious") return { ...word, result: "suspicious", score: Math.min(word.score, MAX_ADVISORY) }
  return word.result === "clean" ? { ...word, result: "unsupported" } : { ...word, score: Math.min(word.score, MAX_ADVISORY) }
}

// The gravest first.
const order: readonly Verdict["result"][] = ["malicious", "suspicious", "pending", "partial", "error", "timeout", "clean", "unsupported"]
const MAX_ADVISORY = 69

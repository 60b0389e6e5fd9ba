// Retry is data about the failure: one function says of an insert that failed whether the rows are at fault, the world is, or we are.
import { backoff } from "../runtime/retry.ts"
import { BadValueError } from "./row-binary.ts"

export type InsertVerdict =
  /** One row or more cannot be stored as they are: split the batch, and the row that is left alone is the bad one. */
  | { readonly kind: "rows"; readonly reason: string }
  /** Will pass: full parts, memory, network, a replica that is away. Wait so many milliseconds first. */
  | { readonly kind: "again"; readonly after: number; readonly reason: string }
  | { readonly kind: "give-up"; readonly reason: string }

/** `attempt` counts from 1: the try that just failed. */
export function judgeInsert(error: unknown, attempt: number): InsertVerdict {
  const reason = error instanceof Error ? error.message : String(error)
  if (error instanceof BadValueError) return { kind: "rows", reason }
  const code = codeOf(error)
  if (code !== undefined && ROW_CODES.has(code)) return { kind: "rows", reason }
  if (code !== undefined && OUR_CODES.has(code)) return { kind: "give-up", reason }
  if (attempt >= MAX_ATTEMPTS) return { kind: "give-up", reason: `${reason} (after ${attempt} tries)` }
  return { kind: "again", after: backoff(attempt, { first: 250, max: 15_000 }), reason }
}

/** ClickHouse numbers its errors; the client gives the number as text. */
function codeOf(error: unknown): number | undefined {
  const code = (error as { code?: unknown } | null)?.code
  const number = typeof code === "string" || typeof code === "number" ? Number(code) : Number.NaN
  return Number.isInteger(number) ? number : undefined
}

// What a value can cause. 6 CANNOT_PARSE_TEXT, 26 CANNOT_PARSE_QUOTED_STRING, 27 CANNOT_PARSE_INPUT_ASSERTION_FAILED, 32 ATTEMPT_TO_READ_AFTER_EOF,
// 33 CANNOT_READ_ALL_DATA, 38 CANNOT_PARSE_DATE, 41 CANNOT_PARSE_DATETIME, 53 TYPE_MISMATCH, 69 ARGUMENT_OUT_OF_BOUND, 70 CANNOT_CONVERT_TYPE,
// 72 CANNOT_PARSE_NUMBER, 117 INCORRECT_DATA, 131 TOO_LARGE_STRING_SIZE, 321 VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE, 349 CANNOT_INSERT_NULL, 691 UNKNOWN_ELEMENT_OF_ENUM.
const ROW_CODES: ReadonlySet<number> = new Set([6, 26, 27, 32, 33, 38, 41, 53, 69, 70, 72, 117, 131, 321, 349, 691])
// What only an operator can mend. 16 NO_SUCH_COLUMN, 47 UNKNOWN_IDENTIFIER, 60 UNKNOWN_TABLE, 62 SYNTAX_ERROR, 81 UNKNOWN_DATABASE,
// 164 READONLY, 193 WRONG_PASSWORD, 497 ACCESS_DENIED, 516 AUTHENTICATION_FAILED.
const OUR_CODES: ReadonlySet<number> = new Set([16, 47, 60, 62, 81, 164, 193, 497, 516])
// About a minute and a half of trying: then the bus is told, keeps the message, and delivers it again.
const MAX_ATTEMPTS = 10

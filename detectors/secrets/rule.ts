// What a rule for one kind of credential says. Rules are data; detector.ts runs them.
import type { Severity } from "../../services/contracts/severity.ts"
import { type Part, patternOf } from "./shape.ts"

/** Answer of a structure check. "sure": arithmetic or structure agrees. "likely": nothing speaks against it. "weak": the checksum disagrees, yet the shape is unmistakable. */
export type Check = "sure" | "likely" | "weak" | "no"

export interface Sample {
  /** Random characters of a set, for example `an(20)`; made when the test runs. */
  of(set: string, length: number): string
  an(length: number): string
  hex(length: number): string
  b64(length: number): string
  uuid(): string
}

export interface SecretRule {
  readonly id: string
  readonly title: string
  /** When it leaves for a place that has no business with it. */
  readonly severity: Severity
  readonly keywords: readonly string[]
  /** Group "secret" is the credential; without it, the whole match. */
  readonly pattern: RegExp
  readonly back?: number | readonly [number, number]
  readonly shape?: readonly Part[]
  readonly check?: (secret: string, match: RegExpExecArray, text: string) => Check
  /** Where a match really ends, for credentials of many lines. Undefined: it is not one. */
  readonly grow?: (text: string, start: number, end: number) => number | undefined
  /** Hosts (suffixes) this credential is for: in their own authentication header it is in use, not leaking. */
  readonly owners?: readonly string[]
  /** The shape alone does not prove it: lower confidence. */
  readonly ambiguous?: boolean
  /** Public by design or only an identifier: never above this. */
  readonly ceiling?: Severity
  /** Randomness is not asked of the value (structure proves it). */
  readonly structured?: boolean
  readonly hits?: (sample: Sample) => readonly string[]
  /** Texts that must not match, each with its reason. */
  readonly misses?: (sample: Sample) => readonly (readonly [text: string, reason: string])[]
}

type Extras = Partial<Omit<SecretRule, "id" | "title" | "severity" | "pattern" | "keywords">> & { readonly anchor?: string }

/** A rule from a shape. */
export function token(id: string, title: string, severity: Severity, shape: readonly Part[], extras: Extras = {}): SecretRule {
  const { anchor, ...rest } = extras
  const { source, keywords, back } = patternOf(shape, anchor)
  return { id: `secret/${id}`, title, severity, shape, keywords, pattern: new RegExp(source), back, ...rest }
}

/** A rule from a pattern, where a shape cannot say it. */
export function pattern(
  id: string,
  title: string,
  severity: Severity,
  body: { readonly keywords: readonly string[]; readonly pattern: RegExp; readonly hits: NonNullable<SecretRule["hits"]> },
  extras: Extras = {},
): SecretRule {
  const { anchor: _, ...rest } = extras
  return { id: `secret/${id}`, title, severity, ...body, ...rest }
}

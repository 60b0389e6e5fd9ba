// Values that stand where a password would: the words of manuals, variables, and what every sample has.
import { isPlaceholder } from "../text/context.ts"
import type { Check } from "./rule.ts"

export function notPlaceholder(secret: string): Check {
  return isPlaceholder(secret) || COMMON_PASSWORD.test(secret) || /^[$%{<]/.test(secret) ? "no" : "likely"
}

export const COMMON_PASSWORD =
  /^(?:pass(?:word|wd|phrase)?|pwd|secret|token|user(?:name)?|admin|root|postgres|mysql|guest|x+|\*+|\.{3,}|p@ssw(?:or|0r)d|foo|bar|baz|hunter2)$/i

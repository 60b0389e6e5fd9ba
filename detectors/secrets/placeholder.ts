// Values that stand where a password would: the words of manuals, variables, and what every sample has.
import { isPlaceholder } from "../text/context.ts"
import type { Check } from "./rule.ts"

/** What tests and manuals write where a password goes: a word that says so, perhaps with a number behind it. */
export function isFixture(value: string): boolean {
  return FIXTURE.test(value) || MANNER.test(value)
}

export function notPlaceholder(secret: string): Check {
  return isPlaceholder(secret) || COMMON_PASSWORD.test(secret) || /^[$%{<]/.test(secret) ? "no" : "likely"
}

export const COMMON_PASSWORD =
  /^(?:pass(?:word|wd|phrase)?|pwd|secret|token|user(?:name)?|admin|root|postgres|mysql|guest|x+|\*+|\.{3,}|p@ssw(?:or|0r)d|foo|bar|baz|hunter2)$/i

const FIXTURE =
  /^(?:test(?:ing)?|dummy|fake|sample|example|mock|wrong|invalid|incorrect|bad|good|correct|valid|old|new|my|your|some|any|the|default|temp|demo|foo|bar|super|very)(?:[-_ ]?(?:test|user|pass(?:word|wd|phrase)?|pwd|secret|tokens?|keys?|value|string|cred(?:ential)?s?|api|auth|login|admin|client|long|strong|safe|secure)){0,4}[-_ ]?\d{0,4}[!?.]{0,2}$/i
/** How a password is written or hashed, which is what stands behind its name in code. */
const MANNER =
  /^(?:base-?(?:16|32|64)(?:url)?|utf-?(?:8|16|16le|32)|latin-?1|iso-8859-\d+|ascii|hex|binary|sha-?\d{1,3}|md5|bcrypt|argon2(?:id|i|d)?|scrypt|pbkdf2|cram-md5|digest)$/i

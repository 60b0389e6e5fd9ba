// What may leave the process of a match: its ends, its length, and a keyed hash that makes equal secrets comparable and teaches nothing else.
import { createHash, createHmac } from "node:crypto"
import type { RawFinding } from "../contracts/inspection.ts"

/** A secret shows at most an eighth of itself at each end, never more than four characters; other matches are shown, shortened. */
export function maskMatch(matched: string, sensitive: boolean): string {
  const text = printable(matched)
  if (!sensitive) return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN / 2)}…${text.slice(-MAX_SHOWN / 2)}`
  const ends = Math.min(4, Math.floor(text.length / 8))
  return `${text.slice(0, ends)}…[${matched.length}]…${ends === 0 ? "" : text.slice(-ends)}`
}

/**
 * A little of the text around the match, so that a person sees what it was part of. Long tokens nearby are hidden: secrets come in pairs. What was
 * decoded stands in its place between ⟦ ⟧ with the decodings before it, as it reads after them: "note: ⟦base64: key=AK…[20]…PD⟧".
 */
export function maskContext(text: string, raw: RawFinding): string | undefined {
  const [start, end] = raw.span
  if (end > text.length || start > end) return undefined
  const before = hideTokens(text.slice(Math.max(0, start - AROUND), start), start > AROUND ? "head" : "none")
  const after = hideTokens(text.slice(end, end + AROUND), text.length - end > AROUND ? "tail" : "none")
  return printable(`${before}${shownMatch(text.slice(start, end), raw)}${after}`)
}

function shownMatch(asItCame: string, { matched, sensitive, decoded = [], around = ["", ""] }: RawFinding): string {
  if (decoded.length === 0) return maskMatch(asItCame, sensitive)
  const before = hideTokens(around[0].slice(-AROUND), around[0].length >= AROUND ? "head" : "none")
  const after = hideTokens(around[1].slice(0, AROUND), around[1].length >= AROUND ? "tail" : "none")
  return `⟦${decoded.join(" → ")}: ${before}${maskMatch(matched, sensitive)}${after}⟧`
}

export function fingerprintOf(matched: string, key: Uint8Array): string {
  return createHmac("sha256", key).update(matched).digest("hex").slice(0, FINGERPRINT_DIGITS)
}

/** Deterministic over replays: the same activity, rule and place give the same id. */
export function idOf(...parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\u0000")).digest("hex").slice(0, ID_DIGITS)
}

function hideTokens(text: string, cut: "head" | "tail" | "none"): string {
  // The name before a value stays: "aws_secret_access_key=" tells a person what the match was part of.
  const hidden = text.replace(/[A-Za-z0-9+/=_.-]{16,}/g, (token) => `${/^[a-z]{2,20}(?:_[a-z]{2,20}){1,5}=/.exec(token)?.[0] ?? ""}…`)
  // The piece that touches the cut may be the end of a longer token.
  if (cut === "none") return hidden
  return cut === "head" ? hidden.replace(/^[^\s"'`,;:=]{4,}/, "…") : hidden.replace(/[^\s"'`,;:=]{4,}$/, "…")
}

/** Invisible and control characters as escapes: an alert must not carry the attack it reports. */
function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) =>
    character === "\n" || character === "\t" ? " " : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  )
}

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu
const MAX_SHOWN = 240
const AROUND = 40
// 128 bits: no two secrets of one customer meet.
const FINGERPRINT_DIGITS = 32
const ID_DIGITS = 32

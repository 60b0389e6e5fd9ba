// Numbers of people and things. A number is read once as groups of digits with their separators ("3-2-4", "4 4 4 4", "18"): that signature says
// which rules could want it, so a text full of numbers costs one table look-up each.
import { contextOf, type Entity, kind } from "./entity.ts"
import { numbersByForm } from "./number-rules.ts"

export function findNumbers(text: string, bytes: Uint8Array, found: (entity: Entity) => void): void {
  const length = bytes.length
  for (let i = 0; i < length; i++) {
    if (!isDigit(bytes[i] as number)) continue
    const number = readNumber(text, bytes, i)
    const bracketed = text[i - 1] === "(" ? bracketedPhone(text, i - 1) : undefined
    if (bracketed !== undefined) {
      found({ kind: PHONE_US, confidence: 0.75, start: i - 1, end: bracketed })
      i = bracketed - 1
      continue
    }
    if (number.digits.length >= 3 && standsAlone(text, i, number.end)) judge(text, number, found)
    else if (number.digits.length >= 7 && text[i - 1] === "+") international(text, number, found)
    i = number.end - 1
  }
}

interface Read {
  readonly start: number
  readonly end: number
  readonly digits: string
  /** End offset, digits so far and signature after each group. */
  readonly groups: readonly (readonly [end: number, digits: number, form: string])[]
}

function readNumber(text: string, bytes: Uint8Array, start: number): Read {
  const groups: [number, number, string][] = []
  let digits = ""
  let form = ""
  let at = start
  for (;;) {
    const from = at
    while (at < bytes.length && at - from < MAX_GROUP && isDigit(bytes[at] as number)) at++
    digits += text.slice(from, at)
    form += String(at - from)
    groups.push([at, digits.length, form])
    const separator = bytes[at] as number
    if (groups.length >= MAX_GROUPS || digits.length > 24 || !isSeparator(separator) || !isDigit((bytes[at + 1] as number) ?? 0)) break
    form += text[at]
    at++
  }
  return { start, end: at, digits, groups }
}

function judge(text: string, number: Read, found: (entity: Entity) => void): void {
  if (text[number.start - 1] === "+" && number.digits.length >= 7) {
    international(text, number, found)
    return
  }
  let context: string | undefined
  for (let g = number.groups.length - 1; g >= 0; g--) {
    const [end, count, form] = number.groups[g] as readonly [number, number, string]
    const candidates = numbersByForm.get(form)
    if (candidates === undefined || (g < number.groups.length - 1 && /[-/.]/.test(text[end] as string))) continue
    const digits = number.digits.slice(0, count)
    let best: Entity | undefined
    for (const candidate of candidates) {
      const alone = form.length > 2 ? (candidate.grouped ?? candidate.alone) : candidate.alone
      if (!candidate.valid(digits)) continue
      context ??= contextOf(text, number.start, end)
      const named = candidate.context.test(context)
      const confidence = named ? 0.9 : alone
      if (confidence === 0 || (best !== undefined && best.confidence >= confidence)) continue
      best = { kind: candidate.kind, confidence, start: number.start, end }
    }
    if (best !== undefined) {
      found(best)
      return
    }
  }
}

/** "(415) 273-9164" */
function bracketedPhone(text: string, start: number): number | undefined {
  BRACKETED.lastIndex = start
  const match = BRACKETED.exec(text)
  return match === null || /\D*555\D*01/.test(match[0]) ? undefined : start + match[0].length
}

/** "+" and a country code: E.164 allows 15 digits. */
function international(text: string, number: Read, found: (entity: Entity) => void): void {
  if (number.digits.length > 15 || number.digits.length < 8 || number.digits[0] === "0" || /^1\d{3}555010/.test(number.digits)) return
  const before = text[number.start - 2] ?? " "
  if (/[A-Za-z0-9+=/]/.test(before)) return
  found({ kind: PHONE, confidence: 0.75, start: number.start - 1, end: number.end })
}

/** Not part of a longer word, decimal, version, UUID or hash. */
function standsAlone(text: string, start: number, end: number): boolean {
  const before = text[start - 1] ?? " "
  const after = text[end] ?? " "
  if (/[A-Za-z0-9_.#@$]/.test(before) || /[A-Za-z0-9_@]/.test(after))
    return before === "." ? /[^\d]/.test(text[start - 2] ?? " ") && !/[A-Za-z0-9_@]/.test(after) : false
  if (before === "-" && /[A-Za-z0-9]/.test(text[start - 2] ?? " ")) return false
  if (
    (before === "/" || before === "=") &&
    /[A-Za-z0-9]/.test(text[start - 2] ?? " ") &&
    /(?:https?:\/\/|\/)[^\s"']{1,80}$/.test(text.slice(Math.max(0, start - 90), start))
  )
    return false
  return !((after === "." || after === "-") && /[A-Za-z0-9]/.test(text[end + 1] ?? " ")) || /\.\s|\.$/.test(text.slice(end, end + 2))
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

/** Space, hyphen, full stop, slash. */
function isSeparator(byte: number): boolean {
  return byte === 0x20 || byte === 0x2d || byte === 0x2e || byte === 0x2f
}

const PHONE = kind("phone", "Telephone number", "contact", "low")
const PHONE_US = kind("us-phone", "Telephone number (North America)", "contact", "low")
const BRACKETED = /\([2-9]\d{2}\) ?\d{3}[-. ]\d{4}(?!\d)/y
const MAX_GROUP = 24
const MAX_GROUPS = 8

// Numbers that carry letters: each pattern is tried where a word of its beginning stands.
import * as check from "./digits.ts"
import { contextOf, type Entity, type EntityKind, kind } from "./entity.ts"

interface LetteredRule {
  readonly kind: EntityKind
  /** Sticky. `begin`: with capitals then digits ("letters"), or digits then a letter ("digits"). */
  readonly begin: "letters" | "digits"
  readonly pattern: RegExp
  readonly valid: (plain: string) => boolean
  /** Without it the confidence is `alone`. */
  readonly context?: RegExp
  readonly alone: number
}

const any = () => true

const rules: readonly LetteredRule[] = [
  of(
    "iban",
    "Bank account (IBAN)",
    "identity",
    "medium",
    "letters",
    /[A-Z]{2}\d{2}[ ]?(?:[A-Z0-9]{4}[ ]?){2,7}[A-Z0-9]{1,4}/y,
    check.iban,
    undefined,
    0.95,
  ),
  of("hk-id", "Hong Kong identity card", "identity", "medium", "letters", /[A-Z]{1,2}\d{6}\([0-9A]\)/y, check.hongKongId, undefined, 0.92),
  of(
    "hk-id-bare",
    "Hong Kong identity card",
    "identity",
    "medium",
    "letters",
    /[A-Z]{1,2}\d{6}[0-9A]/y,
    check.hongKongId,
    /hkid|香港身份|hong kong id|身份證/,
    0,
  ),
  of(
    "tw-id",
    "Taiwan identity number",
    "identity",
    "medium",
    "letters",
    /[A-Z][1289]\d{8}/y,
    check.taiwanId,
    /台灣|臺灣|taiwan|身分證|身份證|统一编号|統一編號/,
    0.6,
  ),
  of("tw-permit", "Taiwan resident permit", "identity", "medium", "letters", /[A-Z][A-D]\d{8}/y, any, /居留|resident permit|arc\b/, 0),
  of(
    "sg-id",
    "Singapore NRIC or FIN",
    "identity",
    "medium",
    "letters",
    /[STFGM]\d{7}[A-Z]/y,
    check.singaporeId,
    /nric|\bfin\b|singapore|identity/,
    0.8,
  ),
  of(
    "cn-passport",
    "Chinese passport",
    "identity",
    "medium",
    "letters",
    /(?:E[A-HJ-NP-Z]?\d{7,8}|[GDSPH]\d{8})/y,
    any,
    /passport|护照|護照/,
    0,
  ),
  of(
    "cn-hk-permit",
    "Travel permit for Hong Kong, Macao or Taiwan",
    "identity",
    "medium",
    "letters",
    /[HMCT]\d{8,10}/y,
    any,
    /通行证|通行證|travel permit|回乡证|回鄉證/,
    0,
  ),
  of(
    "us-passport",
    "Passport number",
    "identity",
    "medium",
    "letters",
    /[A-Z]{1,2}\d{6,8}/y,
    any,
    /passport|护照|passeport|pasaporte|reisepass|passaporte|パスポート|旅券|여권/,
    0,
  ),
  of(
    "uk-nino",
    "UK national insurance number",
    "identity",
    "medium",
    "letters",
    /[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]/y,
    (p) => !/^(?:BG|GB|KN|NK|NT|TN|ZZ)/.test(p),
    /insurance|nino|\bni\b/,
    0.7,
  ),
  of(
    "in-pan",
    "Indian PAN",
    "identity",
    "medium",
    "letters",
    /[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]/y,
    any,
    /\bpan\b|income tax|permanent account/,
    0.55,
  ),
  of("in-gstin", "Indian GSTIN", "business", "low", "digits", /\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]/y, any, /gst/, 0.6),
  of("in-ifsc", "Indian bank branch (IFSC)", "business", "info", "letters", /[A-Z]{4}0[A-Z0-9]{6}/y, any, /ifsc/, 0),
  of(
    "it-cf",
    "Italian fiscal code",
    "identity",
    "medium",
    "letters",
    /[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]/y,
    check.italyCode,
    undefined,
    0.97,
  ),
  of("es-nie", "Spanish NIE", "identity", "medium", "letters", /[XYZ]-?\d{7}-?[A-Z]/y, check.spainId, /nie\b|españa|spain/, 0.8),
  of("es-dni", "Spanish DNI", "identity", "medium", "digits", /\d{8}-?(?:[A-DF-Z]|E(?![-+]?\d))/y, check.spainId, /dni|nif|identidad/, 0.6),
  of(
    "fi-hetu",
    "Finnish personal code",
    "identity",
    "medium",
    "digits",
    /\d{6}[-+A]\d{3}[0-9A-FHJ-NPR-Y]/y,
    (p) => check.finlandId(p),
    /henkilötunnus|hetu|finnish|sotu/,
    0.8,
  ),
  of("cn-id-x", "Chinese resident identity number", "identity", "medium", "digits", /\d{17}[Xx]/y, check.chinaId, undefined, 0.97),
  of(
    "cn-uscc",
    "Unified Social Credit Code",
    "business",
    "low",
    "digits",
    /[159Y][1239][1-8]\d{5}[0-9A-HJ-NPQRTUWXY]{10}/y,
    check.chinaCreditCode,
    undefined,
    0.9,
  ),
  of(
    "cn-org",
    "Chinese organisation code",
    "business",
    "low",
    "digits",
    /[0-9A-Z]{8}-[0-9X]/y,
    check.chinaOrganization,
    /组织机构|organi[sz]ation code/,
    0,
  ),
  of("cn-plate-en", "Officer identity card", "identity", "medium", "letters", /[A-Z]\d{7,8}/y, any, /军官证|軍官證|士兵证|officer id/, 0),
  of(
    "mac",
    "Hardware address (MAC)",
    "device",
    "info",
    "digits",
    /[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}(?![:0-9A-Fa-f])/y,
    (p) => !/^0{12}|f{12}$/i.test(p),
    undefined,
    0.9,
  ),
  of("vin", "Vehicle number (VIN)", "device", "low", "digits", /[A-HJ-NPR-Z0-9]{17}/y, check.vin, /\bvin\b|vehicle|chassis|车架|車架/, 0),
  of(
    "vin-letters",
    "Vehicle number (VIN)",
    "device",
    "low",
    "letters",
    /[A-HJ-NPR-Z0-9]{17}/y,
    check.vin,
    /\bvin\b|vehicle|chassis|车架|車架/,
    0,
  ),
  of("meid", "Device number (MEID)", "device", "low", "letters", /[0-9A-F]{14}/y, any, /\bmeid\b/, 0),
  of("meid-digits", "Device number (MEID)", "device", "low", "digits", /[0-9A-F]{14}/y, any, /\bmeid\b/, 0),
  of(
    "us-dl",
    "Driving licence number",
    "identity",
    "medium",
    "letters",
    /[A-Z]{1,2}\d{5,12}/y,
    any,
    /driver'?s? licen[cs]e|driving licen[cs]e|\bdl\s?(?:#|no|number)|驾驶证|駕照|führerschein|permis de conduire|運転免許/,
    0,
  ),
  of(
    "us-mbi",
    "US Medicare number",
    "health",
    "medium",
    "digits",
    /[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\d-?[AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\d-?[AC-HJKMNP-RT-Y]{2}\d{2}/y,
    any,
    /medicare|\bmbi\b/,
    0.5,
  ),
  of(
    "mrn",
    "Medical record number",
    "health",
    "medium",
    "letters",
    /[A-Z]{0,3}-?\d{5,10}/y,
    any,
    /\bmrn\b|medical record|patient (?:id|no|number)|病历号|病歷號|住院号/,
    0,
  ),
  of("macau-id", "Macao identity card", "identity", "medium", "digits", /[157]\d{6}\(\d\)/y, any, /澳門|澳门|maca[ou]|bir\b|身份證/, 0.6),
]

export function findLettered(text: string, bytes: Uint8Array, found: (entity: Entity) => void): void {
  const length = bytes.length
  for (let i = 0; i < length; i++) {
    const type = TYPE[bytes[i] as number] as number
    if (type === OTHER) continue
    let end = i
    let mixed = 0
    while (end < length && TYPE[bytes[end] as number] !== OTHER) mixed |= TYPE[bytes[end++] as number] as number
    // Only words with digits, and, for those of capitals, at most six before the first one.
    if (mixed === CAPITAL && end - i === 2 && bytes[end] === 0x20 && TYPE[bytes[end + 1] as number] === DIGIT) {
      tryRules(text, i, "letters", found)
    } else if (
      (mixed & DIGIT) !== 0 &&
      end - i >= 2 &&
      (mixed !== DIGIT || bytes[end] === 0x28 || bytes[end] === 0x3a || bytes[end] === 0x2d || bytes[end] === 0x2b)
    ) {
      const taken = tryRules(text, i, type === DIGIT ? "digits" : "letters", found)
      if (taken > end) end = taken
    }
    i = end
  }
}

function tryRules(text: string, start: number, begin: LetteredRule["begin"], found: (entity: Entity) => void): number {
  const before = text[start - 1] ?? " "
  if (/[A-Za-z0-9_@/.-]/.test(before) && !(before === "-" || before === "/" || before === ".")) return 0
  if ((before === "-" || before === "/" || before === ".") && /[A-Za-z0-9]/.test(text[start - 2] ?? " ")) return 0
  let context: string | undefined
  for (const rule of begin === "digits" ? digitRules : letterRules) {
    rule.pattern.lastIndex = start
    const match = rule.pattern.exec(text)
    if (match === null) continue
    const end = start + match[0].length
    if (/[A-Za-z0-9_]/.test(text[end] ?? " ") || !rule.valid(match[0].replace(/[ ()-]/g, ""))) continue
    context ??= contextOf(text, start, end)
    const confidence = rule.context?.test(context) === true ? 0.92 : rule.alone
    if (confidence === 0) continue
    found({ kind: rule.kind, confidence, start, end })
    return end
  }
  return 0
}

/** Machine-readable zones of passports and identity cards (ICAO 9303): two lines of 44, or three of 30, with their check digits. */
export function findMachineReadable(text: string, found: (entity: Entity) => void): void {
  if (!text.includes("<<")) return
  for (const match of text.matchAll(/(?<![A-Z0-9<])([A-Z0-9<]{9})([0-9])([A-Z<]{3})(\d{6})(\d)([MFX<])(\d{6})(\d)[A-Z0-9<]{16}/g)) {
    const [, number = "", a = "", , birth = "", b = "", , expiry = "", c = ""] = match
    if (check.mrz(number, a) && check.mrz(birth, b) && check.mrz(expiry, c))
      found({ kind: MRZ, confidence: 0.99, start: match.index, end: match.index + match[0].length })
  }
}

function of(
  id: string,
  title: string,
  group: EntityKind["group"],
  severity: EntityKind["severity"],
  begin: LetteredRule["begin"],
  pattern: RegExp,
  valid: (plain: string) => boolean,
  context: RegExp | undefined,
  alone: number,
): LetteredRule {
  return { kind: kind(id, title, group, severity), begin, pattern, valid, alone, ...(context === undefined ? {} : { context }) }
}

const MRZ = kind("passport-mrz", "Passport (machine-readable zone)", "identity", "high")
const OTHER = 0
const DIGIT = 1
const CAPITAL = 2
const SMALL = 4
const TYPE = Uint8Array.from({ length: 256 }, (_, code) =>
  code >= 0x30 && code <= 0x39 ? DIGIT : code >= 0x41 && code <= 0x5a ? CAPITAL : code >= 0x61 && code <= 0x7a ? SMALL : OTHER,
)
const digitRules = rules.filter((rule) => rule.begin === "digits")
const letterRules = rules.filter((rule) => rule.begin === "letters")

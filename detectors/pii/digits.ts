// Check digits of national numbers, each by the rule its country publishes. Every function takes the bare characters, no separators.
import { luhn, mod11x10, mod97, verhoeff, weighted } from "../text/checksums.ts"

export { luhn, mod97, verhoeff }

export function card(number: string): boolean {
  if (!luhn(number) || /^(\d)\1+$/.test(number) || TEST_CARDS.has(number)) return false
  const n = number.length
  const two = Number(number.slice(0, 2))
  const three = Number(number.slice(0, 3))
  const four = Number(number.slice(0, 4))
  if (number[0] === "4") return n === 13 || n === 16 || n === 19
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return n === 16
  if (two === 34 || two === 37) return n === 15
  if (four >= 3528 && four <= 3589) return n >= 16
  if (two === 36 || two === 38 || two === 39 || (three >= 300 && three <= 305)) return n >= 14
  if (four >= 2200 && four <= 2204) return n >= 16
  if (two === 62 || two === 81 || two === 65 || two === 60 || two === 82 || three === 508 || (three >= 644 && three <= 649)) return n >= 16
  return false
}

export function iban(text: string): boolean {
  const plain = text.replace(/[ -]/g, "").toUpperCase()
  return IBAN_LENGTHS[plain.slice(0, 2)] === plain.length && mod97(plain.slice(4) + plain.slice(0, 4)) === 1
}

/** GB 11643: region, birth date, sequence, check. */
export function chinaId(id: string): boolean {
  if (!CHINA_REGIONS.has(id.slice(0, 2)) || !isDate(id.slice(6, 14))) return false
  const sum = weighted(id.slice(0, 17), [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], 11)
  return "10X98765432"[sum] === id[17]?.toUpperCase()
}

/** GB 32100: 17 characters of an alphabet without I, O, S, V, Z; weights are the powers of 3 modulo 31. */
export function chinaCreditCode(code: string): boolean {
  let weight = 1
  let sum = 0
  for (let i = 0; i < 17; i++) {
    const value = CREDIT_ALPHABET.indexOf(code[i] as string)
    if (value < 0) return false
    sum += value * weight
    weight = (weight * 3) % 31
  }
  return CREDIT_ALPHABET[(31 - (sum % 31)) % 31] === code[17] && /[A-Z]/.test(code.slice(0, 17) + code[17]) === true
}

/** GB 11714: eight characters and a check. */
export function chinaOrganization(code: string): boolean {
  const sum = weighted(code.slice(0, 8), [3, 7, 9, 10, 5, 8, 4, 2], 11)
  const check = 11 - sum
  return (check === 10 ? "X" : check === 11 ? "0" : String(check)) === code.slice(-1)
}

/** ISO 7064 MOD 11,10 over 15 digits: the number of a Chinese business licence. */
export const chinaLicense = (number: string): boolean => mod11x10(number)

export function hongKongId(text: string): boolean {
  const plain = text.replace(/[()\s]/g, "").toUpperCase()
  const body = plain.slice(0, -1).padStart(8, " ")
  let sum = 0
  for (let i = 0; i < 8; i++) {
    const character = body[i] as string
    sum += (character === " " ? 36 : Number.parseInt(character, 36)) * (9 - i)
  }
  const check = (11 - (sum % 11)) % 11
  return (check === 10 ? "A" : String(check)) === plain.slice(-1)
}

export function taiwanId(id: string): boolean {
  const order = "ABCDEFGHJKLMNPQRSTUVXYWZIO".indexOf(id[0] as string)
  if (order < 0) return false
  const code = order + 10
  return (Math.floor(code / 10) + (code % 10) * 9 + weighted(id.slice(1), [8, 7, 6, 5, 4, 3, 2, 1, 1], 10)) % 10 === 0
}

export function singaporeId(id: string): boolean {
  const kind = id[0] as string
  const sum = weighted(id.slice(1, 8), [2, 7, 6, 5, 4, 3, 2], 1_000_000) + (kind === "T" || kind === "G" ? 4 : kind === "M" ? 3 : 0)
  const table = kind === "S" || kind === "T" ? "JZIHGFEDCBA" : kind === "M" ? "KLJNPQRTUWX" : "XWUTRQPNMLK"
  const index = kind === "M" ? 10 - (sum % 11) : sum % 11
  return table[index] === id[8]
}

export function malaysiaId(id: string): boolean {
  const place = Number(id.slice(6, 8))
  return (
    isShortDate(id.slice(0, 6)) &&
    ((place >= 1 && place <= 16) ||
      (place >= 21 && place <= 59) ||
      [82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 98, 99, 74, 75, 76, 77, 78, 79, 71, 72, 60, 61, 62, 63, 64, 65, 66, 67, 68].includes(
        place,
      ))
  )
}

export function koreaId(id: string): boolean {
  if (!isShortDate(id.slice(0, 6)) || !/[1-8]/.test(id[6] as string)) return false
  return (11 - weighted(id, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5], 11)) % 10 === Number(id[12])
}

export function japanId(id: string): boolean {
  let sum = 0
  for (let n = 1; n <= 11; n++) sum += Number(id[11 - n]) * (n <= 6 ? n + 1 : n - 5)
  const rest = sum % 11
  return (rest <= 1 ? 0 : 11 - rest) === Number(id[11]) && !/^(\d)\1+$/.test(id)
}

export function thailandId(id: string): boolean {
  return (11 - weighted(id, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2], 11)) % 10 === Number(id[12]) && id[0] !== "0"
}

export function southAfricaId(id: string): boolean {
  return isShortDate(id.slice(0, 6)) && /[012]/.test(id[10] as string) && luhn(id)
}

export function brazilCpf(id: string): boolean {
  if (/^(\d)\1+$/.test(id)) return false
  const check = (n: number) => {
    const rest =
      (weighted(
        id,
        Array.from({ length: n }, (_, i) => n + 1 - i),
        11,
      ) *
        10) %
      11
    return rest === 10 ? 0 : rest
  }
  return check(9) === Number(id[9]) && check(10) === Number(id[10])
}

export function brazilCnpj(id: string): boolean {
  if (/^(\d)\1+$/.test(id)) return false
  const check = (weights: readonly number[]) => {
    const rest = weighted(id, weights, 11)
    return rest < 2 ? 0 : 11 - rest
  }
  return check([5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) === Number(id[12]) && check([6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) === Number(id[13])
}

export const australiaTfn = (id: string): boolean => weighted(id, [1, 4, 3, 7, 5, 8, 6, 9, 10], 11) === 0
export const australiaMedicare = (id: string): boolean => /^[2-6]/.test(id) && weighted(id, [1, 3, 7, 9, 1, 3, 7, 9], 10) === Number(id[8])
export const canadaSin = (id: string): boolean => !/^[08]/.test(id) && luhn(id)
export const indiaAadhaar = (id: string): boolean => /^[2-9]/.test(id) && !/^(\d)\1+$/.test(id) && verhoeff(id)
export const ukNhs = (id: string): boolean =>
  (11 - weighted(id, [10, 9, 8, 7, 6, 5, 4, 3, 2], 11)) % 11 === Number(id[9]) && !/^(\d)\1+$/.test(id)
export const usNpi = (id: string): boolean => luhn(`80840${id}`)
export const usRouting = (id: string): boolean =>
  /^(?:0[1-9]|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)/.test(id) && weighted(id, [3, 7, 1, 3, 7, 1, 3, 7, 1], 10) === 0
export const dutchBsn = (id: string): boolean => weighted(id, [9, 8, 7, 6, 5, 4, 3, 2, -1], 11) === 0 && !/^0{2}|^(\d)\1+$/.test(id)
export const belgiumId = (id: string): boolean => {
  const check = Number(id.slice(9))
  return (
    isShortDate(id.slice(0, 6), true) &&
    (97 - (Number(id.slice(0, 9)) % 97) === check || 97 - (Number(`2${id.slice(0, 9)}`) % 97) === check)
  )
}
export const portugalNif = (id: string): boolean => {
  const rest = weighted(id, [9, 8, 7, 6, 5, 4, 3, 2], 11)
  return /^[1235689]/.test(id) && (rest < 2 ? 0 : 11 - rest) === Number(id[8])
}
export const germanTaxId = (id: string): boolean => id[0] !== "0" && mod11x10(id) && /(\d).*\1/.test(id.slice(0, 10))
export const polandPesel = (id: string): boolean => {
  const month = Number(id.slice(2, 4)) % 20
  return month >= 1 && month <= 12 && (10 - weighted(id, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3], 10)) % 10 === Number(id[10])
}
export const swedenId = (id: string): boolean => isShortDate(id.slice(-10, -4), true) && luhn(id.slice(-10))
export const finlandId = (id: string): boolean =>
  "0123456789ABCDEFHJKLMNPRSTUVWXY"[Number(id.slice(0, 6) + id.slice(7, 10)) % 31] === id[10] && isDayFirst(id.slice(0, 6))
export const spainId = (id: string): boolean => {
  const digits = id.slice(0, -1).replace(/^X/, "0").replace(/^Y/, "1").replace(/^Z/, "2")
  return "TRWAGMYFPDXBNJZSQVHLCKE"[Number(digits) % 23] === id.slice(-1)
}
export const franceNir = (id: string): boolean => {
  const body = id.slice(0, 13).replace("2A", "19").replace("2B", "18")
  const month = Number(id.slice(3, 5))
  return ((month >= 1 && month <= 12) || (month >= 20 && month <= 42)) && 97 - Number(BigInt(body) % 97n) === Number(id.slice(13))
}
export const italyCode = (id: string): boolean => {
  let sum = 0
  for (let i = 0; i < 15; i++)
    sum +=
      i % 2 === 0
        ? (ITALY_ODD[Number.parseInt(id[i] as string, 36)] ?? 0)
        : (Number.parseInt(id[i] as string, 36) % (/\d/.test(id[i] as string) ? 36 : 1_000)) - (/\d/.test(id[i] as string) ? 0 : 10)
  return String.fromCharCode(65 + (sum % 26)) === id[15]
}
export const turkeyId = (id: string): boolean => {
  const d = [...id].map(Number)
  const odd = (d[0] ?? 0) + (d[2] ?? 0) + (d[4] ?? 0) + (d[6] ?? 0) + (d[8] ?? 0)
  const even = (d[1] ?? 0) + (d[3] ?? 0) + (d[5] ?? 0) + (d[7] ?? 0)
  return d[0] !== 0 && (((odd * 7 - even) % 10) + 10) % 10 === d[9] && d.slice(0, 10).reduce((a, b) => a + b, 0) % 10 === d[10]
}
export const russiaInn = (id: string): boolean => {
  if (id.length === 10) return weighted(id, [2, 4, 10, 3, 5, 9, 4, 6, 8], 11) % 10 === Number(id[9])
  return (
    weighted(id, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8], 11) % 10 === Number(id[10]) &&
    weighted(id, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8], 11) % 10 === Number(id[11])
  )
}
export const russiaSnils = (id: string): boolean => {
  const sum = weighted(id, [9, 8, 7, 6, 5, 4, 3, 2, 1], 1_000_000) % 101
  return (sum === 100 ? 0 : sum) === Number(id.slice(9))
}
export const vin = (id: string): boolean => {
  const value = (c: string) => (/\d/.test(c) ? Number(c) : (VIN_VALUES[c] ?? 0))
  const sum = [...id].reduce((total, c, i) => total + value(c) * ([8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2][i] ?? 0), 0) % 11
  return (sum === 10 ? "X" : String(sum)) === id[8] && /[A-Z]/.test(id) && /\d{3}$/.test(id)
}
/** ICAO 9303: weights 7, 3, 1; letters count from 10, "<" is 0. */
export const mrz = (field: string, check: string): boolean => {
  const sum = [...field].reduce((total, c, i) => total + (c === "<" ? 0 : Number.parseInt(c, 36)) * ([7, 3, 1][i % 3] ?? 0), 0)
  return String(sum % 10) === check
}

/** YYYYMMDD between 1900 and 2099. */
export function isDate(text: string): boolean {
  const year = Number(text.slice(0, 4))
  return year >= 1900 && year <= 2099 && isMonthDay(Number(text.slice(4, 6)), Number(text.slice(6, 8)))
}

/** YYMMDD; `lenient` allows the day or month offsets some countries add. */
function isShortDate(text: string, lenient = false): boolean {
  const month = Number(text.slice(2, 4))
  const day = Number(text.slice(4, 6))
  return lenient ? month <= 52 && day >= 1 && day <= 91 && month % 20 <= 12 : isMonthDay(month, day)
}

function isDayFirst(text: string): boolean {
  return isMonthDay(Number(text.slice(2, 4)), Number(text.slice(0, 2)))
}

function isMonthDay(month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= ([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0)
}

const CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
const CHINA_REGIONS = new Set(
  "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split(" "),
)
// The numbers payment companies publish for tests.
const TEST_CARDS = new Set(
  "4111111111111111 4242424242424242 4012888888881881 4000056655665556 4000000000000002 4222222222222 5555555555554444 5105105105105100 5200828282828210 2223003122003222 378282246310005 371449635398431 378734493671000 6011111111111117 6011000990139424 3530111333300000 3566002020360505 30569309025904 38520000023237 36227206271667 6200000000000005 4444333322221111 4917610000000000 4000000000000077 5424000000000015 4007000000027 4988438843884305 5454545454545454".split(
    " ",
  ),
)
const IBAN_LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20"
    .split(" ")
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
)
const ITALY_ODD = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
]
const VIN_VALUES: Readonly<Record<string, number>> = {
  A: 1,
  B: 2,
  C: 3,
  D: 4,
  E: 5,
  F: 6,
  G: 7,
  H: 8,
  J: 1,
  K: 2,
  L: 3,
  M: 4,
  N: 5,
  P: 7,
  R: 9,
  S: 2,
  T: 3,
  U: 4,
  V: 5,
  W: 6,
  X: 7,
  Y: 8,
  Z: 9,
}

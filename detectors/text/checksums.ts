// Check digits and checksums that identifiers and credentials carry.
import { createHash } from "node:crypto"

/** ISO/IEC 7812-1 annex B. Digits only. */
export function luhn(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48
    if (digit < 0 || digit > 9) return false
    sum += i % 2 === 0 ? digit : digit * 2 > 9 ? digit * 2 - 9 : digit * 2
  }
  return digits.length > 1 && sum % 10 === 0
}

/** ISO 7064 MOD 97-10 over letters (A = 10) and digits. */
export function mod97(text: string): number {
  let rest = 0
  for (const character of text.toUpperCase()) {
    const value = Number.parseInt(character, 36)
    if (Number.isNaN(value)) return -1
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest
}

/** Sum of digit times weight, modulo. Letters count as `Number.parseInt(c, 36)`. */
export function weighted(text: string, weights: readonly number[], modulus: number): number {
  let sum = 0
  weights.forEach((weight, i) => {
    sum += Number.parseInt(text[i] ?? "0", 36) * weight
  })
  return ((sum % modulus) + modulus) % modulus
}

/** Verhoeff's dihedral check, as Aadhaar uses it. */
export function verhoeff(digits: string): boolean {
  let check = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48
    check = dihedral(check, permute(digit, i % 8))
  }
  return check === 0
}

/** ISO 7064 MOD 11,10: the hybrid check of German tax ids and Croatian OIB. */
export function mod11x10(digits: string): boolean {
  let product = 10
  for (let i = 0; i < digits.length - 1; i++) {
    let sum = (digits.charCodeAt(i) - 48 + product) % 10
    if (sum === 0) sum = 10
    product = (sum * 2) % 11
  }
  return (11 - product) % 10 === digits.charCodeAt(digits.length - 1) - 48
}

/** CRC-32 (ISO 3309), unsigned. */
export function crc32(text: string): number {
  let crc = 0xffffffff
  for (let i = 0; i < text.length; i++) crc = (CRC_TABLE[(crc ^ text.charCodeAt(i)) & 0xff] as number) ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

/** A number in base 62 with digits 0-9A-Za-z, padded with zeros. */
export function base62(value: number, width: number): string {
  let text = ""
  for (let rest = value; rest > 0; rest = Math.floor(rest / 62)) text = (BASE62[rest % 62] as string) + text
  return text.padStart(width, "0")
}

/** The last four of the decoded bytes are the first four of a double SHA-256 of the rest. */
export function base58check(bytes: Uint8Array): boolean {
  if (bytes.length < 5) return false
  const body = bytes.subarray(0, bytes.length - 4)
  const digest = createHash("sha256").update(createHash("sha256").update(body).digest()).digest()
  return bytes.subarray(bytes.length - 4).every((byte, i) => byte === digest[i])
}

/** BIP 173: the polymod over the human part and the data is 1. */
export function bech32(text: string): boolean {
  const lower = text.toLowerCase()
  const split = lower.lastIndexOf("1")
  if (split < 1 || split + 7 > lower.length) return false
  const human = lower.slice(0, split)
  const values = [...human].map((c) => c.charCodeAt(0) >> 5).concat(0, ...[...human].map((c) => c.charCodeAt(0) & 31))
  for (const character of lower.slice(split + 1)) {
    const value = BECH32.indexOf(character)
    if (value < 0) return false
    values.push(value)
  }
  let check = 1
  for (const value of values) {
    const top = check >>> 25
    check = ((check & 0x1ffffff) << 5) ^ value
    BECH32_GENERATORS.forEach((generator, i) => {
      if ((top >>> i) & 1) check ^= generator
    })
  }
  return check === 1
}

function dihedral(a: number, b: number): number {
  if (a < 5) return b < 5 ? (a + b) % 5 : ((a + b - 5) % 5) + 5
  return b < 5 ? ((a - 5 - b + 5) % 5) + 5 : (a - b + 5) % 5
}

function permute(digit: number, times: number): number {
  let value = digit
  for (let i = 0; i < times; i++) value = VERHOEFF_STEP[value] as number
  return value
}

const VERHOEFF_STEP = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
const BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
const BECH32_GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n
  for (let k = 0; k < 8; k++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value >>> 0
})

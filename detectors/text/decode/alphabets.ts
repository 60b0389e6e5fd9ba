// Base 16, 32, 58, 64 and 85 (RFC 4648; base58 as in Bitcoin; Adobe's ASCII85), as functions from text to bytes. Undefined: not this alphabet.

export function fromBase64(text: string): Uint8Array {
  return Buffer.from(text, "base64")
}

/** RFC 4648 §6, either case, padding optional. */
export function fromBase32(text: string): Uint8Array | undefined {
  const clean = text.replace(/=+$/, "").toUpperCase()
  const bytes = new Uint8Array((clean.length * 5) >> 3)
  let bits = 0
  let value = 0
  let at = 0
  for (let i = 0; i < clean.length; i++) {
    const digit = BASE32.indexOf(clean[i] as string)
    if (digit < 0) return undefined
    value = ((value << 5) | digit) & 0xfff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes[at++] = (value >> bits) & 0xff
    }
  }
  return bytes
}

export function fromHex(text: string): Uint8Array {
  return Buffer.from(text, "hex")
}

/** Quadratic in its length by nature: the caller bounds it. */
export function fromBase58(text: string): Uint8Array | undefined {
  const bytes: number[] = []
  for (let i = 0; i < text.length; i++) {
    let carry = BASE58_VALUES[text.charCodeAt(i)] ?? -1
    if (carry < 0) return undefined
    for (let j = 0; j < bytes.length; j++) {
      carry += (bytes[j] as number) * 58
      bytes[j] = carry & 0xff
      carry >>= 8
    }
    while (carry > 0) {
      bytes.push(carry & 0xff)
      carry >>= 8
    }
  }
  for (let i = 0; i < text.length && text[i] === "1"; i++) bytes.push(0)
  return Uint8Array.from(bytes.reverse())
}

/** Adobe's alphabet ("!" to "u", "z" for four zeros), white space ignored. Gives up at the first byte `accept` refuses. */
export function fromAscii85(text: string, accept: (byte: number) => boolean): Uint8Array | undefined {
  const bytes: number[] = []
  let group = 0
  let count = 0
  const flush = (take: number): boolean => {
    for (let shift = 24; take > 0; take--, shift -= 8) {
      const byte = Math.floor(group / 2 ** shift) & 0xff
      if (!accept(byte)) return false
      bytes.push(byte)
    }
    group = 0
    count = 0
    return true
  }
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code <= 0x20) continue
    if (code === 0x7a && count === 0) return undefined
    if (code < 0x21 || code > 0x75) return undefined
    group = group * 85 + (code - 0x21)
    if (++count === 5 && (group > 0xffffffff || !flush(4))) return undefined
  }
  if (count === 1) return undefined
  if (count > 1) {
    const take = count - 1
    while (count < 5) {
      group = group * 85 + 84
      count++
    }
    if (group > 0xffffffff || !flush(take)) return undefined
  }
  return Uint8Array.from(bytes)
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
const BASE58_VALUES: readonly number[] = Array.from({ length: 128 }, (_, code) => BASE58.indexOf(String.fromCharCode(code)))

// The other direction of detectors/text/decode, for tests.

export function base32(bytes: Uint8Array): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("")
  const text = (bits.match(/.{1,5}/g) ?? []).map((five) => alphabet[Number.parseInt(five.padEnd(5, "0"), 2)]).join("")
  return text.padEnd(Math.ceil(text.length / 8) * 8, "=")
}

export function base58(bytes: Uint8Array): string {
  const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
  let value = BigInt(`0x${Buffer.from(bytes).toString("hex") || "0"}`)
  let text = ""
  while (value > 0n) {
    text = alphabet[Number(value % 58n)] + text
    value /= 58n
  }
  return text
}

export function ascii85(bytes: Uint8Array): string {
  let text = ""
  for (let i = 0; i < bytes.length; i += 4) {
    const group = [0, 1, 2, 3].map((j) => bytes[i + j] ?? 0)
    let value = group.reduce((total, byte) => total * 256 + byte, 0)
    let five = ""
    for (let j = 0; j < 5; j++) {
      five = String.fromCharCode(33 + (value % 85)) + five
      value = Math.floor(value / 85)
    }
    text += five.slice(0, Math.min(5, bytes.length - i + 1))
  }
  return text
}

export function encodeQuotedPrintable(text: string): string {
  return [...Buffer.from(text)]
    .map((byte, i) => `=${byte.toString(16).toUpperCase().padStart(2, "0")}${i % 24 === 23 ? "=\r\n" : ""}`)
    .join("")
}

export function fullWidth(text: string): string {
  return text.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0))
}

export function inTags(text: string): string {
  return [...Buffer.from(text)].map((byte) => String.fromCodePoint(0xe0000 + byte)).join("")
}

export function inVariationSelectors(text: string): string {
  return [...Buffer.from(text)].map((byte) => String.fromCodePoint(byte < 16 ? 0xfe00 + byte : 0xe0100 + byte - 16)).join("")
}

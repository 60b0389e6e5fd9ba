// DER, as much as a certificate needs (X.690). Encoders only: what is read is read by OpenSSL.
export function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts))
}
export function setOf(...parts: readonly Buffer[]): Buffer {
  return tagged(0x31, Buffer.concat(parts))
}
/** Unsigned, big-endian. */
export function integer(bytes: Uint8Array): Buffer {
  return tagged(0x02, Buffer.concat([Buffer.from((bytes[0] ?? 0) >= 0x80 ? [0] : []), bytes]))
}
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number)
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}
export function utf8(text: string): Buffer {
  return tagged(0x0c, Buffer.from(text, "utf8"))
}
export function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.from([value ? 0xff : 0]))
}
export function octets(bytes: Uint8Array): Buffer {
  return tagged(0x04, bytes)
}
export function bits(bytes: Uint8Array, unused = 0): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.from([unused]), bytes]))
}
/** GeneralizedTime, to the second. */
export function time(date: Date): Buffer {
  return tagged(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`))
}
export function tagged(tag: number, content: Uint8Array): Buffer {
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

function base128(value: number): number[] {
  const digits = [value & 0x7f]
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) digits.unshift((rest & 0x7f) | 0x80)
  return digits
}

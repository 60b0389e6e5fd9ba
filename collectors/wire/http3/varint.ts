/** Variable-length integers of QUIC (RFC 9000 §16): the two high bits of the first byte say 1, 2, 4 or 8 bytes. Above 2^53 the value is not exact. */
export function readVarint(bytes: Uint8Array, at: number): { readonly value: number; readonly size: number } | undefined {
  const first = bytes[at]
  if (first === undefined) return undefined
  const size = 1 << (first >> 6)
  if (at + size > bytes.length) return undefined
  let value = first & 0x3f
  for (let index = 1; index < size; index++) value = value * 256 + (bytes[at + index] ?? 0)
  return { value, size }
}

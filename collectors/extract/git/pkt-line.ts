// Git's pkt-line framing and side-band-64k (gitprotocol-common, gitprotocol-pack).
//   pkt-line = length(4 hex digits, itself included) payload; 0000 flush, 0001 delimiter, 0002 response end
//   side band: first payload byte 1 = pack data, 2 = progress, 3 = error

/** The pack inside an upload-pack result or a receive-pack request; undefined when there is none. */
export function packOf(body: Uint8Array): Uint8Array | undefined {
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  if (buffer.toString("latin1", 0, 4) === "PACK") return buffer
  const bands: Buffer[] = []
  let at = 0
  while (at + 4 <= buffer.length) {
    const length = Number.parseInt(buffer.toString("latin1", at, at + 4), 16)
    if (Number.isNaN(length)) break
    if (length < 4) {
      at += 4
      continue
    }
    const payload = buffer.subarray(at + 4, Math.min(buffer.length, at + length))
    if (payload[0] === PACK_BAND) bands.push(payload.subarray(1))
    at += length
  }
  if (bands.length > 0) return Buffer.concat(bands)
  // Without side bands, and in a push, the pack follows the last pkt-line as it is.
  const plain = buffer.indexOf("PACK\0\0\0", 0, "latin1")
  return plain < 0 ? undefined : buffer.subarray(plain)
}

const PACK_BAND = 1

// Builds QUIC datagrams for tests, from the RFCs and not from the code under test: node:crypto's own HKDF and ciphers, nothing of collectors/wire.
import { createCipheriv, createHmac } from "node:crypto"

export interface QuicTestKeys {
  readonly key: Buffer
  readonly iv: Buffer
  readonly hp: Buffer
  readonly secret: Buffer
  readonly version: 1 | 2
  readonly hash: "sha256" | "sha384"
  /** The number in long headers, where it is not that of the version. */
  readonly wire?: number
}

export function label(hash: string, secret: Buffer, name: string, length: number): Buffer {
  const full = Buffer.from(`tls13 ${name}`)
  const info = Buffer.concat([Buffer.from([length >> 8, length & 255, full.length]), full, Buffer.from([0])])
  const blocks: Buffer[] = []
  for (let n = 1, last = Buffer.alloc(0); Buffer.concat(blocks).length < length; n++) {
    last = createHmac(hash, secret)
      .update(Buffer.concat([last, info, Buffer.from([n])]))
      .digest()
    blocks.push(last)
  }
  return Buffer.concat(blocks).subarray(0, length)
}

export function keysOf(secret: Buffer, version: 1 | 2 = 1): QuicTestKeys {
  const hash = secret.length === 48 ? "sha384" : "sha256"
  const prefix = version === 1 ? "quic" : "quicv2"
  const length = hash === "sha384" ? 32 : 16
  const part = (name: string, size: number) => label(hash, secret, `${prefix} ${name}`, size)
  return { key: part("key", length), iv: part("iv", 12), hp: part("hp", length), secret, version, hash }
}

/** Keys of the next phase: new secret, same header protection. */
export function updated(keys: QuicTestKeys): QuicTestKeys {
  const secret = label(keys.hash, keys.secret, keys.version === 1 ? "quic ku" : "quicv2 ku", keys.secret.length)
  return { ...keysOf(secret, keys.version), hp: keys.hp }
}

export function initialKeys(destination: Buffer, version: 1 | 2 = 1): { client: QuicTestKeys; server: QuicTestKeys } {
  const salt = Buffer.from(version === 1 ? "38762cf7f55934b34d179ae6a4c80cadccbb7f0a" : "0dede3def700a6db819381be6e269dcbf9bd2ed9", "hex")
  const initial = createHmac("sha256", salt).update(destination).digest()
  return {
    client: keysOf(label("sha256", initial, "client in", 32), version),
    server: keysOf(label("sha256", initial, "server in", 32), version),
  }
}

/** Of drafts and relatives of version 1. */
export function draftKeys(destination: Buffer, { salt, wire }: { salt: string; wire: number }): QuicTestKeys {
  const initial = createHmac("sha256", Buffer.from(salt, "hex")).update(destination).digest()
  return { ...keysOf(label("sha256", initial, "client in", 32)), wire }
}

export function varint(value: number): Buffer {
  if (value < 64) return Buffer.from([value])
  if (value < 16_384) return Buffer.from([0x40 | (value >> 8), value & 255])
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE((0x8000_0000 | value) >>> 0)
  return bytes
}

export interface LongPacketParts {
  readonly type: "initial" | "0rtt" | "handshake"
  readonly keys: QuicTestKeys
  readonly destination: Buffer
  readonly source: Buffer
  readonly number: number
  readonly payload: Buffer
  readonly token?: Buffer
  /** False clears the fixed bit (RFC 9287). */
  readonly fixed?: boolean
}

export function longPacket({
  type,
  keys,
  destination,
  source,
  number,
  payload,
  token = Buffer.alloc(0),
  fixed = true,
}: LongPacketParts): Buffer {
  const order = keys.version === 1 ? ["initial", "0rtt", "handshake"] : ["", "initial", "0rtt", "handshake"]
  const version = Buffer.alloc(4)
  version.writeUInt32BE(keys.wire ?? (keys.version === 1 ? 1 : 0x6b3343cf))
  const padded = payload.length < 4 ? Buffer.concat([payload, Buffer.alloc(4)]) : payload
  const header = Buffer.concat([
    Buffer.from([(fixed ? 0xc1 : 0x81) | (order.indexOf(type) << 4)]),
    version,
    Buffer.from([destination.length]),
    destination,
    Buffer.from([source.length]),
    source,
    ...(type === "initial" ? [varint(token.length), token] : []),
    varint(2 + padded.length + 16),
    Buffer.from([(number >> 8) & 255, number & 255]),
  ])
  return protect({ header, numberAt: header.length - 2, keys, number, payload: padded })
}

export function shortPacket({
  keys,
  destination,
  number,
  payload,
  phase = 0,
  fixed = true,
}: {
  keys: QuicTestKeys
  destination: Buffer
  number: number
  payload: Buffer
  phase?: 0 | 1
  fixed?: boolean
}): Buffer {
  const padded = payload.length < 4 ? Buffer.concat([payload, Buffer.alloc(4)]) : payload
  const header = Buffer.concat([
    Buffer.from([(fixed ? 0x41 : 1) | (phase << 2)]),
    destination,
    Buffer.from([(number >> 8) & 255, number & 255]),
  ])
  return protect({ header, numberAt: header.length - 2, keys, number, payload: padded })
}

function protect({
  header,
  numberAt,
  keys,
  number,
  payload,
}: {
  header: Buffer
  numberAt: number
  keys: QuicTestKeys
  number: number
  payload: Buffer
}): Buffer {
  const nonce = Buffer.from(keys.iv)
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ number) >>> 0, 8)
  const cipher = createCipheriv(keys.key.length === 32 ? "aes-256-gcm" : "aes-128-gcm", keys.key, nonce)
  cipher.setAAD(header)
  const packet = Buffer.concat([header, cipher.update(payload), cipher.final(), cipher.getAuthTag()])
  const ecb = createCipheriv(keys.hp.length === 32 ? "aes-256-ecb" : "aes-128-ecb", keys.hp, null)
  const mask = ecb.update(packet.subarray(numberAt + 4, numberAt + 20))
  packet[0] = (packet[0] ?? 0) ^ ((mask[0] ?? 0) & ((packet[0] ?? 0) & 0x80 ? 0x0f : 0x1f))
  for (const at of [0, 1]) packet[numberAt + at] = (packet[numberAt + at] ?? 0) ^ (mask[at + 1] ?? 0)
  return packet
}

export const cryptoFrame = (offset: number, bytes: Buffer) => Buffer.concat([Buffer.from([6]), varint(offset), varint(bytes.length), bytes])
export const streamFrame = (id: number, offset: number, bytes: Buffer | string, fin = false) =>
  Buffer.concat([Buffer.from([0x0e | (fin ? 1 : 0)]), varint(id), varint(offset), varint(Buffer.from(bytes).length), Buffer.from(bytes)])

/** Handshake message. */
export function message(type: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type, body.length >> 16, (body.length >> 8) & 255, body.length & 255]), body])
}

const vector = (bytes: Buffer, size: 1 | 2) =>
  Buffer.concat([size === 1 ? Buffer.from([bytes.length]) : Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes])
const extension = (type: number, body: Buffer) => Buffer.concat([Buffer.from([type >> 8, type & 255]), vector(body, 2)])
const alpnOf = (name: string) => extension(16, vector(vector(Buffer.from(name), 1), 2))

export function clientHello(random: Buffer, { sni = "agent.test", alpn = "h3", suite = 0x1301, pad = 0 } = {}): Buffer {
  const name = Buffer.concat([Buffer.from([0]), vector(Buffer.from(sni), 2)])
  const extensions = Buffer.concat([
    extension(0, vector(name, 2)),
    alpnOf(alpn),
    extension(43, vector(Buffer.from([3, 4]), 1)),
    extension(13, vector(Buffer.from([4, 3]), 2)),
    ...(pad > 0 ? [extension(21, Buffer.alloc(pad))] : []),
  ])
  return message(
    1,
    Buffer.concat([
      Buffer.from([3, 3]),
      random,
      Buffer.from([0]),
      vector(Buffer.from([suite >> 8, suite & 255]), 2),
      Buffer.from([1, 0]),
      vector(extensions, 2),
    ]),
  )
}

export function serverHello({ suite = 0x1301 } = {}): Buffer {
  const extensions = extension(43, Buffer.from([3, 4]))
  return message(
    2,
    Buffer.concat([Buffer.from([3, 3]), Buffer.alloc(32, 0x77), Buffer.from([0, suite >> 8, suite & 255, 0]), vector(extensions, 2)]),
  )
}

export function encryptedExtensions(alpn: string): Buffer {
  return message(8, vector(alpnOf(alpn), 2))
}

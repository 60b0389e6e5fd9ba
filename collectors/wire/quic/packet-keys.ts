// The keys of one side and one encryption level: header protection off, then payload open (RFC 9001 section 5).
//   sample = 16 bytes, 4 after the start of the packet number;  mask = AES-ECB(hp, sample) or ChaCha20(hp, sample)
//   first byte ^= mask & 0x0f (long) or 0x1f (short);  packet number ^= mask[1..];  nonce = iv xor packet number;  additional data = bare header
import { type CipherGCMTypes, createCipheriv, createDecipheriv, createHmac } from "node:crypto"
import { copyBytes } from "../bytes.ts"
import { expandLabel } from "../tls/derive.ts"
import { GcmKey, MAX_FAST } from "../tls/gcm.ts"
import type { Suite } from "../tls/suites.ts"
import type { QuicKind } from "./packet.ts"

export interface OpenedPacket {
  readonly number: number
  readonly payload: Uint8Array
  /** Key phase bit of a short header. */
  readonly phase: 0 | 1
}

/** A header without its protection. */
export interface BareHeader {
  readonly header: Uint8Array
  readonly number: number
  readonly phase: 0 | 1
}

export class PacketKeys {
  readonly suite: Suite
  readonly #kind: QuicKind
  readonly #secret: Uint8Array
  readonly #headerKey: Uint8Array
  readonly #iv: Uint8Array
  readonly #key: Uint8Array
  #ecb: ReturnType<typeof createCipheriv> | undefined
  #gcm: GcmKey | undefined

  /** `headerKey` stays the same when the payload keys are updated (RFC 9001 section 6). */
  constructor(kind: QuicKind, suite: Suite, { secret, headerKey }: { secret: Uint8Array; headerKey?: Uint8Array }) {
    const { cipher, prfHash } = suite
    const length = cipher.kind === "aead" ? cipher.keyLength : 0
    this.suite = suite
    this.#kind = kind
    this.#secret = copyBytes(secret)
    this.#key = expandLabel(prfHash, secret, `${kind.prefix}key`, length)
    this.#iv = expandLabel(prfHash, secret, `${kind.prefix}iv`, 12)
    this.#headerKey = headerKey ?? expandLabel(prfHash, secret, `${kind.prefix}hp`, length)
  }

  /** Keys of the next phase. */
  next(): PacketKeys {
    const secret = expandLabel(this.suite.prfHash, this.#secret, `${this.#kind.prefix}ku`, this.#secret.length)
    return new PacketKeys(this.#kind, this.suite, { secret, headerKey: this.#headerKey })
  }

  bare(packet: Uint8Array, numberAt: number, largest: number): BareHeader | undefined {
    const mask = this.#mask(packet.subarray(numberAt + 4, numberAt + 20))
    if (mask === undefined) return undefined
    const long = ((packet[0] ?? 0) & 0x80) !== 0
    const first = (packet[0] ?? 0) ^ ((mask[0] ?? 0) & (long ? 0x0f : 0x1f))
    const length = (first & 3) + 1
    const header = copyBytes(packet, 0, numberAt + length)
    header[0] = first
    let number = 0
    for (let at = 0; at < length; at++) {
      const byte = (packet[numberAt + at] ?? 0) ^ (mask[at + 1] ?? 0)
      header[numberAt + at] = byte
      number = number * 256 + byte
    }
    return { header, number: fullNumber(number, length, largest), phase: (first & 4) === 0 ? 0 : 1 }
  }

  open(packet: Uint8Array, { header, number }: BareHeader): Uint8Array | undefined {
    const { cipher } = this.suite
    if (cipher.kind !== "aead" || packet.length < header.length + cipher.tagLength) return undefined
    const nonce = this.#nonce(number)
    if (cipher.algorithm.startsWith("aes") && cipher.algorithm.endsWith("gcm") && packet.length <= MAX_FAST) {
      this.#gcm ??= new GcmKey(this.#key, "aes")
      if (header.length <= 64) return this.#gcm.openOne({ record: packet, start: header.length, nonce, aad: header })
    }
    try {
      const end = packet.length - cipher.tagLength
      const decipher = createDecipheriv(cipher.algorithm as CipherGCMTypes, this.#key, nonce, { authTagLength: cipher.tagLength })
      decipher.setAuthTag(packet.subarray(end))
      decipher.setAAD(header, { plaintextLength: end - header.length })
      const plain = decipher.update(packet.subarray(header.length, end))
      decipher.final()
      return plain
    } catch {
      return undefined
    }
  }

  wipe(): void {
    this.#gcm?.wipe()
    this.#secret.fill(0)
    this.#key.fill(0)
  }

  #mask(sample: Uint8Array): Uint8Array | undefined {
    const { cipher } = this.suite
    if (sample.length < 16 || cipher.kind !== "aead") return undefined
    if (cipher.algorithm === "chacha20-poly1305") return createCipheriv("chacha20", this.#headerKey, sample).update(FIVE_ZEROS)
    this.#ecb ??= createCipheriv(`aes-${this.#headerKey.length * 8}-ecb`, this.#headerKey, null).setAutoPadding(false)
    return this.#ecb.update(sample)
  }

  #nonce(number: number): Uint8Array {
    const nonce = copyBytes(this.#iv)
    for (let at = 11, rest = number; at > 3 && rest > 0; at--, rest = Math.floor(rest / 256)) nonce[at] = (nonce[at] ?? 0) ^ (rest % 256)
    return nonce
  }
}

/** RFC 9001 section 5.2: anyone who sees the first packet can make these. */
export function initialSecrets(kind: QuicKind, destination: Uint8Array): { client: Uint8Array; server: Uint8Array } {
  const secret = extract(kind.salt, destination)
  return { client: expandLabel("sha256", secret, "client in", 32), server: expandLabel("sha256", secret, "server in", 32) }
}

/** HKDF-Extract alone is HMAC with the salt as key. */
function extract(salt: Uint8Array, secret: Uint8Array): Uint8Array {
  return createHmac("sha256", salt).update(secret).digest()
}

/** RFC 9000 appendix A.3: the number nearest to the one expected that ends in these bytes. */
function fullNumber(cut: number, length: number, largest: number): number {
  const window = 256 ** length
  const expected = largest + 1
  const candidate = Math.floor(expected / window) * window + cut
  if (candidate <= expected - window / 2 && candidate < 2 ** 62 - window) return candidate + window
  if (candidate > expected + window / 2 && candidate >= window) return candidate - window
  return candidate
}

const FIVE_ZEROS = Buffer.alloc(5)

// Records of TLS 1.0 to 1.2 whose integrity is an HMAC: CBC ciphers, RC4 and NULL.
//   CBC, MAC then encrypt   fragment = [IV(block) since TLS 1.1] E(content mac padding[n] n(1))        RFC 5246 section 6.2.3.2
//   CBC, encrypt then MAC   fragment = [IV] E(content padding[n] n(1)) mac, over all that precedes it  RFC 7366
//   RC4, NULL               fragment = E(content mac)                                                  RFC 5246 section 6.2.3.1
// In TLS 1.0 the IV is the last block of the record before; after a lost record one more cannot be read.
import { createDecipheriv, createHmac, timingSafeEqual } from "node:crypto"
import { copyBytes } from "../bytes.ts"
import { writeMacHeader } from "./aead-opener.ts"
import type { Opener } from "./opener.ts"
import { Rc4 } from "./rc4.ts"
import type { CipherKind, HashName } from "./suites.ts"

export interface CbcSecrets {
  readonly cipher: CipherKind & { readonly kind: "cbc" }
  readonly key: Uint8Array
  readonly macKey: Uint8Array
  /** Only TLS 1.0 takes the first one from the key block. */
  readonly implicitIv: Uint8Array | undefined
  readonly encryptThenMac: boolean
}

export class CbcOpener implements Opener {
  readonly overhead = undefined
  readonly #secrets: CbcSecrets
  #iv: Uint8Array | undefined

  constructor(secrets: CbcSecrets) {
    this.#secrets = secrets
    this.#iv = secrets.implicitIv
  }

  lost(): void {
    if (this.#iv !== undefined) this.#iv = new Uint8Array(this.#secrets.cipher.blockLength)
  }

  open(record: Uint8Array, seq: number): Uint8Array | undefined {
    const { cipher, macKey, encryptThenMac } = this.#secrets
    const macLength = MAC_LENGTHS[cipher.mac]
    const implicit = this.#iv !== undefined
    const iv = this.#iv ?? record.subarray(HEADER, HEADER + cipher.blockLength)
    const start = HEADER + (implicit ? 0 : cipher.blockLength)
    const end = record.length - (encryptThenMac ? macLength : 0)
    if (end - start < cipher.blockLength || (end - start) % cipher.blockLength !== 0) return undefined
    if (
      encryptThenMac &&
      !macFits({ mac: cipher.mac, macKey, record, seq, content: record.subarray(HEADER, end), tag: record.subarray(end) })
    )
      return undefined
    const padded = this.#decrypt(iv, record.subarray(start, end))
    const plain = unpadded(padded)
    let content = plain
    if (plain !== undefined && !encryptThenMac) {
      content = plain.subarray(0, Math.max(0, plain.length - macLength))
      const tag = plain.subarray(content.length)
      if (!macFits({ mac: cipher.mac, macKey, record, seq, content, tag })) content = undefined
    }
    // Also after a failure: the next record is chained to this one whatever it held. A failed try for another sequence number must not move on.
    if (implicit && content !== undefined) this.#iv = copyBytes(record, end - cipher.blockLength, end)
    return content
  }

  /** TLS 1.0 after a loss: the record that cannot be read still gives the next one its IV. */
  passOver(record: Uint8Array): void {
    const { cipher, encryptThenMac } = this.#secrets
    const end = record.length - (encryptThenMac ? MAC_LENGTHS[cipher.mac] : 0)
    // A record without a whole block cannot have been encrypted by this cipher, so it chains to nothing.
    if (this.#iv === undefined || end - HEADER < cipher.blockLength) return
    this.#iv = copyBytes(record, end - cipher.blockLength, end)
  }

  #decrypt(iv: Uint8Array, bytes: Uint8Array): Buffer {
    const decipher = createDecipheriv(this.#secrets.cipher.algorithm, this.#secrets.key, iv).setAutoPadding(false)
    return Buffer.concat([decipher.update(bytes), decipher.final()])
  }
}

export class StreamOpener implements Opener {
  readonly overhead: number
  readonly #mac: HashName | undefined
  readonly #macKey: Uint8Array
  #rc4: Rc4 | undefined
  #next = 0
  #lostBytes = 0

  /** Without `key` the cipher is NULL; without `macKey` its MAC is taken off unchecked. */
  constructor({ mac, macKey, key }: { mac: HashName | undefined; macKey: Uint8Array; key: Uint8Array | undefined }) {
    this.#mac = mac
    this.#macKey = macKey
    this.#rc4 = key === undefined ? undefined : new Rc4(key)
    this.overhead = HEADER + (mac === undefined ? 0 : MAC_LENGTHS[mac])
  }

  lost(wireBytes: number | undefined): void {
    this.#lostBytes += wireBytes ?? 0
  }

  open(record: Uint8Array, seq: number): Uint8Array | undefined {
    const rc4 = this.#rc4?.copy()
    if (rc4 !== undefined && seq > this.#next) rc4.skip(Math.max(0, this.#lostBytes - HEADER * (seq - this.#next)))
    const plain = rc4 === undefined ? record.subarray(HEADER) : rc4.apply(record.subarray(HEADER))
    const macLength = this.#mac === undefined ? 0 : MAC_LENGTHS[this.#mac]
    if (plain.length < macLength) return undefined
    const content = plain.subarray(0, plain.length - macLength)
    if (this.#mac !== undefined && this.#macKey.length > 0) {
      const tag = plain.subarray(content.length)
      if (!macFits({ mac: this.#mac, macKey: this.#macKey, record, seq, content, tag })) return undefined
    }
    this.#rc4 = rc4
    this.#next = seq + 1
    this.#lostBytes = 0
    return content
  }
}

interface MacCheck {
  readonly mac: HashName
  readonly macKey: Uint8Array
  readonly record: Uint8Array
  readonly seq: number
  readonly content: Uint8Array
  readonly tag: Uint8Array
}

function macFits({ mac, macKey, record, seq, content, tag }: MacCheck): boolean {
  const header = writeMacHeader(Buffer.alloc(13), { record, seq, length: content.length })
  const made = createHmac(mac, macKey).update(header).update(content).digest()
  return made.length === tag.length && timingSafeEqual(made, tag)
}

/** padding_length and that many bytes of its value; undefined when they are not. */
function unpadded(padded: Uint8Array): Uint8Array | undefined {
  const count = padded[padded.length - 1] ?? 0
  if (count + 1 > padded.length) return undefined
  for (let at = padded.length - 1 - count; at < padded.length; at++) if (padded[at] !== count) return undefined
  return padded.subarray(0, padded.length - 1 - count)
}

export const MAC_LENGTHS: Readonly<Record<HashName, number>> = { md5: 16, sha1: 20, sha256: 32, sha384: 48 }
const HEADER = 5

// AEAD records by node:crypto: every suite, every size; the fast path for small AES-GCM records is gcm.ts, which must agree with this.
//   TLS 1.3   nonce = iv(12) xor seq;  additional data = record header;  plaintext ends in type(1) zeros[]        RFC 8446 section 5.2
//   TLS 1.2   GCM, CCM: nonce = salt(4) explicit(8, first in the fragment);  ChaCha20: nonce = iv(12) xor seq     RFC 5288, 6655, 7905
//             additional data = seq(8) type(1) version(2) length(2, of the plaintext)                              RFC 5246 section 6.2.3.3
import { type CipherCCMTypes, type CipherGCMTypes, createDecipheriv } from "node:crypto"
import { GcmKey, littleEndian } from "./gcm.ts"
import type { Opener } from "./opener.ts"
import type { RecordStore } from "./record-store.ts"
import type { CipherKind } from "./suites.ts"

export interface AeadSecrets {
  readonly cipher: CipherKind & { readonly kind: "aead" }
  readonly key: Uint8Array
  /** 12 bytes, or the 4 of salt. */
  readonly iv: Uint8Array
  readonly tls13: boolean
  /** Drafts of TLS 1.3 up to 24 authenticated no header. */
  readonly bareHeader?: boolean
}

export class AeadOpener implements Opener {
  readonly overhead: number
  readonly #secrets: AeadSecrets
  readonly #explicit: 0 | 8
  readonly #nonce = Buffer.alloc(12)
  readonly #aad = Buffer.alloc(13)
  /** The suite is one of the fast path. Worked out once: it is asked for every record. */
  readonly fast: boolean
  /** The IV, in little-endian words. */
  readonly #iv: readonly [number, number, number]
  #gcm: GcmKey | undefined

  constructor(secrets: AeadSecrets) {
    const { algorithm } = secrets.cipher
    this.#secrets = secrets
    this.fast = algorithm.endsWith("-gcm") && !algorithm.startsWith("aria")
    this.#explicit = secrets.tls13 || secrets.cipher.algorithm === "chacha20-poly1305" ? 0 : 8
    this.#iv = [littleEndian(secrets.iv, 0), littleEndian(secrets.iv, 4), littleEndian(secrets.iv, 8)]
    this.overhead = HEADER + this.#explicit + secrets.cipher.tagLength + (secrets.tls13 ? 1 : 0)
  }

  /** What the fast path needs, for suites that it reads. */
  get gcm(): GcmKey | undefined {
    if (this.fast) this.#gcm ??= new GcmKey(this.#secrets.key, this.#secrets.cipher.algorithm.startsWith("camellia") ? "camellia" : "aes")
    return this.#gcm
  }

  open(record: Uint8Array, seq: number): Uint8Array | undefined {
    const { cipher, key } = this.#secrets
    const start = HEADER + this.#explicit
    const end = record.length - cipher.tagLength
    if (end < start) return undefined
    if (cipher.algorithm === "camellia-gcm")
      return this.gcm?.openOne({ record, start, nonce: this.nonceOf(record, seq), aad: this.aadOf(record, seq) })
    try {
      const options = { authTagLength: cipher.tagLength }
      const decipher = createDecipheriv(cipher.algorithm as CipherGCMTypes & CipherCCMTypes, key, this.nonceOf(record, seq), options)
      decipher.setAuthTag(record.subarray(end))
      decipher.setAAD(this.aadOf(record, seq), { plaintextLength: end - start })
      const plain = decipher.update(record.subarray(start, end))
      decipher.final()
      return plain
    } catch {
      return undefined
    }
  }

  /** Overwritten by the next call. */
  nonceOf(record: Uint8Array, seq: number): Uint8Array {
    const nonce = this.#nonce
    const { iv } = this.#secrets
    if (this.#explicit === 8) {
      nonce.set(iv)
      nonce.set(record.subarray(HEADER, HEADER + 8), 4)
      return nonce
    }
    nonce.set(iv)
    for (let at = 11, rest = seq; at > 3 && rest > 0; at--, rest = Math.floor(rest / 256)) nonce[at] = (nonce[at] ?? 0) ^ (rest % 256)
    return nonce
  }

  /** Overwritten by the next call. */
  aadOf(record: Uint8Array, seq: number): Uint8Array {
    if (this.#secrets.tls13) return record.subarray(0, this.#secrets.bareHeader === true ? 0 : HEADER)
    const length = record.length - HEADER - this.#explicit - this.#secrets.cipher.tagLength
    return writeMacHeader(this.#aad, { record, seq, length })
  }

  /** Makes an item of the store ready for the fast path (gcm.ts): nonce, additional data, and where its text lies. */
  prepare(store: RecordStore, item: number, seq: number): void {
    const { bytes, nonce } = store
    const [iv0, iv1, iv2] = this.#iv
    const start = store.start[item] ?? 0
    const aad = store.aad[item] ?? 0
    const text = start + HEADER + this.#explicit
    store.seq[item] = seq
    store.text[item] = text
    store.textLength[item] = Math.max(0, (store.end[item] ?? 0) - text - TAG)
    nonce[item * 3] = iv0
    if (this.#explicit === 8) {
      nonce[item * 3 + 1] = littleEndian(bytes, start + HEADER)
      nonce[item * 3 + 2] = littleEndian(bytes, start + HEADER + 4)
    } else {
      nonce[item * 3 + 1] = iv1 ^ swapped(Math.floor(seq / 0x1_0000_0000))
      nonce[item * 3 + 2] = iv2 ^ swapped(seq)
    }
    // Loops: for a few bytes they are quicker than calls of set and fill.
    let written = 0
    if (!this.#secrets.tls13) {
      this.aadOf(store.record(item), seq)
      for (; written < 13; written++) bytes[aad + written] = this.#aad[written] ?? 0
    } else if (this.#secrets.bareHeader !== true) for (; written < HEADER; written++) bytes[aad + written] = bytes[start + written] ?? 0
    store.aadLength[item] = written
    for (; written < 16; written++) bytes[aad + written] = 0
  }

  /** The keys are not needed any more. */
  wipe(): void {
    this.#gcm?.wipe()
    this.#gcm = undefined
    this.#secrets.key.fill(0)
  }
}

/** seq(8) type(1) version(2) length(2): what MACs and AEADs of TLS 1.2 and before are made over. */
export function writeMacHeader(into: Buffer, { record, seq, length }: { record: Uint8Array; seq: number; length: number }): Buffer {
  into.writeUInt32BE(Math.floor(seq / 0x1_0000_0000), 0)
  into.writeUInt32BE(seq % 0x1_0000_0000, 4)
  into.set(record.subarray(0, 3), 8)
  into.writeUInt16BE(length, 11)
  return into
}

/** The bytes of a word the other way round. */
function swapped(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)
}

const HEADER = 5
const TAG = 16

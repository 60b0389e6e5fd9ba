// Encrypted ClientHello (RFC 9849): with ECH_SECRET and ECH_CONFIG of the key log the inner hello is opened. All other secrets of the connection are
// logged under the inner random, so without this such flows look as if they had no keys.
//   extension fe0d, outer = type(1)=0 kdf(2) aead(2) config_id(1) enc<0..2^16-1> payload<1..2^16-1>
//   additional data = the outer hello with the payload zeroed;  plaintext = inner ClientHello, without session id, then zeros
// The logged secret is the one that the KEM gave; from there on it is the key schedule of HPKE in base mode (RFC 9180 section 5.1).
import { type CipherGCMTypes, createDecipheriv, createHmac } from "node:crypto"
import type { KeyLookup } from "../context.ts"
import { Cursor } from "../cursor.ts"
import { type ClientHello, parseClientHello } from "./client-hello.ts"
import { bodyOf, EXTENSION } from "./extensions.ts"

/** `body`: the outer hello as it was sent, without the handshake header. */
export function openInnerHello(hello: ClientHello, body: Uint8Array, keys: KeyLookup): ClientHello | undefined {
  const extension = bodyOf(hello.extensions, EXTENSION.encryptedClientHello)
  if (extension === undefined || extension[0] !== 0) return undefined
  const random = Buffer.from(hello.random).toString("hex")
  const shared = keys.find("ECH_SECRET", random)
  const config = keys.find("ECH_CONFIG", random)
  if (shared === undefined || config === undefined) return undefined
  const cursor = new Cursor(extension)
  cursor.skip(1)
  const kdf = cursor.u16()
  const aead = AEADS[cursor.u16()]
  cursor.skip(1)
  cursor.skip(cursor.u16())
  const payload = cursor.take(cursor.u16())
  const kem = new Cursor(config)
  kem.skip(5)
  const suite = { kem: kem.u16(), kdf, hash: KDFS[kdf], aead }
  if (!cursor.ok || !kem.ok || suite.hash === undefined || aead === undefined || payload.length < TAG) return undefined
  const { key, nonce } = hpkeKeys({ shared, info: Buffer.concat([INFO, config]), kem: suite.kem, kdf, aead, hash: suite.hash })
  const plain = open({ aead, key, nonce, payload, outer: body })
  return plain === undefined ? undefined : parseClientHello(plain)
}

interface HpkeInput {
  readonly shared: Uint8Array
  readonly info: Uint8Array
  readonly kem: number
  readonly kdf: number
  readonly aead: Aead
  readonly hash: string
}

/** KeySchedule of RFC 9180 section 5.1 with mode_base. */
export function hpkeKeys({ shared, info, kem, kdf, aead, hash }: HpkeInput): { key: Buffer; nonce: Buffer } {
  const id = Buffer.from([0x48, 0x50, 0x4b, 0x45, kem >> 8, kem & 255, kdf >> 8, kdf & 255, 0, aead.id])
  const extract = (salt: Uint8Array, label: string, input: Uint8Array) =>
    createHmac(hash, salt)
      .update(Buffer.concat([VERSION, id, Buffer.from(label), input]))
      .digest()
  const context = Buffer.concat([Buffer.from([0]), extract(EMPTY, "psk_id_hash", EMPTY), extract(EMPTY, "info_hash", info)])
  const secret = extract(shared, "secret", EMPTY)
  // One block of HKDF-Expand is enough for what is asked.
  const expand = (label: string, length: number) =>
    createHmac(hash, secret)
      .update(Buffer.concat([Buffer.from([0, length]), VERSION, id, Buffer.from(label), context, Buffer.from([1])]))
      .digest()
      .subarray(0, length)
  return { key: expand("key", aead.keyLength), nonce: expand("base_nonce", 12) }
}

interface OpenInput {
  readonly aead: Aead
  readonly key: Buffer
  readonly nonce: Buffer
  readonly payload: Uint8Array
  readonly outer: Uint8Array
}

function open({ aead, key, nonce, payload, outer }: OpenInput): Uint8Array | undefined {
  const aad = Buffer.from(outer)
  const at = aad.indexOf(payload)
  if (at < 0) return undefined
  aad.fill(0, at, at + payload.length)
  try {
    const decipher = createDecipheriv(aead.name as CipherGCMTypes, key, nonce, { authTagLength: TAG })
    decipher.setAuthTag(payload.subarray(payload.length - TAG))
    decipher.setAAD(aad)
    const plain = decipher.update(payload.subarray(0, payload.length - TAG))
    decipher.final()
    return plain
  } catch {
    return undefined
  }
}

interface Aead {
  readonly id: number
  readonly name: string
  readonly keyLength: number
}
const AEADS: Readonly<Record<number, Aead>> = {
  1: { id: 1, name: "aes-128-gcm", keyLength: 16 },
  2: { id: 2, name: "aes-256-gcm", keyLength: 32 },
  3: { id: 3, name: "chacha20-poly1305", keyLength: 32 },
}
const KDFS: Readonly<Record<number, string>> = { 1: "sha256", 2: "sha384", 3: "sha512" }
const INFO = Buffer.from("tls ech\0")
const VERSION = Buffer.from("HPKE-v1")
const EMPTY = new Uint8Array(0)
const TAG = 16

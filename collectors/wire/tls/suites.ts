// What a cipher suite means for reading records. The registered name says it all: KEYEXCHANGE_WITH_CIPHER_HASH, or CIPHER_HASH for TLS 1.3.
import { getCiphers } from "node:crypto"
import { SUITE_NAMES } from "./suite-names.ts"

export type HashName = "md5" | "sha1" | "sha256" | "sha384"

export interface Suite {
  readonly id: number
  /** With the leading TLS_. */
  readonly name: string
  /** Of the TLS 1.2 PRF and of the TLS 1.3 key schedule. */
  readonly prfHash: "sha256" | "sha384"
  readonly cipher: CipherKind
}

export type CipherKind =
  | { readonly kind: "aead"; readonly algorithm: AeadName; readonly keyLength: number; readonly tagLength: 8 | 16 }
  | {
      readonly kind: "cbc"
      readonly algorithm: string
      readonly keyLength: number
      readonly blockLength: 8 | 16
      readonly mac: HashName
    }
  | { readonly kind: "rc4"; readonly keyLength: 16; readonly mac: HashName }
  | { readonly kind: "null"; readonly mac: HashName | undefined }
  | { readonly kind: "unreadable" }

export type AeadName = `${"aes-128" | "aes-256" | "aria-128" | "aria-256"}-${"gcm" | "ccm"}` | "chacha20-poly1305" | "camellia-gcm"

export function suiteOf(id: number): Suite {
  const known = suites.get(id)
  if (known !== undefined) return known
  const name = nameOf(id)
  const suite: Suite = { id, name, prfHash: name.endsWith("SHA384") ? "sha384" : "sha256", cipher: cipherOf(name) }
  suites.set(id, suite)
  return suite
}

export function isTls13Suite(id: number): boolean {
  return id >> 8 === 0x13
}

function nameOf(id: number): string {
  names ??= readNames()
  const name = names.get(id)
  return name === undefined ? `0x${id.toString(16).padStart(4, "0")}` : `TLS_${name}`
}

function readNames(): Map<number, string> {
  const found = new Map<number, string>()
  const words = SUITE_NAMES.trim().split(/\s+/)
  for (let at = 0; at + 1 < words.length; at += 2) found.set(Number.parseInt(words[at] ?? "", 16), words[at + 1] ?? "")
  return found
}

function cipherOf(name: string): CipherKind {
  const [, tail] = name.split("_WITH_")
  const cipher = tail ?? name.replace(/^TLS_/, "")
  return aeadOf(cipher) ?? cbcOf(cipher) ?? streamOf(cipher) ?? { kind: "unreadable" }
}

function aeadOf(cipher: string): CipherKind | undefined {
  if (cipher.startsWith("CHACHA20_POLY1305")) return { kind: "aead", algorithm: "chacha20-poly1305", keyLength: 32, tagLength: 16 }
  const match = /^(AES|ARIA|CAMELLIA)_(128|256)_(GCM|CCM)(_8)?/.exec(cipher)
  if (match === null) return undefined
  const [, family, bits, mode, short] = match
  const keyLength = bits === "128" ? 16 : 32
  const tagLength = short === undefined ? 16 : 8
  if (family === "CAMELLIA") return mode === "GCM" ? { kind: "aead", algorithm: "camellia-gcm", keyLength, tagLength } : undefined
  const algorithm = `${family?.toLowerCase()}-${bits}-${mode?.toLowerCase()}` as AeadName
  return getCiphers().includes(algorithm) ? { kind: "aead", algorithm, keyLength, tagLength } : undefined
}

function cbcOf(cipher: string): CipherKind | undefined {
  const match = /^(AES_128|AES_256|CAMELLIA_128|CAMELLIA_256|ARIA_128|ARIA_256|3DES_EDE|DES|SEED|IDEA)_CBC_(MD5|SHA384|SHA256|SHA)$/.exec(
    cipher,
  )
  if (match === null) return undefined
  const found = BLOCK_CIPHERS[match[1] ?? ""]
  if (found === undefined || !getCiphers().includes(found.algorithm)) return undefined
  return { kind: "cbc", ...found, mac: HASHES[match[2] ?? ""] ?? "sha1" }
}

function streamOf(cipher: string): CipherKind | undefined {
  const match = /^(RC4_128|NULL)_(MD5|SHA384|SHA256|SHA|NULL)$/.exec(cipher)
  if (match === null) return undefined
  const mac = HASHES[match[2] ?? ""]
  if (match[1] === "NULL") return { kind: "null", mac }
  return mac === undefined ? undefined : { kind: "rc4", keyLength: 16, mac }
}

const BLOCK_CIPHERS: Readonly<Record<string, { algorithm: string; keyLength: number; blockLength: 8 | 16 }>> = {
  AES_128: { algorithm: "aes-128-cbc", keyLength: 16, blockLength: 16 },
  AES_256: { algorithm: "aes-256-cbc", keyLength: 32, blockLength: 16 },
  CAMELLIA_128: { algorithm: "camellia-128-cbc", keyLength: 16, blockLength: 16 },
  CAMELLIA_256: { algorithm: "camellia-256-cbc", keyLength: 32, blockLength: 16 },
  ARIA_128: { algorithm: "aria-128-cbc", keyLength: 16, blockLength: 16 },
  ARIA_256: { algorithm: "aria-256-cbc", keyLength: 32, blockLength: 16 },
  "3DES_EDE": { algorithm: "des-ede3-cbc", keyLength: 24, blockLength: 8 },
  DES: { algorithm: "des-cbc", keyLength: 8, blockLength: 8 },
  SEED: { algorithm: "seed-cbc", keyLength: 16, blockLength: 16 },
  IDEA: { algorithm: "idea-cbc", keyLength: 16, blockLength: 8 },
}
const HASHES: Readonly<Record<string, HashName>> = { MD5: "md5", SHA: "sha1", SHA256: "sha256", SHA384: "sha384" }

let names: Map<number, string> | undefined
// At most 65,536 of them, and only those that were seen.
const suites = new Map<number, Suite>()

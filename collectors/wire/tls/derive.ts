// Secrets to keys: HKDF-Expand-Label (RFC 8446 section 7.1) and the PRF of TLS 1.0 to 1.2 (RFC 5246 section 5, RFC 2246 section 5).
import { createHash, createHmac } from "node:crypto"

/** At most one hash output long, which is all that TLS and QUIC ask for. */
export function expandLabel(hash: string, secret: Uint8Array, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`, "latin1")
  const info = Buffer.alloc(name.length + 5)
  info.writeUInt16BE(length, 0)
  info[2] = name.length
  name.copy(info, 3)
  info[name.length + 4] = 1
  return createHmac(hash, secret).update(info).digest().subarray(0, length)
}

export interface PrfInput {
  /** "legacy" is the MD5 and SHA-1 pair of TLS 1.0 and 1.1. */
  readonly hash: "legacy" | "sha256" | "sha384"
  readonly secret: Uint8Array
  readonly label: string
  readonly seed: Uint8Array
  readonly length: number
}

export function prf({ hash, secret, label, seed, length }: PrfInput): Buffer {
  const full = Buffer.concat([Buffer.from(label, "latin1"), seed])
  if (hash !== "legacy") return expand(hash, secret, { seed: full, length })
  const half = Math.ceil(secret.length / 2)
  const md5 = expand("md5", secret.subarray(0, half), { seed: full, length })
  const sha1 = expand("sha1", secret.subarray(secret.length - half), { seed: full, length })
  for (let at = 0; at < length; at++) md5[at] = (md5[at] ?? 0) ^ (sha1[at] ?? 0)
  return md5
}

/** Handshake hash for the extended master secret (RFC 7627). */
export function transcriptHash(hash: PrfInput["hash"], messages: readonly Uint8Array[]): Buffer {
  const names = hash === "legacy" ? ["md5", "sha1"] : [hash]
  return Buffer.concat(
    names.map((name) => {
      const digest = createHash(name)
      for (const message of messages) digest.update(message)
      return digest.digest()
    }),
  )
}

function expand(hash: string, secret: Uint8Array, { seed, length }: { seed: Buffer; length: number }): Buffer {
  const blocks: Buffer[] = []
  let a = seed
  for (let have = 0; have < length; ) {
    a = createHmac(hash, secret).update(a).digest()
    const block = createHmac(hash, secret).update(a).update(seed).digest()
    blocks.push(block)
    have += block.length
  }
  return Buffer.concat(blocks).subarray(0, length)
}

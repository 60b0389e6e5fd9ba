// Signatures of tokens, held against the keys that the operator configured for their issuers. Nothing is fetched: a key that the traffic names
// (jku, x5u, jwk in the header) would be the sender's own.
import { createPublicKey, type KeyObject, verify } from "node:crypto"
import type { Principal, TrustedIssuer } from "../../../services/contracts/activity/principal.ts"
import type { Micros } from "../../wire/stream.ts"
import { sha256Hex } from "../ids.ts"
import { type JsonObject, num, str } from "../json/read.ts"
import { Lru } from "../lru.ts"

export interface ReadToken {
  readonly header: JsonObject
  readonly claims: JsonObject
}

type Judged = Pick<Principal, "status" | "reason">

interface Key {
  readonly id: string | undefined
  readonly algorithm: string | undefined
  readonly key: KeyObject
}

interface Issuer {
  readonly audiences: readonly string[]
  readonly keys: readonly Key[]
}

export class TokenVerifier {
  readonly #issuers: ReadonlyMap<string, Issuer>
  /** The same token comes with every request of a session. */
  readonly #signed = new Lru<Judged>(MAX_REMEMBERED)

  constructor(trusted: readonly TrustedIssuer[]) {
    this.#issuers = new Map(trusted.map(({ issuer, audiences, keys }) => [issuer, { audiences, keys: keys.flatMap(keyOf) }]))
  }

  /** `at` is the time of the packet: a capture of last month is judged as of last month. */
  judge(token: string, { header, claims }: ReadToken, at: Micros): Judged {
    const issuer = this.#issuers.get(str(claims, "iss") ?? "")
    const algorithm = str(header, "alg") ?? ""
    if (algorithm.toLowerCase() === "none" || token.endsWith(".")) return refuted("not signed")
    if (issuer === undefined) return { status: "unverified", reason: "no keys configured for its issuer" }
    const signed = this.#signature(token, header, issuer)
    if (signed.status !== "verified") return signed
    return inTime(claims, at) ?? forUs(claims, issuer) ?? signed
  }

  #signature(token: string, header: JsonObject, issuer: Issuer): Judged {
    const id = sha256Hex(token)
    const known = this.#signed.get(id)
    if (known !== undefined) return known
    const judged = signature(token, header, issuer)
    this.#signed.set(id, judged)
    return judged
  }
}

function signature(token: string, header: JsonObject, { keys }: Issuer): Judged {
  const algorithm = ALGORITHMS[str(header, "alg") ?? ""]
  if (algorithm === undefined) return { status: "unverified", reason: "an algorithm whose key is a shared secret, or not known" }
  const wanted = str(header, "kid")
  const tried = keys.filter(
    ({ id, key, algorithm: own }) =>
      (wanted === undefined || id === undefined || id === wanted) &&
      algorithm.type.test(key.asymmetricKeyType ?? "") &&
      (own === undefined || own === str(header, "alg")),
  )
  if (tried.length === 0) return { status: "unverified", reason: "no configured key has its key id" }
  const end = token.lastIndexOf(".")
  const said = Buffer.from(token.slice(0, end))
  const signed = Buffer.from(token.slice(end + 1), "base64url")
  const holds = tried.slice(0, MAX_TRIED).some(({ key }) => check(algorithm, { said, signed, key }))
  return holds ? { status: "verified", reason: "signed with a key configured for its issuer" } : refuted("the signature does not match")
}

function check({ hash, options }: Algorithm, { said, signed, key }: { said: Buffer; signed: Buffer; key: KeyObject }): boolean {
  try {
    return verify(hash, said, { key, ...options }, signed)
  } catch {
    return false
  }
}

/** A clock may be a minute off. */
function inTime(claims: JsonObject, at: Micros): Judged | undefined {
  const seconds = at / 1e6
  const expires = num(claims, "exp")
  const begins = num(claims, "nbf")
  if (expires !== undefined && seconds > expires + LEEWAY) return refuted("expired when it was sent")
  return begins !== undefined && seconds < begins - LEEWAY ? refuted("not valid yet when it was sent") : undefined
}

function forUs(claims: JsonObject, { audiences }: Issuer): Judged | undefined {
  if (audiences.length === 0) return undefined
  const audience = claims["aud"]
  const named = Array.isArray(audience) ? audience : [audience]
  return named.some((one) => typeof one === "string" && audiences.includes(one)) ? undefined : refuted("issued for another audience")
}

function refuted(reason: string): Judged {
  return { status: "refuted", reason }
}

function keyOf(jwk: Readonly<Record<string, unknown>>): Key[] {
  const { kid, alg, use } = jwk
  if (use !== undefined && use !== "sig") return []
  try {
    const key = createPublicKey({ key: jwk, format: "jwk" })
    return [{ id: typeof kid === "string" ? kid : undefined, algorithm: typeof alg === "string" ? alg : undefined, key }]
  } catch {
    return []
  }
}

interface Algorithm {
  readonly type: RegExp
  readonly hash: string | null
  readonly options: { readonly padding?: number; readonly saltLength?: number; readonly dsaEncoding?: "ieee-p1363" }
}

// RFC 7518 and 8037. Node's constants: RSA_PKCS1_PSS_PADDING is 6, a salt length of -1 is that of the digest.
const pss = { padding: 6, saltLength: -1 }
const ec = { dsaEncoding: "ieee-p1363" } as const
const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  RS256: { type: /^rsa$/, hash: "sha256", options: {} },
  RS384: { type: /^rsa$/, hash: "sha384", options: {} },
  RS512: { type: /^rsa$/, hash: "sha512", options: {} },
  PS256: { type: /^rsa/, hash: "sha256", options: pss },
  PS384: { type: /^rsa/, hash: "sha384", options: pss },
  PS512: { type: /^rsa/, hash: "sha512", options: pss },
  ES256: { type: /^ec$/, hash: "sha256", options: ec },
  ES384: { type: /^ec$/, hash: "sha384", options: ec },
  ES512: { type: /^ec$/, hash: "sha512", options: ec },
  EdDSA: { type: /^ed/, hash: null, options: {} },
}
const LEEWAY = 60
const MAX_REMEMBERED = 10_000
// Key sets have a handful; verifying costs a tenth of a millisecond each.
const MAX_TRIED = 8

// An OpenID provider: what its discovery document says, and whose a token of it is. Signature by the provider's published keys, issuer, audience and time
// are checked by jose; the role comes from a claim.
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from "jose"
import type { ApiConfig } from "../contracts/config/api.ts"
import type { Principal } from "./accounts.ts"
import { isRole, widest } from "./roles.ts"

export type OidcConfig = NonNullable<ApiConfig["oidc"]>

export interface Discovery {
  readonly issuer: string
  readonly jwks_uri: string
  readonly authorization_endpoint?: string
  readonly token_endpoint?: string
}

export class OidcProvider {
  readonly config: OidcConfig
  #known: { readonly discovery: Discovery; readonly keys: ReturnType<typeof createRemoteJWKSet> } | undefined

  constructor(config: OidcConfig) {
    this.config = config
  }

  /** Whose bearer token it is; undefined when it counts for nothing here. */
  async bearer(token: string): Promise<Principal | undefined> {
    // Three parts: anything else is one of our own tokens, and no provider need be asked.
    if (token.split(".").length !== 3) return undefined
    try {
      return this.principalOf(await this.verify(token))
    } catch {
      return undefined
    }
  }

  /** Throws unless the provider signed it for us and its time has not passed. */
  async verify(token: string, clockTolerance = 0): Promise<JWTPayload> {
    const { keys } = await this.#open()
    const { issuer, audience } = this.config
    const { payload } = await jwtVerify(token, keys, { issuer, audience, algorithms: ALGORITHMS, clockTolerance, requiredClaims: ["exp"] })
    return payload
  }

  /** Undefined: the provider knows the person, but no role here belongs to them. */
  principalOf(payload: JWTPayload): Principal | undefined {
    const { roleClaim, roles, emailClaim } = this.config
    const given = payload[roleClaim]
    const values = Array.isArray(given) ? given : [given]
    const role = widest(
      values.flatMap((value) => {
        const mapped = typeof value === "string" ? roles[value] : undefined
        return isRole(mapped) ? [mapped] : []
      }),
    )
    const name = payload[emailClaim] ?? payload.sub
    return role === undefined || typeof name !== "string" ? undefined : { name, role, by: "oidc" }
  }

  async discovery(): Promise<Discovery> {
    return (await this.#open()).discovery
  }

  async #open() {
    if (this.#known !== undefined) return this.#known
    const address = `${this.config.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`
    const answer = await fetch(address, { signal: AbortSignal.timeout(OIDC_TIMEOUT) })
    const discovery = (await answer.json()) as Partial<Discovery>
    // OpenID Connect Discovery 4.3: another issuer's document would have its tokens taken for this one's.
    if (discovery.issuer !== this.config.issuer) throw new Error(`the discovery document is of ${String(discovery.issuer)}`)
    if (discovery.jwks_uri === undefined) throw new Error("the provider's discovery document names no keys")
    this.#known = { discovery: discovery as Discovery, keys: createRemoteJWKSet(new URL(discovery.jwks_uri)) }
    return this.#known
  }
}

export const OIDC_TIMEOUT = 5_000
// Symmetric algorithms would let anybody who knows the public key sign.
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]

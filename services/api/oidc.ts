// Bearer tokens of an OpenID provider: signature by the provider's published keys, issuer, audience and time checked by jose; the role from a claim.
import { createRemoteJWKSet, jwtVerify } from "jose"
import type { ApiConfig } from "../contracts/config/api.ts"
import type { Principal } from "./accounts.ts"
import { isRole, widest } from "./roles.ts"

export function oidcVerifier(config: NonNullable<ApiConfig["oidc"]>): (token: string) => Promise<Principal | undefined> {
  let keys: ReturnType<typeof createRemoteJWKSet> | undefined
  const keysOf = async (): Promise<ReturnType<typeof createRemoteJWKSet>> => {
    if (keys !== undefined) return keys
    const discovery = await fetch(`${config.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, {
      signal: AbortSignal.timeout(TIMEOUT),
    })
    const { jwks_uri: address } = (await discovery.json()) as { jwks_uri?: string }
    if (address === undefined) throw new Error("the provider's discovery document names no keys")
    keys = createRemoteJWKSet(new URL(address))
    return keys
  }
  return async (token) => {
    // Three parts: anything else is one of our own tokens, and no provider need be asked.
    if (token.split(".").length !== 3) return undefined
    try {
      const { payload } = await jwtVerify(token, await keysOf(), {
        issuer: config.issuer,
        audience: config.audience,
        algorithms: ALGORITHMS,
      })
      const given = payload[config.roleClaim]
      const values = Array.isArray(given) ? given : [given]
      const role = widest(
        values.flatMap((value) => {
          const mapped = typeof value === "string" ? config.roles[value] : undefined
          return isRole(mapped) ? [mapped] : []
        }),
      )
      const name = payload[config.emailClaim] ?? payload.sub
      return role === undefined || typeof name !== "string" ? undefined : { name, role, by: "oidc" }
    } catch {
      return undefined
    }
  }
}

// Symmetric algorithms would let anybody who knows the public key sign.
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
const TIMEOUT = 5_000

// Signing in to the console by an OpenID provider: authorization code flow with PKCE (RFC 7636), as RFC 9700 wants it.
//
//   browser -> begin    state, nonce and code verifier are made and kept; the browser gets a cookie that only it has, and goes to the provider
//   provider -> browser -> finish   state and cookie must belong together, the code is exchanged with the verifier, the ID token must carry the nonce
//
// `state` with its cookie keeps somebody from finishing another's log-in (or making them finish his), PKCE makes a stolen code worthless, the nonce ties the
// ID token to this attempt, and `iss` (RFC 9207) with the issuer of the discovery document keeps providers from being mixed up.
import { createHash, randomBytes, timingSafeEqual } from "node:crypto"
import type { Principal } from "./accounts.ts"
import { OIDC_TIMEOUT, type OidcProvider } from "./oidc.ts"

export type LoginOutcome =
  | { readonly principal: Principal }
  /** `expired`: nobody here began this; `refused`: the provider said no; `invalid`: what it gave counts for nothing; `no-role`: a person without a role. */
  | { readonly refused: "expired" | "refused" | "invalid" | "no-role"; readonly who?: string; readonly why?: string }

interface Attempt {
  readonly binding: string
  readonly nonce: string
  readonly verifier: string
  readonly redirectUri: string
  readonly expiresAt: number
}

export class OidcLogin {
  readonly #provider: OidcProvider
  readonly #attempts = new Map<string, Attempt>()

  constructor(provider: OidcProvider) {
    this.#provider = provider
  }

  /** For people: where the button leads. */
  get host(): string {
    return new URL(this.#provider.config.issuer).host
  }

  /** Where to send the browser, and what it must bring back as a cookie. */
  async begin(redirectUri: string, now: number): Promise<{ readonly location: string; readonly binding: string }> {
    const { authorization_endpoint: endpoint } = await this.#provider.discovery()
    if (endpoint === undefined) throw new Error("the provider's discovery document names no authorization_endpoint")
    const [state, binding, nonce, verifier] = [random(), random(), random(), random()]
    this.#keep(state, { binding, nonce, verifier, redirectUri, expiresAt: now + LOGIN_LIFETIME_MS })
    const { audience, scopes } = this.#provider.config
    const location = new URL(endpoint)
    for (const [name, value] of Object.entries({
      response_type: "code",
      client_id: audience,
      redirect_uri: redirectUri,
      scope: scopes.join(" "),
      state,
      nonce,
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
    }))
      location.searchParams.set(name, value)
    return { location: location.href, binding }
  }

  /** Never throws for what the browser or the provider brings. */
  async finish(given: URLSearchParams, binding: string | undefined, now: number): Promise<LoginOutcome> {
    const state = given.get("state") ?? ""
    const attempt = this.#attempts.get(state)
    if (attempt === undefined || attempt.expiresAt <= now || !same(attempt.binding, binding ?? "")) return { refused: "expired" }
    this.#attempts.delete(state)
    const code = given.get("code")
    const issuer = given.get("iss")
    if (issuer !== null && issuer !== this.#provider.config.issuer) return { refused: "invalid", why: "the answer is of another issuer" }
    if (code === null) return { refused: "refused", why: (given.get("error") ?? "no code").slice(0, 100) }
    try {
      const payload = await this.#provider.verify(await this.#exchange(code, attempt), CLOCK_TOLERANCE_S)
      if (payload["nonce"] !== attempt.nonce) return { refused: "invalid", why: "the ID token is of another log-in" }
      // OpenID Connect Core 3.1.3.7: a token for several parties says whom it was issued to.
      if (Array.isArray(payload.aud) && payload.aud.length > 1 && payload["azp"] !== this.#provider.config.audience)
        return { refused: "invalid", why: "the ID token was issued to another party" }
      const principal = this.#provider.principalOf(payload)
      if (principal !== undefined) return { principal }
      return { refused: "no-role", who: String(payload[this.#provider.config.emailClaim] ?? payload.sub ?? "").slice(0, 200) }
    } catch (error) {
      return { refused: "invalid", why: error instanceof Error ? error.message : String(error) }
    }
  }

  async #exchange(code: string, { verifier, redirectUri }: Attempt): Promise<string> {
    const { token_endpoint: endpoint } = await this.#provider.discovery()
    if (endpoint === undefined) throw new Error("the provider's discovery document names no token_endpoint")
    const { audience, clientSecret } = this.#provider.config
    const body = new URLSearchParams({ grant_type: "authorization_code", code, redirect_uri: redirectUri, code_verifier: verifier })
    const headers: Record<string, string> = { accept: "application/json" }
    // RFC 6749 2.3.1: both parts are form-encoded before they are joined.
    if (clientSecret === undefined) body.set("client_id", audience)
    else
      headers["authorization"] = `Basic ${Buffer.from(`${formEncoded(audience)}:${formEncoded(clientSecret.reveal())}`).toString("base64")}`
    const answer = await fetch(endpoint, { method: "POST", headers, body, redirect: "error", signal: AbortSignal.timeout(OIDC_TIMEOUT) })
    const { id_token: token } = (await answer.json()) as { id_token?: unknown }
    if (!answer.ok || typeof token !== "string") throw new Error(`the provider answered ${answer.status} to the code`)
    return token
  }

  #keep(state: string, attempt: Attempt): void {
    const oldest = this.#attempts.keys().next().value
    if (this.#attempts.size >= MAX_ATTEMPTS && oldest !== undefined) this.#attempts.delete(oldest)
    this.#attempts.set(state, attempt)
  }
}

function random(): string {
  return randomBytes(32).toString("base64url")
}

function same(expected: string, given: string): boolean {
  return expected.length === given.length && timingSafeEqual(Buffer.from(expected), Buffer.from(given))
}

function formEncoded(text: string): string {
  return new URLSearchParams({ "": text }).toString().slice(1)
}

/** Time for a second factor and a forgotten password. */
export const LOGIN_LIFETIME_MS = 600_000
// Log-ins under way at once; anybody may begin one, so the oldest makes room.
const MAX_ATTEMPTS = 1_000
// Clocks of two machines.
const CLOCK_TOLERANCE_S = 30

// Bearer tokens of a provider that runs beside the test: what it signs for us counts, and nothing else does.
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { exportJWK, generateKeyPair, SignJWT } from "jose"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { OidcProvider } from "../../../services/api/oidc.ts"
import { apiConfig } from "../../../services/contracts/config/api.ts"
import { openTestApi, type TestApi } from "../../support/api.ts"

describe("an OpenID provider", () => {
  let provider: Server
  let issuer: string
  let api: TestApi
  let sign: (claims: Record<string, unknown>, more?: { audience?: string; issuer?: string; expires?: string }) => Promise<string>
  beforeAll(async () => {
    const { publicKey, privateKey } = await generateKeyPair("RS256")
    const jwk = { ...(await exportJWK(publicKey)), kid: "k1", alg: "RS256", use: "sig" }
    provider = createServer((request, response) => {
      response.setHeader("content-type", "application/json")
      response.end(
        JSON.stringify(request.url === "/.well-known/openid-configuration" ? { issuer, jwks_uri: `${issuer}/keys` } : { keys: [jwk] }),
      )
    })
    await new Promise<void>((done) => provider.listen(0, "127.0.0.1", done))
    issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
    sign = (claims, { audience = "egret", issuer: by = issuer, expires = "5m" } = {}) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: "RS256", kid: "k1" })
        .setIssuer(by)
        .setAudience(audience)
        .setSubject("u1")
        .setExpirationTime(expires)
        .sign(privateKey)
    const config = apiConfig.parse({
      oidc: { issuer, audience: "egret", roleClaim: "groups", roles: { soc: "analyst", "soc-lead": "content" } },
    })
    if (config.oidc === undefined) throw new Error("not configured")
    const known = new OidcProvider(config.oidc)
    api = openTestApi(() => [], { oidc: (token) => known.bearer(token) })
  })
  afterAll(() => {
    provider.close()
    api.close()
  })

  it("gives a person the widest role of their groups, under their address, and their reads of content are recorded so", async () => {
    const token = await sign({ email: "ann@example.com", groups: ["soc", "soc-lead", "staff"] })
    expect((await api.get("/v1/activity", token)).status).toBe(200)
    expect((await api.get("/v1/conversations/c", token)).status).toBe(200)
    expect(api.parts.audit.latest(1)).toMatchObject([{ who: "ann@example.com", role: "content", action: "read-content" }])
    expect((await api.get("/v1/users", token)).status).toBe(403)
  })

  it("lets in nobody whose token is for another audience, of another issuer, past its time, without a known group, or signed by somebody else", async () => {
    const ann = { email: "ann@example.com", groups: ["soc"] }
    const { privateKey } = await generateKeyPair("RS256")
    const forged = await new SignJWT(ann)
      .setProtectedHeader({ alg: "RS256", kid: "k1" })
      .setIssuer(issuer)
      .setAudience("egret")
      .setExpirationTime("5m")
      .sign(privateKey)
    const symmetric = await new SignJWT(ann)
      .setProtectedHeader({ alg: "HS256", kid: "k1" })
      .setIssuer(issuer)
      .setAudience("egret")
      .setExpirationTime("5m")
      .sign(new TextEncoder().encode("a key of thirty-two characters !"))
    const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from(JSON.stringify({ ...ann, iss: issuer, aud: "egret" })).toString("base64url")}.`
    const bad = [
      await sign(ann, { audience: "other" }),
      await sign(ann, { issuer: "http://127.0.0.1:1" }),
      await sign(ann, { expires: "-1m" }),
      await sign({ email: "eve@example.com", groups: ["staff"] }),
      await sign({ email: "eve@example.com" }),
      forged,
      symmetric,
      none,
    ]
    for (const [at, token] of bad.entries()) expect([at, (await api.get("/v1/activity", token)).status]).toEqual([at, 401])
  })
})

// Signing in by a provider that refuses what a provider must, and every way in which the browser's journey can be bent.
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { OidcProvider } from "../../../services/api/oidc.ts"
import { OidcLogin } from "../../../services/api/oidc-login.ts"
import { apiConfig } from "../../../services/contracts/config/api.ts"
import { Secret } from "../../../services/contracts/config/secret.ts"
import { openTestApi, type TestApi } from "../../support/api.ts"
import { TestOidcProvider } from "../../support/oidc-provider.ts"

const CLIENT_SECRET = ["a client's", "secret: +/%"].join(" ")

describe("signing in by an OpenID provider", () => {
  let provider: TestOidcProvider
  let api: TestApi
  beforeEach(async () => {
    provider = await TestOidcProvider.open({ id: "egret" }, PEOPLE)
    api = apiOf(provider)
  })
  afterEach(() => {
    provider.close()
    api.close()
  })

  it("opens a session with the role of the person's groups, and records how", async () => {
    const back = await journey(api, "ann")
    expect([back.status, back.headers.get("location")]).toEqual([303, "/"])
    const session = cookieOf(back, "egret_session")
    expect(back.headers.getSetCookie().find((line) => line.startsWith("egret_session="))).toMatch(/HttpOnly; SameSite=Strict/)
    expect(await (await api.send("GET", "/v1/session", { headers: { cookie: session } })).json()).toMatchObject({
      name: "ann@example.com",
      role: "analyst",
    })
    expect(api.parts.audit.latest(1)).toMatchObject([{ who: "ann@example.com", action: "sign-in", role: "analyst" }])
  })

  it("says no to a person without a role here, and records that", async () => {
    expect(await placeOf(journey(api, "eve"))).toBe("/#sign-in=no-role")
    expect(api.parts.audit.latest(1)).toMatchObject([{ who: "eve@example.com", action: "sign-in-refused" }])
  })

  it("goes back to the console when the provider refuses, or does not answer", async () => {
    expect(await placeOf(journey(api, "nobody"))).toBe("/#sign-in=refused")
    provider.close()
    const late = apiOf(provider, "http://127.0.0.1:1")
    expect((await late.get("/v1/session/oidc")).headers.get("location")).toBe("/#sign-in=unavailable")
    late.close()
  })

  it("lets nobody finish a log-in that his browser did not begin, or finish one twice, or late", async () => {
    const { callback, cookie } = await begun(api, "ann")
    expect(await placeOf(api.get(callback))).toBe("/#sign-in=expired")
    const other = await begun(api, "ann")
    expect(await placeOf(api.send("GET", callback, { headers: { cookie: other.cookie } }))).toBe("/#sign-in=expired")
    expect(await placeOf(api.send("GET", callback, { headers: { cookie } }))).toBe("/")
    expect(await placeOf(api.send("GET", callback, { headers: { cookie } }))).toBe("/#sign-in=expired")
    api.clock.now += 601_000
    expect(await placeOf(api.send("GET", other.callback, { headers: { cookie: other.cookie } }))).toBe("/#sign-in=expired")
  })

  it.each([
    ["of another log-in", (claims: object) => ({ ...claims, nonce: "of somebody else's log-in" })],
    ["for another client", (claims: object) => ({ ...claims, aud: "other" })],
    ["of another issuer", (claims: object) => ({ ...claims, iss: "https://elsewhere.example" })],
    ["issued to another of several parties", (claims: object) => ({ ...claims, aud: ["egret", "other"], azp: "other" })],
    ["past its time", (claims: object) => ({ ...claims, exp: Math.floor(Date.now() / 1_000) - 60 })],
    ["without an end", (claims: object) => ({ ...claims, exp: undefined })],
  ])("takes no ID token %s", async (_, spoil) => {
    provider.spoil = (claims) => ({ ...spoil(claims) })
    expect(await placeOf(journey(api, "ann"))).toBe("/#sign-in=invalid")
  })

  it("takes no answer that says it is of another issuer, and none with a code of somebody else's log-in", async () => {
    const { callback, cookie } = await begun(api, "ann")
    const mixed = callback.replace(/iss=[^&]*/, "iss=https%3A%2F%2Felsewhere.example")
    expect(await placeOf(api.send("GET", mixed, { headers: { cookie } }))).toBe("/#sign-in=invalid")
    const mine = await begun(api, "ann")
    const stolen = /code=([^&]*)/.exec((await begun(api, "ann")).callback)?.[1] ?? ""
    const injected = mine.callback.replace(/code=[^&]*/, `code=${stolen}`)
    expect(await placeOf(api.send("GET", injected, { headers: { cookie: mine.cookie } }))).toBe("/#sign-in=invalid")
  })

  it("proves itself with the secret of a confidential client", async () => {
    const strict = await TestOidcProvider.open(
      { id: "egret", secret: new URLSearchParams({ "": CLIENT_SECRET }).toString().slice(1) },
      PEOPLE,
    )
    const confidential = apiOf(strict, strict.issuer, { clientSecret: new Secret("env:TEST", CLIENT_SECRET) })
    expect(await placeOf(journey(confidential, "ann"))).toBe("/")
    const without = apiOf(strict)
    expect(await placeOf(journey(without, "ann"))).toBe("/#sign-in=invalid")
    strict.close()
    confidential.close()
    without.close()
  })

  it("asks to be sent back where browsers reach it, whatever the proxy calls it", async () => {
    const behind = apiOf(provider, provider.issuer, { publicUrl: "https://egret.example" })
    const { searchParams } = new URL((await behind.get("/v1/session/oidc")).headers.get("location") ?? "")
    expect(searchParams.get("redirect_uri")).toBe("https://egret.example/v1/session/oidc/callback")
    behind.close()
  })

  it("is offered only where it is set up", async () => {
    expect(await (await api.get("/v1/session/ways")).json()).toEqual({ oidc: new URL(provider.issuer).host })
    const plain = openTestApi()
    expect(await (await plain.get("/v1/session/ways")).json()).toEqual({})
    expect((await plain.get("/v1/session/oidc")).status).toBe(404)
    plain.close()
  })
})

const PEOPLE = {
  ann: { email: "ann@example.com", groups: ["soc", "staff"] },
  eve: { email: "eve@example.com", groups: ["staff"] },
}

function apiOf(provider: TestOidcProvider, issuer = provider.issuer, more: { clientSecret?: Secret; publicUrl?: string } = {}): TestApi {
  const { clientSecret, ...plain } = more
  const config = apiConfig.parse({ oidc: { issuer, audience: "egret", roleClaim: "groups", roles: { soc: "analyst" }, ...plain } })
  if (config.oidc === undefined) throw new Error("not configured")
  const oidc = clientSecret === undefined ? config.oidc : { ...config.oidc, clientSecret }
  return openTestApi(() => [], { config: { ...config, oidc }, login: new OidcLogin(new OidcProvider(oidc)) })
}

/** Until the provider sends the browser back: where to, and the cookie that it brings. */
async function begun(api: TestApi, person: string): Promise<{ callback: string; cookie: string }> {
  const start = await api.get("/v1/session/oidc")
  const authorize = new URL(start.headers.get("location") ?? "")
  const page = await fetch(authorize)
  if (page.status !== 200) throw new Error(`the provider refuses: ${await page.text()}`)
  const logIn = new URL(`/log-in${authorize.search}&person=${person}`, authorize)
  const sent = await fetch(logIn, { redirect: "manual" })
  const back = new URL(sent.headers.get("location") ?? "")
  return { callback: back.pathname + back.search, cookie: cookieOf(start, "egret_oidc") }
}

async function journey(api: TestApi, person: string): Promise<Response> {
  const { callback, cookie } = await begun(api, person)
  return api.send("GET", callback, { headers: { cookie } })
}

async function placeOf(response: Response | Promise<Response>): Promise<string | null> {
  return (await response).headers.get("location")
}

function cookieOf(response: Response, name: string): string {
  return (
    response.headers
      .getSetCookie()
      .find((line) => line.startsWith(`${name}=`))
      ?.split(";")[0] ?? ""
  )
}

// Who is behind a request, as JSON web tokens (RFC 7519) in it say: bearer tokens, what identity proxies add, ID tokens that come back from a token
// endpoint. Claims are only claims until a key that the operator configured for the issuer has verified the signature.
import type { Principal } from "../../../services/contracts/activity/principal.ts"
import type { Micros } from "../../wire/stream.ts"
import { first, isObject, type Json, type JsonObject, maybe, num, obj, str } from "../json/read.ts"
import type { ExchangeView } from "../view.ts"
import type { ReadToken, TokenVerifier } from "./verify.ts"

export function principalsOf(view: ExchangeView, at: Micros, verifier: TokenVerifier): Principal[] {
  return tokensIn(view).flatMap(({ source, token }) => {
    const read = readToken(token)
    if (read === undefined) return []
    const { status, reason } = verifier.judge(token, read, at)
    return [{ source, ...claimsOf(read.claims), status, reason }]
  })
}

interface FoundToken {
  readonly source: string
  readonly token: string
}

function tokensIn(view: ExchangeView): FoundToken[] {
  const found: FoundToken[] = []
  const add = (source: string, token: string | undefined): void => {
    if (token !== undefined && found.length < MAX_TOKENS && isToken(token) && !found.some((one) => one.token === token))
      found.push({ source, token })
  }
  for (const [name, value] of view.requestHeaders) {
    if (name === "authorization") add(name, /^Bearer +(\S+)$/i.exec(value.slice(0, MAX_TOKEN + 16))?.[1])
    else if (TOKEN_HEADERS.has(name)) add(name, value.replace(/^Bearer +/i, ""))
    else if (name === "cookie") for (const [cookie, token] of cookies(value)) add(`cookie:${cookie}`, token)
  }
  // Codes and refresh tokens are exchanged for these; a page or an API answer has none.
  if (view.exchange.status === 200 && /\/(?:token|tokens|oauth2?|login|session)(?:[/?]|$)/i.test(view.path) && view.answers('"id_token"'))
    add("response:id_token", str(view.responseObject, "id_token"))
  return found
}

function* cookies(value: string): Generator<[name: string, token: string]> {
  for (const pair of value.slice(0, MAX_COOKIES).split(";")) {
    const at = pair.indexOf("=")
    const name = pair.slice(0, at).trim()
    if (at > 0 && TOKEN_COOKIES.test(name)) yield [name, pair.slice(at + 1).trim()]
  }
}

/** Three parts of base64url whose first begins an object. */
function isToken(token: string): boolean {
  return token.startsWith("eyJ") && token.length <= MAX_TOKEN && /^[\w-]+=*\.[\w-]+=*\.[\w-]*=*$/.test(token)
}

function readToken(token: string): ReadToken | undefined {
  const [head = "", body = ""] = token.split(".")
  const header = jsonOf(head)
  const claims = jsonOf(body)
  return header === undefined || claims === undefined ? undefined : { header, claims }
}

function jsonOf(part: string): JsonObject | undefined {
  try {
    const value = JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as Json
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Issuers agree on little: addresses stand in email, upn, preferred_username, or in a claim of the issuer's own name space. */
function claimsOf(claims: JsonObject): Omit<Principal, "source" | "status" | "reason"> {
  const email = emailOf(claims)
  const audience = claims["aud"]
  const expires = num(claims, "exp")
  const { iss, sub } = claims
  return {
    ...maybe("issuer", short(iss)),
    ...maybe("subject", short(sub)),
    ...maybe("email", email),
    ...maybe("domain", email?.slice(email.lastIndexOf("@") + 1) ?? short(claims["hd"])?.toLowerCase()),
    ...maybe("client", short(first(claims, "azp", "client_id", "appid", "cid"))),
    ...maybe("tenant", short(first(claims, "tid", "org_id", "tenant"))),
    audience: (Array.isArray(audience) ? audience : [audience])
      .flatMap((one: Json | undefined) => short(one) ?? [])
      .slice(0, MAX_AUDIENCES),
    ...(expires !== undefined && expires > 0 && expires < MAX_SECONDS && { expires: Math.round(expires * 1e6) }),
  }
}

function emailOf(claims: JsonObject): string | undefined {
  // An address that the issuer itself has not checked is anybody's.
  if (claims["email_verified"] === false) return undefined
  const own = ["email", "upn", "preferred_username", "unique_name", "user_email"].map((key) => addressIn(claims[key]))
  const spaced = Object.entries(claims).flatMap(([key, value]) => {
    if (!key.startsWith("https://")) return []
    return key.endsWith("/email")
      ? [addressIn(value)]
      : isObject(value) && value["email_verified"] !== false
        ? [addressIn(value["email"])]
        : []
  })
  return [...own, ...spaced].find((one) => one !== undefined)
}

function addressIn(value: Json | undefined): string | undefined {
  const text = typeof value === "string" && value.length <= MAX_CLAIM ? value : undefined
  return text !== undefined && /^[^\s@<>,:]{1,64}@[A-Za-z0-9.-]{1,253}$/.test(text) ? text.toLowerCase() : undefined
}

function short(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" && value.length <= MAX_CLAIM ? value : undefined
}

/** The subject that a request's own bearer token names, verified or not: who claims to be different people are told apart. */
export function subjectOf(view: ExchangeView): string | undefined {
  const bearer = /^Bearer +(eyJ[\w.=-]+)$/.exec((view.requestHeader("authorization") ?? "").slice(0, MAX_TOKEN))?.[1]
  const claims = bearer === undefined || !isToken(bearer) ? undefined : readToken(bearer)?.claims
  const subject = short(claims?.["sub"])
  return subject === undefined
    ? undefined
    : `${short(claims?.["iss"]) ?? ""} ${short(obj(claims, "https://api.openai.com/auth")?.["user_id"]) ?? subject}`
}

// What identity-aware proxies and gateways add: Google IAP, Cloudflare Access, AWS load balancers, Azure, oauth2-proxy, Teleport.
const TOKEN_HEADERS = new Set([
  "x-goog-iap-jwt-assertion",
  "cf-access-jwt-assertion",
  "x-amzn-oidc-data",
  "x-amzn-oidc-accesstoken",
  "x-ms-token-aad-id-token",
  "x-ms-token-aad-access-token",
  "x-forwarded-access-token",
  "x-auth-request-access-token",
  "x-id-token",
  "x-pomerium-jwt-assertion",
  "teleport-jwt-assertion",
  "proxy-authorization",
])
const TOKEN_COOKIES = /^(?:CF_Authorization|id_token|access_token|_oauth2_proxy|token|jwt|session)$/i
const MAX_TOKEN = 16_384
const MAX_TOKENS = 8
const MAX_COOKIES = 32_768
const MAX_CLAIM = 320
const MAX_AUDIENCES = 8
// Beyond the year 2200 a number is no time in seconds.
const MAX_SECONDS = 7_258_118_400

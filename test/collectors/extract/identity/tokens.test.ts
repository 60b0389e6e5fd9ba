import { generateKeyPairSync, sign } from "node:crypto"
import { describe, expect, it } from "vitest"
import { createExtractor } from "../../../../collectors/extract/extractor.ts"
import type { Principal, TrustedIssuer } from "../../../../services/contracts/activity/principal.ts"
import type { Envelope } from "../../../../services/contracts/envelope.ts"
import { exchange, flow } from "../facts.ts"

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 })
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" })
const other = generateKeyPairSync("rsa", { modulusLength: 2048 })
const issuer = "https://login.example"
const trusted: TrustedIssuer[] = [
  {
    issuer,
    audiences: ["agents"],
    keys: [
      { ...rsa.publicKey.export({ format: "jwk" }), kid: "r1", alg: "RS256", use: "sig" },
      { ...ec.publicKey.export({ format: "jwk" }), kid: "e1" },
      { kty: "broken" },
    ],
  },
]
/** Of the packets, in seconds. */
const now = 1_790_000_000
const claims = { iss: issuer, sub: "u-7", email: "Ada@Acme.example", aud: ["agents", "x"], azp: "console", exp: now + 600 }

describe("who a token says is behind a request", () => {
  it("is verified with a key that is configured for its issuer, RSA or elliptic", () => {
    expect(bearer(token(claims))).toEqual([
      {
        source: "authorization",
        issuer,
        subject: "u-7",
        email: "ada@acme.example",
        domain: "acme.example",
        client: "console",
        audience: ["agents", "x"],
        expires: (now + 600) * 1e6,
        status: "verified",
        reason: expect.stringContaining("configured for its issuer"),
      },
    ])
    expect(bearer(token(claims, { alg: "ES256", kid: "e1" }))[0]?.status).toBe("verified")
  })

  it("is a claim and no more where no key is configured", () => {
    expect(bearer(token({ ...claims, iss: "https://elsewhere.example" }))[0]).toMatchObject({
      status: "unverified",
      email: "ada@acme.example",
    })
    expect(bearer(token(claims, { kid: "unknown" }))[0]).toMatchObject({ status: "unverified", reason: expect.stringContaining("key id") })
    expect(bearer(token(claims, { alg: "HS256" }))[0]?.status).toBe("unverified")
  })

  it.each<[string, string, string]>([
    ["whose signature another key made", token(claims, { key: other.privateKey }), "does not match"],
    ["whose claims were changed after it was signed", forged(), "does not match"],
    ["without a signature", `${token(claims, { alg: "none" }).split(".").slice(0, 2).join(".")}.`, "not signed"],
    ["that had expired when it was sent", token({ ...claims, exp: now - 600 }), "expired"],
    ["that is not valid yet", token({ ...claims, nbf: now + 600 }), "not valid yet"],
    ["for somebody else", token({ ...claims, aud: "others" }), "another audience"],
  ])("refutes a token %s", (_what, text, reason) => {
    expect(bearer(text)[0]).toMatchObject({ status: "refuted", reason: expect.stringContaining(reason) })
  })

  it("finds addresses where issuers put them, but none that the issuer itself has not checked", () => {
    const of = (more: object) => bearer(token({ iss: "x", sub: "s", ...more }))[0]
    expect(of({ upn: "bo@corp.example", tid: "t1" })).toMatchObject({ email: "bo@corp.example", tenant: "t1" })
    expect(of({ "https://api.openai.com/profile": { email: "cy@corp.example" } })).toMatchObject({ domain: "corp.example" })
    expect(of({ hd: "Hosted.example" })).toMatchObject({ domain: "hosted.example" })
    expect(of({ email: "eve@corp.example", email_verified: false })?.email).toBeUndefined()
    expect(of({ email: "a@b@c" })?.email).toBeUndefined()
  })

  it("reads what identity proxies add, cookies, and the ID token that a token endpoint gives", () => {
    const text = token(claims)
    expect(people({ headers: [["cf-access-jwt-assertion", text]] })).toMatchObject([
      { source: "cf-access-jwt-assertion", status: "verified" },
    ])
    expect(people({ headers: [["cookie", `a=b; CF_Authorization=${text}; c=d`]] })).toMatchObject([{ source: "cookie:CF_Authorization" }])
    expect(people({ path: "/oauth/token", answer: { id_token: text, access_token: "opaque" } })).toMatchObject([
      { source: "response:id_token", subject: "u-7" },
    ])
  })

  it("says nothing of what is no token, and survives what only looks like one", () => {
    for (const text of [
      "opaque",
      "eyJ.eyJ.x",
      "eyJhbGciOiJSUzI1NiJ9.bm90IGpzb24.AAAA",
      `eyJ${"a".repeat(40_000)}.e.s`,
      "eyJhbGciOiJSUzI1NiJ9.W10.AAAA",
    ])
      expect(bearer(text)).toEqual([])
  })

  it("keeps two people behind one address apart by the subjects of their tokens", () => {
    const agentOf = (sub: string) =>
      rows({
        headers: [
          ["authorization", `Bearer ${token({ ...claims, sub })}`],
          ["user-agent", "Agents/JavaScript 0.9"],
          ["x-app", "cli"],
        ],
        tools: true,
      })[0]?.agent.id
    expect(agentOf("one")).not.toBe(agentOf("two"))
    expect(agentOf("one")).toBe(agentOf("one"))
  })
})

interface Made {
  readonly alg?: string
  readonly kid?: string
  readonly key?: typeof rsa.privateKey
}

function token(body: object, { alg = "RS256", kid, key }: Made = {}): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url")
  const said = `${part({ alg, typ: "JWT", ...(kid !== undefined && { kid }) })}.${part(body)}`
  const signature =
    alg === "ES256"
      ? sign("sha256", Buffer.from(said), { key: ec.privateKey, dsaEncoding: "ieee-p1363" })
      : sign("sha256", Buffer.from(said), key ?? rsa.privateKey)
  return `${said}.${signature.toString("base64url")}`
}

function forged(): string {
  const [head = "", , signature = ""] = token(claims).split(".")
  return `${head}.${Buffer.from(JSON.stringify({ ...claims, email: "ceo@acme.example" })).toString("base64url")}.${signature}`
}

function bearer(text: string): readonly Principal[] {
  return people({ headers: [["authorization", `Bearer ${text}`]] })
}

interface Asked {
  readonly headers?: readonly (readonly [string, string])[]
  readonly path?: string
  readonly answer?: object
  readonly tools?: boolean
}

function people(asked: Asked): readonly Principal[] {
  const [row] = rows(asked)
  return row?.kind === "http" ? (row.data.principals ?? []) : []
}

function rows({ headers = [], path = "/", answer = {}, tools = false }: Asked): Envelope[] {
  const out: Envelope[] = []
  const body = tools
    ? { model: "m", messages: [{ role: "user", content: "hi" }], tools: [{ type: "function", function: { name: "t", parameters: {} } }] }
    : {}
  const json = ["content-type", "application/json"] as const
  const at = now * 1e6
  const fact = exchange({
    path: tools ? "/v1/chat/completions" : path,
    host: tools ? "api.openai.com" : "app.example",
    request: { headers: [...headers, json], body, startedAt: at, endedAt: at },
    response: { headers: [json], body: answer, startedAt: at, endedAt: at },
  })
  createExtractor({ sensor: "s", issuers: trusted }).handle(fact, flow, (row) => out.push(row))
  return out
}

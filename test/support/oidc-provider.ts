// A small OpenID provider: discovery, a log-in page, authorization code with PKCE (S256 only), one-time codes, ID tokens signed by a published key. It
// refuses what the standards tell a provider to refuse, so that a client that leaves something out does not get in.
import { createHash, randomBytes } from "node:crypto"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { exportJWK, generateKeyPair, SignJWT } from "jose"

type Claims = Readonly<Record<string, unknown>>
interface Grant {
  readonly asked: URLSearchParams
  readonly person: string
}

export class TestOidcProvider {
  /** Addresses that a client may send people back to; empty: any on this machine. */
  readonly redirectUris: string[] = []
  /** What the next ID token says instead. */
  spoil: (claims: Claims) => Claims = (claims) => claims
  readonly #people: Readonly<Record<string, Claims>>
  readonly #client: { readonly id: string; readonly secret?: string }
  readonly #grants = new Map<string, Grant>()
  readonly #server: Server
  #sign: (claims: Claims) => Promise<string> = () => Promise.reject(new Error("not open"))
  #jwk: object = {}

  static async open(client: { readonly id: string; readonly secret?: string }, people: Readonly<Record<string, Claims>>) {
    const provider = new TestOidcProvider(client, people)
    const { publicKey, privateKey } = await generateKeyPair("ES256")
    provider.#jwk = { ...(await exportJWK(publicKey)), kid: "k1", alg: "ES256", use: "sig" }
    provider.#sign = (claims) => new SignJWT({ ...claims }).setProtectedHeader({ alg: "ES256", kid: "k1" }).sign(privateKey)
    await new Promise<void>((done) => provider.#server.listen(0, "127.0.0.1", done))
    return provider
  }

  private constructor(client: { readonly id: string; readonly secret?: string }, people: Readonly<Record<string, Claims>>) {
    this.#client = client
    this.#people = people
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
    })
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.issuer)
    switch (url.pathname) {
      case "/.well-known/openid-configuration":
        return json(response, {
          issuer: this.issuer,
          authorization_endpoint: `${this.issuer}/authorize`,
          token_endpoint: `${this.issuer}/token`,
          jwks_uri: `${this.issuer}/keys`,
        })
      case "/keys":
        return json(response, { keys: [this.#jwk] })
      case "/authorize":
        return this.#logInPage(url.searchParams, response)
      case "/log-in":
        return this.#logIn(url.searchParams, response)
      case "/token":
        return this.#token(request, response)
      case "/favicon.ico":
        return void response.writeHead(204).end()
      default:
        response.writeHead(404).end()
    }
  }

  /** One link a person, and one that refuses. */
  #logInPage(asked: URLSearchParams, response: ServerResponse): void {
    const wrong = this.#wrong(asked)
    if (wrong !== undefined) return void response.writeHead(400).end(wrong)
    const link = (person: string) =>
      `<li><a href="/log-in?${escaped(new URLSearchParams([...asked, ["person", person]]).toString())}">${person}</a></li>`
    response.writeHead(200, { "content-type": "text/html" })
    response.end(`<!doctype html><title>Log in</title><ul>${[...Object.keys(this.#people), "nobody"].map(link).join("")}</ul>`)
  }

  #logIn(asked: URLSearchParams, response: ServerResponse): void {
    const back = new URL(asked.get("redirect_uri") ?? "")
    const person = asked.get("person") ?? ""
    back.searchParams.set("state", asked.get("state") ?? "")
    back.searchParams.set("iss", this.issuer)
    if (this.#people[person] === undefined) back.searchParams.set("error", "access_denied")
    else {
      const code = randomBytes(16).toString("hex")
      this.#grants.set(code, { asked, person })
      back.searchParams.set("code", code)
    }
    response.writeHead(302, { location: back.href }).end()
  }

  async #token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = ""
    for await (const chunk of request.setEncoding("utf8")) text += chunk
    const given = new URLSearchParams(text)
    const grant = this.#grants.get(given.get("code") ?? "")
    this.#grants.delete(given.get("code") ?? "")
    const challenge = createHash("sha256")
      .update(given.get("code_verifier") ?? "")
      .digest("base64url")
    if (
      grant === undefined ||
      given.get("grant_type") !== "authorization_code" ||
      challenge !== grant.asked.get("code_challenge") ||
      given.get("redirect_uri") !== grant.asked.get("redirect_uri") ||
      !this.#isClient(request.headers.authorization, given)
    )
      return json(response, { error: "invalid_grant" }, 400)
    const now = Math.floor(Date.now() / 1_000)
    const claims = { iss: this.issuer, aud: this.#client.id, sub: grant.person, iat: now, exp: now + 300, nonce: grant.asked.get("nonce") }
    json(response, {
      token_type: "Bearer",
      access_token: "opaque",
      id_token: await this.#sign(this.spoil({ ...claims, ...this.#people[grant.person] })),
    })
  }

  #wrong(asked: URLSearchParams): string | undefined {
    const uri = asked.get("redirect_uri") ?? ""
    if (asked.get("response_type") !== "code") return "response_type"
    if (asked.get("client_id") !== this.#client.id) return "client_id"
    if (this.redirectUris.length > 0 ? !this.redirectUris.includes(uri) : !/^https?:\/\/(127\.0\.0\.1|localhost)[:/]/.test(uri))
      return "redirect_uri"
    if (asked.get("code_challenge_method") !== "S256" || (asked.get("code_challenge") ?? "").length !== 43) return "code_challenge"
    if (!(asked.get("scope") ?? "").split(" ").includes("openid")) return "scope"
    return (asked.get("state") ?? "").length < 16 || (asked.get("nonce") ?? "").length < 16 ? "state or nonce" : undefined
  }

  #isClient(authorization: string | undefined, given: URLSearchParams): boolean {
    const { id, secret } = this.#client
    if (secret === undefined) return given.get("client_id") === id
    return authorization === `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`
  }
}

function json(response: ServerResponse, value: object, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value))
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;")
}

// The HTTPS endpoint to which hosts push key lines.
//   POST /v1/keys     application/sslkeylogfile; a client certificate of our authority, or the token as a bearer; answers what was taken
//   POST /v1/enrol    {"name", "publicKey"} with the token; answers {"certificate", "authority"}
// Key lines are read as they come and never kept, logged or answered. Every limit answers with its reason.
import { createHash, timingSafeEqual } from "node:crypto"
import type { IncomingMessage, ServerResponse } from "node:http"
import { createServer } from "node:https"
import type { AddressInfo } from "node:net"
import type { TLSSocket } from "node:tls"
import type { KeyAuthority } from "./key-authority.ts"
import { type KeyLogEntry, KeyLogReader } from "./key-log.ts"

export interface KeyServerOptions {
  readonly listen: { readonly host: string; readonly port: number }
  readonly authority: KeyAuthority
  /** Clear text; undefined: no enrolment, and only client certificates may push. */
  readonly token: string | undefined
  readonly onKey: (entry: KeyLogEntry) => void
}

export interface KeyServerCounts {
  pushes: number
  keys: number
  garbage: number
  exportersRefused: number
  enrolled: number
  unauthorised: number
}

export interface KeyServer {
  readonly port: number
  readonly counts: KeyServerCounts
  close(): Promise<void>
}

export async function startKeyServer(options: KeyServerOptions): Promise<KeyServer> {
  const counts: KeyServerCounts = { pushes: 0, keys: 0, garbage: 0, exportersRefused: 0, enrolled: 0, unauthorised: 0 }
  const { key, certificate } = options.authority.serverCertificate()
  const server = createServer(
    // Who has no certificate may still have the token: that is decided for each request.
    { key, cert: certificate, ca: options.authority.certificate, requestCert: true, rejectUnauthorized: false, minVersion: "TLSv1.2" },
    (request, response) => {
      respond(request, { options, counts }).then(
        ({ status, body }) => finish(response, status, body),
        () => request.destroy(),
      )
    },
  )
  server.headersTimeout = 10_000
  server.requestTimeout = 60_000
  server.maxConnections = MAX_CONNECTIONS
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(options.listen.port, options.listen.host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    counts,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Answer {
  readonly status: number
  readonly body: object
}
interface Parts {
  readonly options: KeyServerOptions
  readonly counts: KeyServerCounts
}

async function respond(request: IncomingMessage, parts: Parts): Promise<Answer> {
  const path = (request.url ?? "").split("?")[0]
  if (request.method !== "POST" || (path !== "/v1/keys" && path !== "/v1/enrol")) {
    return problem(404, "only POST /v1/keys and POST /v1/enrol are here")
  }
  const certified = hasClientCertificate(request.socket as TLSSocket, parts.options.authority)
  if (!(path === "/v1/keys" && certified) && !hasToken(request, parts.options.token)) {
    parts.counts.unauthorised++
    return problem(
      401,
      certified ? "the token is wrong or missing" : "a client certificate of this sensor (egret keys enroll) or the token is needed",
    )
  }
  return path === "/v1/keys" ? await takeKeys(request, parts) : await enrol(request, parts)
}

async function takeKeys(request: IncomingMessage, { options, counts }: Parts): Promise<Answer> {
  const reader = new KeyLogReader(options.onKey)
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY) return problem(413, `at most ${MAX_BODY} bytes in one request`)
    reader.push(chunk)
    chunk.fill(0)
  }
  reader.settle()
  const { keys, garbage, exportersRefused, unknownLabels } = reader.counts
  counts.pushes++
  counts.keys += keys
  counts.garbage += garbage
  counts.exportersRefused += exportersRefused
  return { status: 200, body: { keys, garbage, exportersRefused, unknownLabels } }
}

async function enrol(request: IncomingMessage, { options, counts }: Parts): Promise<Answer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_ENROLMENT) return problem(413, "an enrolment is a name and a public key")
    chunks.push(chunk)
  }
  const asked = readEnrolment(Buffer.concat(chunks).toString("utf8"))
  if (asked === undefined) return problem(400, 'want {"name": up to 64 letters, digits, dots or dashes, "publicKey": PEM}')
  try {
    const certificate = options.authority.clientCertificate(asked.name, asked.publicKey)
    counts.enrolled++
    return { status: 200, body: { certificate, authority: options.authority.certificate } }
  } catch {
    return problem(400, "the public key is no EC key in PEM")
  }
}

function readEnrolment(text: string): { name: string; publicKey: string } | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== "object" || value === null || !("name" in value) || !("publicKey" in value)) return undefined
    const { name, publicKey } = value
    if (typeof name !== "string" || typeof publicKey !== "string" || !/^[A-Za-z0-9._-]{1,64}$/.test(name)) return undefined
    return { name, publicKey }
  } catch {
    return undefined
  }
}

/** Not `socket.authorized`: that is true for a resumed session of a client that never had a certificate. */
function hasClientCertificate(socket: TLSSocket, authority: KeyAuthority): boolean {
  const certificate = socket.getPeerX509Certificate()
  return certificate !== undefined && authority.hasIssuedClient(certificate, new Date())
}

function hasToken(request: IncomingMessage, token: string | undefined): boolean {
  const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1]
  if (given === undefined || token === undefined || token === "") return false
  const hash = (text: string) => createHash("sha256").update(text).digest()
  return timingSafeEqual(hash(given), hash(token))
}

function problem(status: number, detail: string): Answer {
  return { status, body: { status, detail } }
}

function finish(response: ServerResponse, status: number, body: object): void {
  const type = status < 300 ? "application/json" : "application/problem+json"
  // A refused body is not read to its end.
  response.writeHead(status, { "content-type": type, ...(status === 413 || status === 401 ? { connection: "close" } : {}) })
  response.end(JSON.stringify(body))
}

// A busy host logs a few hundred lines a second; a forwarder sends far less at once.
const MAX_BODY = 4_194_304
const MAX_ENROLMENT = 8_192
const MAX_CONNECTIONS = 1_024

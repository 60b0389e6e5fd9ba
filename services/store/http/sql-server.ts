// The ClickHouse HTTP protocol over the embedded engine, as much of it as reading clients use: Grafana, notebooks, the official clients, curl.
//   GET /ping                      "Ok."
//   GET|POST /?query=...           the statement is `query`, then the body; the answer is in the statement's FORMAT, `default_format`, or TabSeparated
//   param_NAME                     value of {NAME:Type}
// The user is Basic authorisation, X-ClickHouse-User and -Key, or `user` and `password` in the address. Settings in the address are not obeyed:
// limits are ours. Everybody who gets in reads everything but content (sql-gate.ts says why that holds).
import { createHash, randomUUID } from "node:crypto"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { gunzipSync, gzip } from "node:zlib"
import type { EngineProcess } from "../engine/engine-process.ts"
import { verifyPassword } from "./password.ts"
import { admit, RefusedError } from "./sql-gate.ts"

export interface SqlServerOptions {
  readonly engine: EngineProcess
  readonly database: string
  readonly host: string
  readonly port: number
  readonly username: string
  readonly passwordHash: string
}

export interface SqlServer {
  readonly port: number
  close(): Promise<void>
}

export async function startSqlServer(options: SqlServerOptions): Promise<SqlServer> {
  const door = new Door(options)
  let running = 0
  const server = createServer({ maxHeaderSize: 32_768, requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    running += 1
    answer(request, response, { options, door, busy: running > MAX_RUNNING })
      .catch((error: unknown) => fail(response, error))
      .finally(() => {
        running -= 1
      })
  })
  await listen(server, options)
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

interface Handling {
  readonly options: SqlServerOptions
  readonly door: Door
  readonly busy: boolean
}

async function answer(request: IncomingMessage, response: ServerResponse, { options, door, busy }: Handling): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost")
  if (url.pathname === "/ping") return send(response, 200, "Ok.\n")
  if (url.pathname !== "/") return send(response, 404, "There is no such path. Statements go to /\n")
  if (request.method !== "GET" && request.method !== "POST") return send(response, 405, "Use GET or POST.\n")
  if (!url.searchParams.has("query") && request.method === "GET") return send(response, 200, "Ok.\n")
  const outcome = await door.enter(request, url.searchParams)
  if (outcome !== "welcome") return refuse(response, outcome)
  if (busy) throw new StatementError(503, 202, "TOO_MANY_SIMULTANEOUS_QUERIES", "the store is answering others; try again")
  const database = url.searchParams.get("database") ?? options.database
  if (database !== options.database && database !== "default")
    throw new StatementError(404, 81, "UNKNOWN_DATABASE", `there is only ${options.database}`)
  const statement = `${url.searchParams.get("query") ?? ""}\n${await readBody(request)}`.trim()
  if (statement === "") throw new StatementError(400, 62, "SYNTAX_ERROR", "Empty query")
  const { sql, format } = await admit(options.engine, statement)
  const wanted = formatOf(format ?? url.searchParams.get("default_format") ?? "TabSeparated")
  const bytes = await options.engine.run({ lane: "meta", sql, format: wanted, params: paramsOf(url.searchParams) })
  const headers = {
    "content-type": CONTENT_TYPES[wanted] ?? "text/plain; charset=UTF-8",
    "x-clickhouse-format": wanted,
    "x-clickhouse-query-id":
      url.searchParams
        .get("query_id")
        ?.slice(0, 100)
        .replace(/[^\w-]/g, "") ?? randomUUID(),
    "x-clickhouse-server-display-name": "egret",
    "x-clickhouse-timezone": "UTC",
  }
  await sendBytes(request, response, { bytes, headers })
}

/** Who may come in. A right password is remembered for a while, because checking one is made to be slow; wrong ones slow the door down. */
class Door {
  readonly #options: SqlServerOptions
  readonly #known = new Map<string, number>()
  #wrong: number[] = []

  constructor(options: SqlServerOptions) {
    this.#options = options
  }

  async enter(request: IncomingMessage, search: URLSearchParams): Promise<"welcome" | "wrong" | "wait"> {
    const { username, password } = credentials(request, search)
    const key = createHash("sha256").update(`${username}\0${password}`).digest("base64")
    const now = Date.now()
    if ((this.#known.get(key) ?? 0) > now) return "welcome"
    this.#wrong = this.#wrong.filter((at) => at > now - 60_000)
    if (this.#wrong.length >= MAX_WRONG_A_MINUTE) return "wait"
    // Counted before the check, so that many guesses at once do not all get in under the limit.
    this.#wrong.push(now)
    const right = (await verifyPassword(password, this.#options.passwordHash)) && username === this.#options.username
    if (!right) return "wrong"
    this.#wrong = this.#wrong.filter((at) => at !== now)
    this.#known.clear()
    this.#known.set(key, now + REMEMBER_MILLIS)
    return "welcome"
  }
}

function credentials({ headers }: IncomingMessage, search: URLSearchParams): { username: string; password: string } {
  const basic = /^Basic ([A-Za-z0-9+/=]{1,4000})$/i.exec(headers.authorization ?? "")
  if (basic !== null) {
    const text = Buffer.from(basic[1] ?? "", "base64").toString("utf8")
    const at = text.indexOf(":")
    return { username: text.slice(0, Math.max(at, 0)), password: text.slice(at + 1) }
  }
  const header = (name: string) => (typeof headers[name] === "string" ? headers[name] : undefined)
  return {
    username: header("x-clickhouse-user") ?? search.get("user") ?? "",
    password: header("x-clickhouse-key") ?? search.get("password") ?? "",
  }
}

function paramsOf(search: URLSearchParams): Record<string, string> {
  const params: Record<string, string> = {}
  for (const [name, value] of search) {
    if (!name.startsWith("param_")) continue
    if (!/^param_[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(name))
      throw new StatementError(400, 36, "BAD_ARGUMENTS", "a parameter's name is made of letters, digits and _")
    // Values come in ClickHouse's escaped text already.
    params[name.slice(6)] = value
  }
  return params
}

function formatOf(name: string): string {
  if (/^[A-Za-z0-9]{1,40}$/.test(name)) return name
  throw new StatementError(400, 73, "UNKNOWN_FORMAT", "unknown format")
}

async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > MAX_STATEMENT) throw new StatementError(413, 62, "SYNTAX_ERROR", `a statement may have ${MAX_STATEMENT} bytes`)
    pieces.push(piece)
  }
  const bytes = Buffer.concat(pieces)
  const encoding = request.headers["content-encoding"]
  if (encoding === undefined || encoding === "identity" || bytes.length === 0) return bytes.toString("utf8")
  if (encoding !== "gzip") throw new StatementError(415, 36, "BAD_ARGUMENTS", "send the statement as it is or in gzip")
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_STATEMENT }).toString("utf8")
  } catch {
    throw new StatementError(400, 36, "BAD_ARGUMENTS", "the body is not gzip, or too large")
  }
}

/** An error in ClickHouse's words, which clients look for. */
class StatementError extends Error {
  override name = "StatementError"
  readonly status: number
  readonly code: number
  readonly type: string

  constructor(status: number, code: number, type: string, message: string) {
    super(message)
    this.status = status
    this.code = code
    this.type = type
  }
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const { status, code, text } = describe(error)
  send(response, status, `${text}\n`, { "x-clickhouse-exception-code": String(code) })
}

function describe(error: unknown): { status: number; code: number; text: string } {
  if (error instanceof StatementError)
    return { status: error.status, code: error.code, text: `Code: ${error.code}. DB::Exception: ${error.message}. (${error.type})` }
  if (error instanceof RefusedError) return { status: 403, code: 497, text: `Code: 497. DB::Exception: ${error.message}. (ACCESS_DENIED)` }
  const message = error instanceof Error ? error.message : String(error)
  // What the formatter says of a wrong statement ends with our own question around it.
  const text = message.replace(/: In scope SELECT formatQuerySingleLine\([\s\S]*$/, "")
  const code = Number(/Code: (\d+)/.exec(text)?.[1] ?? "1002")
  return { status: code === 497 ? 403 : code === 60 || code === 81 ? 404 : 400, code, text: text.slice(0, 4_000) }
}

function refuse(response: ServerResponse, outcome: "wrong" | "wait"): void {
  const text =
    "Code: 516. DB::Exception: Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED)\n"
  if (outcome === "wait") send(response, 429, "Too many wrong passwords. Wait a minute.\n", { "retry-after": "60" })
  else send(response, 401, text, { "www-authenticate": 'Basic realm="egret"', "x-clickhouse-exception-code": "516" })
}

function send(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response
    .writeHead(status, {
      "content-type": "text/plain; charset=UTF-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...headers,
    })
    .end(text)
}

async function sendBytes(
  request: IncomingMessage,
  response: ServerResponse,
  { bytes, headers }: { bytes: Uint8Array; headers: Record<string, string> },
): Promise<void> {
  const zip = bytes.length > 1_024 && /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""))
  const body = zip ? await zipped(bytes) : bytes
  response.writeHead(200, {
    ...headers,
    ...(zip ? { "content-encoding": "gzip" } : {}),
    "content-length": body.length,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  })
  response.end(body)
}

function zipped(bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => gzip(bytes, { level: 1 }, (error, result) => (error === null ? resolve(result) : reject(error))))
}

function listen(server: Server, { host, port }: SqlServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen({ host, port }, () => resolve())
  })
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  JSON: "application/json; charset=UTF-8",
  JSONCompact: "application/json; charset=UTF-8",
  JSONEachRow: "application/x-ndjson; charset=UTF-8",
  JSONCompactEachRow: "application/x-ndjson; charset=UTF-8",
  CSV: "text/csv; charset=UTF-8",
  CSVWithNames: "text/csv; charset=UTF-8",
  TabSeparated: "text/tab-separated-values; charset=UTF-8",
  Native: "application/octet-stream",
  RowBinary: "application/octet-stream",
}
// The engine's own limit for the text of a statement.
const MAX_STATEMENT = 262_144
// Two run; a dashboard asks some twenty at once.
const MAX_RUNNING = 64
const MAX_WRONG_A_MINUTE = 20
const REMEMBER_MILLIS = 300_000

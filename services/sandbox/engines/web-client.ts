// HTTP as every engine's adapter uses it: one request, one bounded answer, and what went wrong as an EngineError that says whether to come again.
// Redirects are not followed: a key must not travel to where a server points.
import { randomBytes } from "node:crypto"
import { readFileSync } from "node:fs"
import { request as httpRequest } from "node:http"
import { request as httpsRequest } from "node:https"
import type { z } from "zod"
import type { clientTls } from "../../contracts/config/tls.ts"
import { EngineError } from "../engine.ts"

export interface Ask {
  readonly method?: "GET" | "POST"
  /** Appended to the base address. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
  /** Answers that are no error besides 2xx: 404 where it means "not known". */
  readonly allow?: readonly number[]
  readonly signal: AbortSignal
}

export interface Answer {
  readonly status: number
  readonly json: unknown
  readonly text: string
}

export interface WebClientOptions {
  readonly url: string
  readonly timeout: number
  readonly headers?: Readonly<Record<string, string>>
  readonly tls?: z.infer<typeof clientTls> | undefined
}

export class WebClient {
  readonly #base: string
  readonly #timeout: number
  readonly #headers: Readonly<Record<string, string>>
  readonly #tls: Record<string, unknown>

  constructor({ url, timeout, headers = {}, tls }: WebClientOptions) {
    this.#base = url.replace(/\/+$/, "")
    this.#timeout = timeout
    this.#headers = headers
    this.#tls = tlsOptions(tls)
  }

  async ask({ method = "GET", path, headers = {}, body, allow = [], signal }: Ask): Promise<Answer> {
    const { status, text, retryAfter } = await this.#send({
      method,
      url: path.startsWith("http") ? path : this.#base + path,
      headers,
      body,
      signal,
    })
    if (!(status >= 200 && status < 300) && !allow.includes(status)) throw errorOf(status, text, retryAfter)
    return { status, text, json: parse(text) }
  }

  #send(ask: {
    method: string
    url: string
    headers: Readonly<Record<string, string>>
    body: Uint8Array | string | undefined
    signal: AbortSignal
  }) {
    const bytes = ask.body === undefined ? undefined : Buffer.from(ask.body as Uint8Array)
    const send = ask.url.startsWith("https:") ? httpsRequest : httpRequest
    return new Promise<{ status: number; text: string; retryAfter: string | undefined }>((resolve, reject) => {
      const request = send(
        ask.url,
        {
          method: ask.method,
          headers: {
            accept: "application/json",
            "user-agent": "egret",
            ...this.#headers,
            ...ask.headers,
            ...(bytes !== undefined && { "content-length": String(bytes.length) }),
          },
          signal: AbortSignal.any([ask.signal, AbortSignal.timeout(this.#timeout)]),
          ...this.#tls,
        },
        (response) => {
          const chunks: Buffer[] = []
          let size = 0
          response.on("data", (chunk: Buffer) => {
            size += chunk.length
            if (size <= MAX_ANSWER) chunks.push(chunk)
            else response.destroy(new EngineError(`the answer is larger than ${MAX_ANSWER} bytes`, { final: true }))
          })
          response.on("error", (error) => reject(worldError(error)))
          response.on("aborted", () => reject(new EngineError("the answer broke off")))
          response.on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              text: Buffer.concat(chunks).toString("utf8"),
              retryAfter: response.headers["retry-after"],
            }),
          )
        },
      )
      request.on("error", (error) => reject(worldError(error)))
      request.end(bytes)
    })
  }
}

export interface FormPart {
  readonly name: string
  readonly value: string | Uint8Array
  readonly filename?: string
}

/** multipart/form-data (RFC 7578). The boundary is random, so no content can hold it. */
export function formOf(parts: readonly FormPart[]): { body: Uint8Array; headers: Record<string, string> } {
  const boundary = `egret${randomBytes(16).toString("hex")}`
  const pieces = parts.flatMap(({ name, value, filename }) => [
    Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data; name="${quoted(name)}"${filename === undefined ? "" : `; filename="${quoted(filename)}"`}\r\n${
        filename === undefined ? "" : "content-type: application/octet-stream\r\n"
      }\r\n`,
    ),
    Buffer.from(value as Uint8Array),
    Buffer.from("\r\n"),
  ])
  return {
    body: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
  }
}

/** 408, 425, 429 and 5xx may pass later; 401 and 403 until somebody mends the key; the rest will not change by repeating. */
function errorOf(status: number, text: string, retryAfter: string | undefined): EngineError {
  const message = `HTTP ${status}${text === "" ? "" : `: ${text.replaceAll(/\s+/g, " ").slice(0, 200)}`}`
  const after = afterOf(retryAfter)
  if (status === 429) return new EngineError(message, { quota: true, after: after ?? DEFAULT_QUOTA_PAUSE })
  if (status === 401 || status === 403) return new EngineError(`the engine refuses our key: ${message}`, { after: KEY_PAUSE })
  const passing = status === 408 || status === 425 || status >= 500
  return new EngineError(message, { final: !passing, ...(after !== undefined && { after }) })
}

/** Seconds, or a date (RFC 9110 10.2.3). */
function afterOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const millis = /^\d{1,9}$/.test(value.trim()) ? Number(value) * 1_000 : Date.parse(value) - Date.now()
  return Number.isFinite(millis) && millis > 0 ? Math.min(millis, MAX_PAUSE) : undefined
}

function worldError(error: Error): EngineError {
  if (error instanceof EngineError) return error
  if (error.name === "TimeoutError" || (error.cause as Error | undefined)?.name === "TimeoutError")
    return new EngineError("no answer in time")
  return new EngineError((error as NodeJS.ErrnoException).code ?? error.message)
}

function tlsOptions(tls: z.infer<typeof clientTls> | undefined): Record<string, unknown> {
  if (tls === undefined) return {}
  return {
    ...(tls.ca !== undefined && { ca: readFileSync(tls.ca) }),
    ...(tls.cert !== undefined && { cert: readFileSync(tls.cert) }),
    ...(tls.key !== undefined && { key: tls.key.reveal() }),
    ...(tls.serverName !== undefined && { servername: tls.serverName }),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function quoted(text: string): string {
  return text.replaceAll(/["\r\n]/g, (character) => encodeURIComponent(character))
}

// Full reports of sandboxes run to some megabytes; what we read of them fits.
const MAX_ANSWER = 64 * 1024 * 1024
const DEFAULT_QUOTA_PAUSE = 60_000
const KEY_PAUSE = 10 * 60_000
const MAX_PAUSE = 24 * 3_600_000

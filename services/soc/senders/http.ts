// One HTTP request, and what its answer means. Redirects are not followed: a token must not travel to where a receiver points.
import { request as httpRequest, type IncomingMessage } from "node:http"
import { request as httpsRequest } from "node:https"
import type { z } from "zod"
import type { clientTls } from "../../contracts/config/tls.ts"
import { type ClientTlsOptions, clientTlsOptions } from "../../runtime/client-tls.ts"
import type { Sent } from "../sender.ts"

export interface Post {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
  /** Milliseconds for the whole exchange: a receiver that answers byte by byte is one that does not answer. */
  readonly timeout: number
  readonly method?: "GET" | "POST" | "PUT" | "PATCH"
  readonly tls?: ClientTlsOptions
}

export type Web = Pick<Post, "timeout" | "tls">

export type Answered = { readonly status: number; readonly body: string; readonly headers: Headers } | Extract<Sent, { outcome: "retry" }>

export function post({ url, headers, body, timeout, method = "POST", tls = {} }: Post): Promise<Answered> {
  const send = url.startsWith("https:") ? httpsRequest : httpRequest
  const bytes = typeof body === "string" ? Buffer.from(body) : body
  return new Promise((resolve) => {
    const failed = (error: unknown): void => resolve({ outcome: "retry", reason: reasonOf(error) })
    const options = {
      method,
      headers: { ...headers, "content-length": String(bytes.length) },
      signal: AbortSignal.timeout(timeout),
      ...tls,
    }
    try {
      send(url, options, (response) =>
        readText(response).then((text) => resolve({ status: response.statusCode ?? 0, body: text, headers: headersOf(response) }), failed),
      )
        .on("error", failed)
        .end(bytes)
    } catch (error) {
      failed(error)
    }
  })
}

/**
 * 2xx arrived. A refusal of this record (400, 409, 413, 415, 422 and their like) will not change by repeating. Everything else says something about the
 * receiver or our settings (an expired token, a wrong address, throttling, a fault): the records wait, and health shows the reason.
 */
export function judge(answer: Answered, now: () => number = Date.now): Sent {
  if ("outcome" in answer) return answer
  const { status, headers, body } = answer
  if (status >= 200 && status < 300) return { outcome: "delivered" }
  const reason = `HTTP ${status}: ${body.slice(0, 200)}`
  if (status >= 400 && status < 500 && !NOT_ABOUT_THE_RECORD.includes(status)) return { outcome: "refused", reason }
  const after = retryAfter(headers.get("retry-after"), now)
  return { outcome: "retry", reason, ...(after > 0 && { after: Math.min(after, MAX_WAIT) }) }
}

/** What every request to a destination of our own making has in common. Its certificates are read once. */
export function webOf({
  name,
  timeout,
  tls,
}: {
  readonly name: string
  readonly timeout: number
  readonly tls?: z.infer<typeof clientTls> | undefined
}): Web {
  return { timeout, ...(tls !== undefined && { tls: clientTlsOptions(tls, `soc.destinations ${name}.tls`) }) }
}

/** A path below the address as it was configured: tools live behind proxies under paths of their own. */
export function under(url: string, path: string): string {
  return `${url.replace(/\/+$/, "")}${path}`
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Seconds or an HTTP date (RFC 9110 §10.2.3), as milliseconds from now; 0 when there is none. */
function retryAfter(value: string | null, now: () => number): number {
  if (value === null || value.trim() === "") return 0
  const seconds = Number(value)
  if (Number.isFinite(seconds)) return seconds * 1_000
  const date = Date.parse(value)
  return Number.isNaN(date) ? 0 : date - now()
}

/** No more of the answer than its beginning is kept, however long it is. */
function readText(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const text = () => Buffer.concat(chunks).toString("utf8", 0, MAX_ANSWER)
    response.on("data", (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size < MAX_ANSWER) return
      resolve(text())
      response.destroy()
    })
    response.on("end", () => resolve(text()))
    response.on("error", reject)
  })
}

function headersOf({ headers }: IncomingMessage): Headers {
  return new Headers(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])))
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const name = error.name === "AbortError" && error.cause instanceof Error ? error.cause.name : error.name
  if (name === "TimeoutError" || name === "AbortError") return "no answer in time"
  // Of several addresses that all refuse, only the errors inside say why.
  const [first] = error instanceof AggregateError ? (error.errors as Error[]) : [error]
  return first?.message || (error as NodeJS.ErrnoException).code || error.name
}

// Unauthorized, payment required, forbidden, not found, method, proxy, timeout, gone (a channel that was archived), misdirected, locked, too early, too many
// requests.
const NOT_ABOUT_THE_RECORD = [401, 402, 403, 404, 405, 407, 408, 410, 421, 423, 425, 429]
// A bulk answer has some 200 bytes an item; a thousand items are a fifth of this.
const MAX_ANSWER = 1024 * 1024
const MAX_WAIT = 3_600_000

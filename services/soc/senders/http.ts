// One HTTP request, and what its answer means. Redirects are not followed: a token must not travel to where a receiver points.
import type { Sent } from "../sender.ts"

export interface Post {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
  /** Milliseconds for the whole exchange: a receiver that answers byte by byte is one that does not answer. */
  readonly timeout: number
  readonly method?: "POST" | "PUT" | "PATCH"
}

export type Answered = { readonly status: number; readonly body: string; readonly headers: Headers } | Extract<Sent, { outcome: "retry" }>

export async function post({ url, headers, body, timeout, method = "POST" }: Post): Promise<Answered> {
  try {
    const response = await fetch(url, {
      method,
      headers,
      body: body as NonNullable<RequestInit["body"]>,
      redirect: "manual",
      signal: AbortSignal.timeout(timeout),
    })
    return { status: response.status, body: await readText(response), headers: response.headers }
  } catch (error) {
    return { outcome: "retry", reason: reasonOf(error) }
  }
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
async function readText({ body }: Response): Promise<string> {
  if (body === null) return ""
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    chunks.push(value)
    size += value.length
    if (size >= MAX_ANSWER) {
      await reader.cancel()
      break
    }
  }
  return Buffer.concat(chunks).toString("utf8", 0, MAX_ANSWER)
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === "TimeoutError") return "no answer in time"
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message
}

// Unauthorized, payment required, forbidden, not found, method, proxy, timeout, misdirected, locked, too early, too many requests.
const NOT_ABOUT_THE_RECORD = [401, 402, 403, 404, 405, 407, 408, 421, 423, 425, 429]
// A bulk answer has some 200 bytes an item; a thousand items are a fifth of this.
const MAX_ANSWER = 1024 * 1024
const MAX_WAIT = 3_600_000

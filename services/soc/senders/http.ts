// One HTTP request, and what its answer means. Redirects are not followed: a token must not travel to where a receiver points.
import type { Sent } from "../sender.ts"

export interface Post {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
  readonly timeout: number
  readonly method?: "POST" | "PUT"
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
    return { status: response.status, body: (await response.text()).slice(0, MAX_ANSWER), headers: response.headers }
  } catch (error) {
    return { outcome: "retry", reason: reasonOf(error) }
  }
}

/** 2xx arrived; 408, 425, 429 and 5xx may pass later; the rest will not change by repeating. */
export function judge(answer: Answered): Sent {
  if ("outcome" in answer) return answer
  if (answer.status >= 200 && answer.status < 300) return { outcome: "delivered" }
  const reason = `HTTP ${answer.status}: ${answer.body.slice(0, 200)}`
  const passing = answer.status === 408 || answer.status === 425 || answer.status === 429 || answer.status >= 500
  if (!passing) return { outcome: "refused", reason }
  const after = Number(answer.headers.get("retry-after"))
  return { outcome: "retry", reason, ...(Number.isFinite(after) && after > 0 && { after: Math.min(after * 1_000, MAX_WAIT) }) }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === "TimeoutError") return "no answer in time"
  return error.cause instanceof Error ? error.cause.message : error.message
}

const MAX_ANSWER = 1024 * 1024
const MAX_WAIT = 3_600_000

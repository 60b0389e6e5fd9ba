// How long a message body is: RFC 9112 §6.3, step by step. Requests are smuggled where two readers decide this differently, so it is decided in this
// one place, and every message that leaves a choice is named.
import type { HeaderList } from "../facts.ts"
import { joinedValue, trimBlanks } from "../http/fields.ts"

export type Framing =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly length: number }
  | { readonly kind: "chunked"; readonly codings: readonly string[] }
  /** Until the connection closes. */
  | { readonly kind: "close"; readonly codings: readonly string[] }
  /** The connection becomes something else. */
  | { readonly kind: "tunnel" }
  /** Nobody can say where the body ends: the recipient must close the connection. */
  | { readonly kind: "lost" }

export type FramingAnomaly =
  | "te-and-cl"
  | "te-not-chunked"
  | "te-repeated"
  | "te-in-http10"
  | "cl-repeated"
  | "cl-conflict"
  | "cl-invalid"
  | "body-where-none-is-allowed"

export interface FramingContext {
  readonly headers: HeaderList
  readonly version: string
  /** Of a response; undefined for a request. */
  readonly status?: number
  /** Of the request that is answered; "" when it was not seen. */
  readonly method: string
  anomaly(code: FramingAnomaly, detail?: string): void
}

export function decideFraming(message: FramingContext): Framing {
  const { status, method, headers } = message
  if (status !== undefined) {
    // 1. and 2.: no body whatever the fields say.
    if (method === "HEAD" || status < 200 || status === 204 || status === 304) return status === 101 ? { kind: "tunnel" } : { kind: "none" }
    if (method === "CONNECT" && status < 300) return { kind: "tunnel" }
  }
  // 3. and 4.
  for (const header of headers)
    if (header[0] === "transfer-encoding") return transferFraming(message, joinedValue(headers, "transfer-encoding"))
  // 5. and 6.
  const length = contentLength(message)
  if (length === "invalid") return status === undefined ? { kind: "lost" } : { kind: "close", codings: [] }
  if (length !== undefined) return length === 0 ? { kind: "none" } : { kind: "length", length }
  // 7. and 8.
  return status === undefined ? { kind: "none" } : { kind: "close", codings: [] }
}

function transferFraming(message: FramingContext, value: string): Framing {
  const { status, headers, version } = message
  if (headers.some(([name]) => name === "content-length")) message.anomaly("te-and-cl")
  if (version === "1.0") message.anomaly("te-in-http10")
  if (headers.filter(([name]) => name === "transfer-encoding").length > 1) message.anomaly("te-repeated", value.slice(0, 64))
  const codings = value
    .toLowerCase()
    .split(",")
    .map((name) => trimBlanks(name))
    .filter((name) => name !== "")
  if (codings.at(-1) === "chunked" && codings.indexOf("chunked") === codings.length - 1)
    return { kind: "chunked", codings: codings.slice(0, -1) }
  message.anomaly("te-not-chunked", value.slice(0, 64))
  return status === undefined ? { kind: "lost" } : { kind: "close", codings: codings.filter((name) => name !== "chunked") }
}

function contentLength(message: FramingContext): number | "invalid" | undefined {
  let found: number | undefined
  for (const header of message.headers) {
    if (header[0] !== "content-length") continue
    const value = header[1]
    for (const part of value.includes(",") ? value.split(",") : [value]) {
      const length = readLength(part)
      if (length === undefined) {
        message.anomaly("cl-invalid", value.slice(0, 64))
        return "invalid"
      }
      if (found !== undefined && found !== length) {
        message.anomaly("cl-conflict", `${found} and ${length}`)
        return "invalid"
      }
      if (found !== undefined) message.anomaly("cl-repeated")
      found = length
    }
  }
  return found
}

/** Digits only: "+5", "5 5", "0x5" and "-1" are read differently by different servers. */
function readLength(text: string): number | undefined {
  const digits = trimBlanks(text)
  if (digits.length === 0 || digits.length > 32 || !/^[0-9]+$/.test(digits)) return undefined
  const length = Number(digits)
  return length <= Number.MAX_SAFE_INTEGER ? length : undefined
}

// AWS Signature Version 4 for a single request with a body.
import { createHash, createHmac } from "node:crypto"

export interface SignRequest {
  readonly url: string
  readonly method: "POST" | "PUT"
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
  readonly region: string
  readonly service: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** The given headers together with those that sign them. */
export function signed({
  url,
  method,
  headers,
  body,
  region,
  service,
  accessKeyId,
  secretAccessKey,
  now,
}: SignRequest): Record<string, string> {
  const { host, pathname, searchParams } = new URL(url)
  const stamp = new Date(now).toISOString().replaceAll(/[-:]|\.\d{3}/g, "")
  const day = stamp.slice(0, 8)
  const hash = createHash("sha256").update(body).digest("hex")
  const all: Record<string, string> = { ...headers, host, "x-amz-date": stamp, "x-amz-content-sha256": hash }
  const names = Object.keys(all)
    .map((name) => name.toLowerCase())
    .sort()
  const byName = new Map(Object.entries(all).map(([name, value]) => [name.toLowerCase(), value.trim()]))
  const query = [...searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&")
  const canonical = [method, pathname, query, ...names.map((name) => `${name}:${byName.get(name)}`), "", names.join(";"), hash].join("\n")
  const scope = `${day}/${region}/${service}/aws4_request`
  const toSign = ["AWS4-HMAC-SHA256", stamp, scope, createHash("sha256").update(canonical).digest("hex")].join("\n")
  const key = [day, region, service, "aws4_request"].reduce<string | Buffer>(
    (previous, part) => createHmac("sha256", previous).update(part).digest(),
    `AWS4${secretAccessKey}`,
  )
  const signature = createHmac("sha256", key).update(toSign).digest("hex")
  const { host: _, ...sent } = all
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  }
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

import { createHash, createHmac } from "node:crypto"
import { SignatureV4 } from "@smithy/signature-v4"
import { describe, expect, it } from "vitest"
import { signed } from "../../../services/soc/senders/sigv4.ts"

const keys = { accessKeyId: ["AK", "IDEXAMPLE"].join(""), secretAccessKey: ["wJalr", "XUtnFEMI"].join("") }
const now = Date.UTC(2026, 10, 21, 12, 30, 45)

/** The SDK's own signer, which comes with @aws-sdk/client-ec2. */
async function bySdk(given: {
  url: string
  method: "POST" | "PUT"
  body: string
  headers: Record<string, string>
  service: string
  region: string
}) {
  const { hostname, port, pathname, searchParams, host } = new URL(given.url)
  const signer = new SignatureV4({
    credentials: keys,
    region: given.region,
    service: given.service,
    sha256: Sha256,
    uriEscapePath: given.service !== "s3",
    applyChecksum: true,
  })
  const request = {
    method: given.method,
    protocol: "https:",
    hostname,
    ...(port !== "" && { port: Number(port) }),
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: { ...given.headers, host },
    body: given.body,
  }
  return (await signer.sign(request, { signingDate: new Date(now) })).headers["authorization"]
}

type Part = string | ArrayBuffer | ArrayBufferView

function bytesOf(part: Part): string | Uint8Array {
  if (typeof part === "string") return part
  return ArrayBuffer.isView(part) ? new Uint8Array(part.buffer, part.byteOffset, part.byteLength) : new Uint8Array(part)
}

class Sha256 {
  readonly #hash
  constructor(key?: Part) {
    this.#hash = key === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(key))
  }
  update(data: Part): void {
    this.#hash.update(bytesOf(data))
  }
  reset(): void {
    throw new Error("used once")
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }
}

describe("AWS Signature Version 4", () => {
  it.each([
    ["securityhub", "https://securityhub.eu-central-1.amazonaws.com/findings/import", { "content-type": "application/json" }],
    [
      "events",
      "https://events.eu-central-1.amazonaws.com/",
      { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSEvents.PutEvents" },
    ],
    ["s3", "https://bucket.s3.eu-central-1.amazonaws.com/egret/2026-11-21/abc-1.ndjson", { "content-type": "application/x-ndjson" }],
    ["s3", "https://minio.example:9000/bucket/a%20b/c-1.ndjson", { "content-type": "application/x-ndjson" }],
    ["events", "https://proxy.example/path?b=2&a=1%2F", { "content-type": "application/json" }],
  ])("of %s %s is what the SDK computes", async (service, url, headers) => {
    const given = {
      url,
      method: "POST" as const,
      body: '{"a":"ü"}',
      headers: headers as Record<string, string>,
      service,
      region: "eu-central-1",
    }
    expect(signed({ ...given, ...keys, now })["authorization"]).toBe(await bySdk(given))
  })
})

import { createServer as createHttps } from "node:https"
import type { AddressInfo } from "node:net"
import { afterEach, describe, expect, it } from "vitest"
import type { SocRecord } from "../../../../services/soc/record.ts"
import { requires } from "../../../support/requires.ts"
import { eventRecord, type Got, openReceiver, verdictRecord } from "../../../support/soc.ts"
import { selfSigned } from "../../../support/soc-certificate.ts"
import { secret, senderOf } from "../../../support/soc-destination.ts"

const openssl = requires("openssl")
const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})
async function receiver(...given: Parameters<typeof openReceiver>) {
  const open = await openReceiver(...given)
  opened.push(open)
  return open
}
const one = [eventRecord("e1")]

describe("tools that people run themselves", () => {
  it.each([
    [{ type: "splunk", token: secret("t") }, "/tools/services/collector/event"],
    [{ type: "elastic", apiKey: secret("k") }, "/tools/_bulk"],
    [{ type: "misp", apiKey: secret("k") }, "/tools/events/add"],
    [{ type: "thehive", apiKey: secret("k") }, "/tools/api/v1/alert"],
    [{ type: "taxii", username: "u", password: secret("p") }, "/tools/objects/"],
  ])("are reached below the path of a proxy: %o", async (given, path) => {
    const { url, got } = await receiver()
    await senderOf({ ...given, url: `${url}/tools/` }).send(one)
    expect(got[0]?.path).toBe(path)
  })

  it.skipIf(openssl.missing)("may have a certificate of a private authority, and nothing is sent to one that shows another", async () => {
    const { key, cert, path } = selfSigned()
    const bodies: string[] = []
    const server = createHttps({ key, cert }, (request, response) => {
      request.on("data", (chunk) => bodies.push(String(chunk)))
      request.on("end", () => response.end("{}"))
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const url = `https://localhost:${(server.address() as AddressInfo).port}/`
    expect(await senderOf({ type: "webhook", url }).send(one)).toMatchObject({ outcome: "retry" })
    expect(bodies).toEqual([])
    expect(await senderOf({ type: "webhook", url, tls: { ca: path } }).send(one)).toEqual({ outcome: "delivered" })
    expect(bodies.join("")).toContain("e1")
    await new Promise((resolve) => server.close(resolve))
  })

  it("OpenSearch takes a name and a password", async () => {
    const { url, got } = await receiver()
    await senderOf({ type: "elastic", url, username: "egret", password: secret("p:w") }).send(one)
    expect(Buffer.from(String(got[0]?.headers.authorization).slice(6), "base64").toString()).toBe("egret:p:w")
  })
})

describe("a TAXII server", () => {
  const records: SocRecord[] = [eventRecord("e1"), verdictRecord("v1"), eventRecord("e2", { destination: "other.example" })]
  const refuses = ({ body }: Got, type: string) =>
    (JSON.parse(body).objects as { id: string; type: string }[])
      .filter((object) => object.type === type)
      .map(({ id }) => ({ id, message: "no" }))

  it("that refuses an object has not got its record, and has got the others", async () => {
    const { url } = await receiver((got) => ({
      status: 202,
      body: JSON.stringify({ id: "s1", status: "complete", failure_count: 1, failures: refuses(got, "malware-analysis") }),
    }))
    const sent = await senderOf({ type: "taxii", url: `${url}/root/collections/c/`, username: "u", password: secret("p") }).send(records)
    expect(sent).toMatchObject({ outcome: "delivered", dead: [{ index: 1, reason: expect.stringContaining("malware-analysis--") }] })
  })

  it("that has not finished is asked until it has", async () => {
    let failures: unknown[] = []
    const { url, got } = await receiver((request, count) => {
      if (count === 1) failures = refuses(request, "note").slice(-1)
      const status = count < 3 ? "pending" : "complete"
      return { status: count === 1 ? 202 : 200, body: JSON.stringify({ id: "s/1", status, ...(count >= 3 && { failures }) }) }
    })
    const sent = await senderOf({ type: "taxii", url: `${url}/root/collections/c/`, username: "u", password: secret("p") }).send(records)
    expect(sent).toMatchObject({ outcome: "delivered", dead: [{ index: 2 }] })
    expect(got.map(({ path }) => path)).toEqual(["/root/collections/c/objects/", "/root/status/s%2F1/", "/root/status/s%2F1/"])
  })
})

describe("AWS", () => {
  const aws = { region: "eu-central-1", accessKeyId: secret("AKID"), secretAccessKey: secret("SK") }

  it("S3 keys are encoded as their signature has them", async () => {
    const { url, got } = await receiver()
    await senderOf({ type: "s3", url, bucket: "b", prefix: "egret/day=1/(a) +é/", ...aws }).send(one)
    expect(got[0]?.path).toMatch(/^\/b\/egret\/day%3D1\/%28a%29%20%2B%C3%A9\/\d{4}-\d\d-\d\d\/e1-0-1\.ndjson$/)
  })

  it("takes temporary keys, of the configuration or of the machine", async () => {
    const { url, got } = await receiver()
    const names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]
    const before = names.map((name) => process.env[name])
    try {
      for (const name of names) process.env[name] = `machine-${name.length}`
      await senderOf({ type: "s3", url, bucket: "b", ...aws, sessionToken: secret("token") }).send(one)
      await senderOf({ type: "s3", url, bucket: "b", region: "eu-central-1" }).send(one)
    } finally {
      for (const [index, name] of names.entries()) {
        if (before[index] === undefined) delete process.env[name]
        else process.env[name] = before[index]
      }
    }
    expect(got.map(({ headers }) => headers["x-amz-security-token"])).toEqual(["token", "machine-17"])
    expect(got[1]?.headers.authorization).toMatch(/Credential=machine-17\/.*SignedHeaders=[^,]*x-amz-security-token/)
    expect(() => senderOf({ type: "s3", url, bucket: "b", region: "eu-central-1", accessKeyId: secret("AKID") })).toThrow(
      /both, or neither/,
    )
  })
})

it("a channel that is gone makes records wait: somebody may name another", async () => {
  const { url } = await receiver(() => ({ status: 410, body: "channel_is_archived" }))
  expect(await senderOf({ type: "slack", url: secret(url) }).send(one)).toMatchObject({ outcome: "retry" })
})

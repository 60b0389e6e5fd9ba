import { describe, expect, it } from "vitest"
import { sentinelColumns } from "../../../../services/soc/formats/sentinel.ts"
import { eventRecord, type Got, openReceiver } from "../../../support/soc.ts"
import { secret, senderOf } from "../../../support/soc-destination.ts"

/** Entra and the ingestion endpoint in one: tokens that expire, are revoked, and are checked. */
async function openAzure() {
  const azure = {
    tokens: new Set<string>(),
    issued: 0,
    expiresIn: 3_600,
    refuse: undefined as { status: number; body?: string; headers?: Record<string, string> } | undefined,
  }
  const receiver = await openReceiver((got: Got) => {
    if (azure.refuse !== undefined) return azure.refuse
    if (got.path === "/tenant-1/oauth2/v2.0/token") {
      const form = new URLSearchParams(got.body)
      if (form.get("client_secret") !== "s3cret")
        return {
          status: 401,
          body: JSON.stringify({ error: "invalid_client", error_description: "AADSTS7000215: Invalid client secret." }),
        }
      const token = `token-${++azure.issued}`
      azure.tokens.add(token)
      return { status: 200, body: JSON.stringify({ token_type: "Bearer", expires_in: azure.expiresIn, access_token: token }) }
    }
    const bearer = /^Bearer (\S+)$/.exec(got.headers.authorization ?? "")?.[1] ?? ""
    return azure.tokens.has(bearer) ? { status: 204 } : { status: 401, body: '{"error":{"code":"InvalidToken"}}' }
  })
  return { azure, receiver }
}
const settings = (url: string) => ({
  type: "sentinel",
  endpoint: url,
  login: url,
  rule: "dcr-0123456789abcdef",
  tenant: "tenant-1",
  clientId: "app-1",
  clientSecret: secret("s3cret"),
})

describe("Microsoft Sentinel", () => {
  it("gets rows of exactly the documented columns, with one token for many requests", async () => {
    const { azure, receiver } = await openAzure()
    const sender = senderOf(settings(receiver.url))
    expect(await sender.send([eventRecord("e1"), eventRecord("e2", { severity: "critical" })])).toEqual({ outcome: "delivered" })
    expect(await sender.send([eventRecord("e3")])).toEqual({ outcome: "delivered" })
    expect(azure.issued).toBe(1)
    const form = new URLSearchParams(receiver.got[0]?.body)
    expect(Object.fromEntries(form)).toEqual({
      client_id: "app-1",
      client_secret: "s3cret",
      scope: "https://monitor.azure.com//.default",
      grant_type: "client_credentials",
    })
    expect(receiver.got[1]?.path).toBe("/dataCollectionRules/dcr-0123456789abcdef/streams/Custom-Egret_CL?api-version=2023-01-01")
    const rows = JSON.parse(receiver.got[1]?.body ?? "[]") as Record<string, unknown>[]
    expect(Object.keys(rows[0] ?? {})).toEqual(Object.keys(sentinelColumns))
    expect(rows).toMatchObject([
      {
        EventId: "e1",
        EventVersion: "e1-0",
        Severity: "High",
        Title: "Cloud key leaves to an unknown host",
        DestinationHost: "paste.example",
      },
      { EventId: "e2", Severity: "High" },
    ])
    await receiver.close()
  })

  it("asks for a new token shortly before the old one ends", async () => {
    const { azure, receiver } = await openAzure()
    let now = 1_795_000_000_000
    const sender = senderOf(settings(receiver.url), { now: () => now })
    await sender.send([eventRecord("e1")])
    now += 3_200_000
    await sender.send([eventRecord("e2")])
    now += 150_000
    await sender.send([eventRecord("e3")])
    expect(azure.issued).toBe(2)
    await receiver.close()
  })

  it("waits and asks again when its token was revoked", async () => {
    const { azure, receiver } = await openAzure()
    const sender = senderOf(settings(receiver.url))
    await sender.send([eventRecord("e1")])
    azure.tokens.clear()
    expect(await sender.send([eventRecord("e2")])).toMatchObject({ outcome: "retry", reason: expect.stringContaining("HTTP 401") })
    expect(await sender.send([eventRecord("e2")])).toEqual({ outcome: "delivered" })
    await receiver.close()
  })

  it("keeps the records when the secret is wrong, and says what Entra said", async () => {
    const { receiver } = await openAzure()
    const sender = senderOf({ ...settings(receiver.url), clientSecret: secret("old") })
    expect(await sender.send([eventRecord("e1")])).toMatchObject({
      outcome: "retry",
      reason: expect.stringContaining("invalid_client AADSTS7000215"),
    })
    await receiver.close()
  })

  it("waits as long as it is told when throttled, at the token and at the rows", async () => {
    const { azure, receiver } = await openAzure()
    const sender = senderOf(settings(receiver.url))
    azure.refuse = { status: 429, headers: { "retry-after": "17" } }
    expect(await sender.send([eventRecord("e1")])).toMatchObject({ outcome: "retry", after: 17_000 })
    azure.refuse = undefined
    await sender.send([eventRecord("e1")])
    azure.refuse = { status: 429, headers: { "retry-after": "23" } }
    expect(await sender.send([eventRecord("e2")])).toMatchObject({ outcome: "retry", after: 23_000 })
    azure.refuse = { status: 413 }
    expect(await sender.send([eventRecord("e2")])).toMatchObject({ outcome: "refused" })
    await receiver.close()
  })
})

import { createHmac } from "node:crypto"
import { describe, expect, it } from "vitest"
import type { RespondAction } from "../../../services/contracts/config/respond.ts"
import { Secret } from "../../../services/contracts/config/secret.ts"
import type { Response } from "../../../services/respond/model.ts"
import { WebhookActor } from "../../../services/respond/webhook.ts"
import { openReceiver } from "../../support/soc.ts"

const response: Response = {
  id: "r-1",
  action: "hook",
  type: "webhook",
  target: { destination: { host: "paste.example" } },
  reason: "leak",
  by: "ann",
  lasts: 60_000,
  steps: [{ kind: "webhook" }],
  warnings: [],
  state: "applying",
  plannedAt: 1,
  until: 1_795_000_060_000,
  inForce: [],
}
const actor = (url: string) => {
  const action: RespondAction = {
    name: "hook",
    type: "webhook",
    lasts: 60_000,
    url,
    signingKey: new Secret("env:K", "k3y"),
    headers: { "x-team": "soc" },
    timeout: 2_000,
  }
  return new WebhookActor(action as Extract<RespondAction, { type: "webhook" }>, () => 1_795_000_000_000)
}

describe("a webhook as action", () => {
  it("is called signed at the beginning and at the end, with keys that know a repetition", async () => {
    const receiver = await openReceiver()
    await actor(receiver.url).apply({ kind: "webhook" }, response)
    expect(await actor(receiver.url).revert({ kind: "webhook" }, response)).toEqual({ done: "restored" })
    expect(receiver.got.map(({ headers }) => headers["idempotency-key"])).toEqual(["r-1-apply", "r-1-revert"])
    const [first] = receiver.got
    expect(first?.headers).toMatchObject({ "x-team": "soc", "x-egret-timestamp": "1795000000" })
    expect(first?.headers["x-egret-signature"]).toBe(
      `sha256=${createHmac("sha256", "k3y").update(`1795000000.${first?.body}`).digest("hex")}`,
    )
    expect(JSON.parse(first?.body ?? "")).toMatchObject({
      does: "apply",
      id: "r-1",
      target: { destination: { host: "paste.example" } },
      until: 1_795_000_060_000,
    })
    await receiver.close()
  })

  it("that says no, or points elsewhere, did not happen", async () => {
    const receiver = await openReceiver((_got, count) => ({
      status: count === 1 ? 500 : 302,
      headers: { location: "http://127.0.0.1:1/" },
    }))
    await expect(actor(receiver.url).apply({ kind: "webhook" }, response)).rejects.toThrow("answered 500")
    await expect(actor(receiver.url).apply({ kind: "webhook" }, response)).rejects.toThrow("answered 302")
    await receiver.close()
  })
})

import { createHmac } from "node:crypto"
import type { SocDestination } from "../../contracts/config/soc.ts"
import { jsonOf } from "../formats/format.ts"
import { essenceOf, type SocRecord } from "../record.ts"
import type { Sender, SenderOptions } from "../sender.ts"
import { fillTemplate } from "../template.ts"
import { oneByOne } from "./each.ts"
import { webOf } from "./http.ts"

type WebhookDestination = Extract<SocDestination, { type: "webhook" }>

/** Signed over time and body (the time again in its header, so that a receiver can refuse old ones); the version is the idempotency key. */
export function webhookSender(destination: WebhookDestination, { version, now }: SenderOptions): Sender {
  const web = webOf(destination)
  return oneByOne((record) => {
    const body = bodyOf(destination, record, version)
    const stamp = String(Math.floor(now() / 1_000))
    const signature: Record<string, string> =
      destination.signingKey === undefined
        ? {}
        : { "x-egret-timestamp": stamp, "x-egret-signature": `sha256=${hmac(destination.signingKey.reveal(), `${stamp}.${body}`)}` }
    const plainEvent = destination.format === "cloudevents" && destination.template === undefined
    return {
      url: destination.url,
      body,
      ...web,
      headers: {
        "content-type": plainEvent ? "application/cloudevents+json" : "application/json",
        "idempotency-key": essenceOf(record).version,
        ...destination.headers,
        ...signature,
      },
    }
  })
}

function bodyOf({ template, format, content }: WebhookDestination, record: SocRecord, version: string): string {
  if (template !== undefined) return fillTemplate(template, { ...essenceOf(record), record: record.value })
  return JSON.stringify(jsonOf(format, record, { version, content }))
}

function hmac(key: string, text: string): string {
  return createHmac("sha256", key).update(text).digest("hex")
}

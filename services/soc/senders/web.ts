// Destinations that take HTTP. Each is a way to make requests from records and a way to read the answer.
import { createHmac } from "node:crypto"
import type { SocDestination } from "../../contracts/config/soc.ts"
import { asff, cloudEvent, mispEvent, otlpLogs, theHiveAlert } from "../formats/cases.ts"
import { pagerDuty, slack, teams } from "../formats/chat.ts"
import { ecs } from "../formats/ecs.ts"
import { ocsf } from "../formats/ocsf.ts"
import { stixBundle, stixObjects } from "../formats/stix.ts"
import { essenceOf, type SocRecord } from "../record.ts"
import type { Sender, Sent } from "../sender.ts"
import { fillTemplate } from "../template.ts"
import { judge, type Post, post } from "./http.ts"
import { signed } from "./sigv4.ts"

export type WebDestination = Exclude<SocDestination, { type: "syslog" | "file" }>

export interface WebOptions {
  readonly version: string
  readonly now: () => number
}

export function webSender(destination: WebDestination, options: WebOptions): Sender {
  const { timeout } = destination
  const json = (url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Post => ({
    url,
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
    timeout,
  })
  return {
    send: (records) => sendTo(destination, { records, options, json }),
    close: async () => {},
  }
}

interface Sending {
  readonly records: readonly SocRecord[]
  readonly options: WebOptions
  readonly json: (url: string, body: unknown, headers?: Readonly<Record<string, string>>) => Post
}

async function sendTo(destination: WebDestination, sending: Sending): Promise<Sent> {
  const { records, options, json } = sending
  const asOcsf = (record: SocRecord) => ocsf(record, { version: options.version, content: destination.content })
  switch (destination.type) {
    case "splunk": {
      const lines = records.map((record) =>
        JSON.stringify({
          time: essenceOf(record).time / 1_000,
          host: "egret",
          source: "egret",
          sourcetype: destination.sourcetype,
          ...(destination.index !== undefined && { index: destination.index }),
          event: asOcsf(record),
        }),
      )
      return judge(
        await post({
          url: new URL("/services/collector/event", destination.url).href,
          headers: { authorization: `Splunk ${destination.token.reveal()}`, "content-type": "application/json" },
          body: lines.join("\n"),
          timeout: destination.timeout,
        }),
      )
    }
    case "elastic":
      return sendBulk(destination, sending)
    case "webhook":
      return eachOf(records, (record) => {
        const body =
          destination.template === undefined
            ? JSON.stringify(webhookBody(destination.format, record, { asOcsf, version: options.version }))
            : fillTemplate(destination.template, { ...essenceOf(record), record: record.value })
        const stamp = String(Math.floor(options.now() / 1_000))
        const signature: Record<string, string> =
          destination.signingKey === undefined
            ? {}
            : {
                "x-egret-timestamp": stamp,
                "x-egret-signature": `sha256=${createHmac("sha256", destination.signingKey.reveal()).update(`${stamp}.${body}`).digest("hex")}`,
              }
        return {
          url: destination.url,
          body,
          timeout: destination.timeout,
          headers: {
            "content-type":
              destination.format === "cloudevents" && destination.template === undefined
                ? "application/cloudevents+json"
                : "application/json",
            "idempotency-key": essenceOf(record).version,
            ...destination.headers,
            ...signature,
          },
        }
      })
    case "slack":
      return eachOf(records, (record) => json(destination.url.reveal(), slack(record)))
    case "teams":
      return eachOf(records, (record) => json(destination.url.reveal(), teams(record)))
    case "pagerduty":
      return eachOf(records, (record) => json(destination.url, pagerDuty(record, destination.routingKey.reveal())))
    case "thehive":
      return eachOf(
        records,
        (record) =>
          json(new URL("/api/v1/alert", destination.url).href, theHiveAlert(record), {
            authorization: `Bearer ${destination.apiKey.reveal()}`,
          }),
        ALREADY_THERE,
      )
    case "misp":
      return eachOf(
        records,
        (record) =>
          json(new URL("/events/add", destination.url).href, mispEvent(record), {
            authorization: destination.apiKey.reveal(),
            accept: "application/json",
          }),
        ALREADY_THERE,
      )
    case "otlp":
      return judge(await post(json(destination.url, otlpLogs(records, options.version), destination.headers)))
    case "taxii": {
      const credentials = Buffer.from(`${destination.username}:${destination.password.reveal()}`).toString("base64")
      const bundle = stixBundle(records.flatMap(stixObjects), records.map((record) => essenceOf(record).version).join())
      return judge(
        await post({
          url: new URL("objects/", destination.url.replace(/\/?$/, "/")).href,
          headers: {
            authorization: `Basic ${credentials}`,
            "content-type": "application/taxii+json;version=2.1",
            accept: "application/taxii+json;version=2.1",
          },
          body: JSON.stringify({ objects: bundle["objects"] }),
          timeout: destination.timeout,
        }),
      )
    }
    case "securityhub":
    case "eventbridge":
    case "s3":
      return sendToAws(destination, { ...sending, asOcsf })
  }
}

function webhookBody(
  format: "cloudevents" | "ocsf" | "ecs",
  record: SocRecord,
  { asOcsf, version }: { asOcsf: (record: SocRecord) => unknown; version: string },
): unknown {
  if (format === "ocsf") return asOcsf(record)
  if (format === "ecs") return ecs(record, version)
  return cloudEvent(record, asOcsf(record))
}

/** Each item of a bulk answer has its own status: 409 is a repetition, 429 is for later, other errors are for good. */
async function sendBulk(destination: Extract<WebDestination, { type: "elastic" }>, { records, options }: Sending): Promise<Sent> {
  const lines = records.flatMap((record) => [
    JSON.stringify({ create: { _index: destination.index, _id: essenceOf(record).version } }),
    JSON.stringify(ecs(record, options.version)),
  ])
  const answer = await post({
    url: new URL("/_bulk", destination.url).href,
    headers: { authorization: `ApiKey ${destination.apiKey.reveal()}`, "content-type": "application/x-ndjson" },
    body: `${lines.join("\n")}\n`,
    timeout: destination.timeout,
  })
  const sent = judge(answer)
  if (sent.outcome !== "delivered" || "outcome" in answer) return sent
  const items = (parse(answer.body) as { items?: { create?: { status?: number; error?: { reason?: string } } }[] } | undefined)?.items ?? []
  const again: number[] = []
  const dead: { index: number; reason: string }[] = []
  for (const [index, item] of items.entries()) {
    const status = item.create?.status ?? 200
    if (status === 429 || status >= 500) again.push(index)
    else if (status >= 400 && status !== 409) dead.push({ index, reason: item.create?.error?.reason ?? `status ${status}` })
  }
  return { outcome: "delivered", again, dead }
}

async function sendToAws(
  destination: Extract<WebDestination, { type: "securityhub" | "eventbridge" | "s3" }>,
  { records, options, asOcsf }: Sending & { asOcsf: (record: SocRecord) => unknown },
): Promise<Sent> {
  const keys = {
    region: destination.region,
    accessKeyId: destination.accessKeyId.reveal(),
    secretAccessKey: destination.secretAccessKey.reveal(),
    now: options.now(),
  }
  if (destination.type === "s3") {
    // The key names the batch's own content: a repetition writes the same object again.
    const first = essenceOf(records[0] as SocRecord)
    const body = `${records.map((record) => JSON.stringify(asOcsf(record))).join("\n")}\n`
    const object = `${destination.prefix}${new Date(first.time).toISOString().slice(0, 10)}/${first.version}-${records.length}.ndjson`
    const url = `${destination.url ?? `https://${destination.bucket}.s3.${destination.region}.amazonaws.com`}/${destination.url === undefined ? "" : `${destination.bucket}/`}${object}`
    return judge(
      await post({
        url,
        method: "PUT",
        body,
        timeout: destination.timeout,
        headers: signed({ ...keys, url, method: "PUT", service: "s3", body, headers: { "content-type": "application/x-ndjson" } }),
      }),
    )
  }
  const hub = destination.type === "securityhub"
  const service = hub ? "securityhub" : "events"
  const url = destination.url ?? `https://${service}.${destination.region}.amazonaws.com/${hub ? "findings/import" : ""}`
  const body = hub
    ? JSON.stringify({ Findings: records.map((record) => asff(record, destination)) })
    : JSON.stringify({
        Entries: records.map((record) => ({
          Source: "egret",
          DetailType: `egret.${record.kind}`,
          EventBusName: destination.type === "eventbridge" ? destination.bus : "",
          Detail: JSON.stringify(asOcsf(record)),
          Time: Math.floor(essenceOf(record).time / 1_000),
        })),
      })
  const headers: Record<string, string> = hub
    ? { "content-type": "application/json" }
    : { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSEvents.PutEvents" }
  const answer = await post({
    url,
    body,
    timeout: destination.timeout,
    headers: signed({ ...keys, url, method: "POST", service, body, headers }),
  })
  const sent = judge(answer)
  if (sent.outcome !== "delivered" || "outcome" in answer) return sent
  const parsed = parse(answer.body) as
    | { FailedFindings?: { Id: string; ErrorMessage: string }[]; Entries?: { ErrorCode?: string; ErrorMessage?: string }[] }
    | undefined
  const dead = (parsed?.FailedFindings ?? [])
    .map((failed) => ({ index: records.findIndex((record) => `egret/${essenceOf(record).id}` === failed.Id), reason: failed.ErrorMessage }))
    .filter(({ index }) => index >= 0)
  const again = (parsed?.Entries ?? []).flatMap((entry, index) => (entry.ErrorCode === undefined ? [] : [index]))
  return { outcome: "delivered", dead, again }
}

/** One request a record. The first that must wait stops the rest: they follow with the next try. */
async function eachOf(
  records: readonly SocRecord[],
  request: (record: SocRecord) => Post,
  repeated: RegExp | undefined = undefined,
): Promise<Sent> {
  const dead: { index: number; reason: string }[] = []
  for (const [index, record] of records.entries()) {
    const answer = await post(request(record))
    const sent = judge(answer)
    if (sent.outcome === "retry")
      return index === 0 ? sent : { outcome: "delivered", dead, again: records.slice(index).map((_, offset) => index + offset) }
    if (sent.outcome === "refused" && !(repeated?.test(sent.reason) ?? false)) dead.push({ index, reason: sent.reason })
  }
  return { outcome: "delivered", dead }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

// TheHive and MISP refuse what they have: the alert arrived, an earlier try just did not hear so.
const ALREADY_THERE = /already exists|duplicate|CreateError/i

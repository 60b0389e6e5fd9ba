// Security Hub, EventBridge and S3, each one signed request a batch.
import type { SocDestination } from "../../contracts/config/soc.ts"
import { asff } from "../formats/cases.ts"
import { ocsf } from "../formats/ocsf.ts"
import { essenceOf, type SocRecord } from "../record.ts"
import type { Sender, SenderOptions, Sent } from "../sender.ts"
import { awsKeysOf } from "./aws-keys.ts"
import { type Answered, judge, parseJson, post, webOf } from "./http.ts"
import { signed } from "./sigv4.ts"

type Of<T extends SocDestination["type"]> = Extract<SocDestination, { type: T }>

/** Findings are known by their id: a repetition updates. */
export function securityHubSender(destination: Of<"securityhub">, options: SenderOptions): Sender {
  const url = destination.url ?? `https://securityhub.${destination.region}.${domainOf(destination.region)}/findings/import`
  const call = callerOf(destination)
  return {
    most: MAX_FINDINGS,
    send: async (records) => {
      const answer = await call({
        url,
        service: "securityhub",
        body: JSON.stringify({ Findings: records.map((record) => asff(record, destination)) }),
        now: options.now(),
      })
      return readAnswer(answer, (body) => {
        const { FailedFindings = [] } = body as { FailedFindings?: { Id: string; ErrorCode?: string; ErrorMessage?: string }[] }
        return split(
          FailedFindings.map(({ Id, ErrorCode = "", ErrorMessage = "" }) => ({
            index: records.findIndex((record) => `egret/${essenceOf(record).id}` === Id),
            code: ErrorCode,
            message: ErrorMessage,
          })),
        )
      })
    },
    close: async () => {},
  }
}

export function eventBridgeSender(destination: Of<"eventbridge">, options: SenderOptions): Sender {
  const call = callerOf(destination)
  return {
    most: MAX_ENTRIES,
    send: async (records) => {
      const answer = await call({
        url: destination.url ?? `https://events.${destination.region}.${domainOf(destination.region)}/`,
        service: "events",
        headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSEvents.PutEvents" },
        body: JSON.stringify({ Entries: records.map((record) => entryOf(record, { destination, version: options.version })) }),
        now: options.now(),
      })
      return readAnswer(answer, (body) => {
        const { Entries = [] } = body as { Entries?: { ErrorCode?: string; ErrorMessage?: string }[] }
        return split(
          Entries.flatMap(({ ErrorCode, ErrorMessage = "" }, index) =>
            ErrorCode === undefined ? [] : [{ index, code: ErrorCode, message: ErrorMessage }],
          ),
        )
      })
    },
    close: async () => {},
  }
}

/** One object a batch. Its key names the batch: a repetition writes the same object again. */
export function s3Sender(destination: Of<"s3">, { version, now }: SenderOptions): Sender {
  const { bucket, region, prefix, url: endpoint } = destination
  const base = endpoint === undefined ? `https://${bucket}.s3.${region}.${domainOf(region)}` : `${endpoint.replace(/\/$/, "")}/${bucket}`
  const call = callerOf(destination)
  return {
    send: async (records) => {
      const [first] = records
      if (first === undefined) return { outcome: "delivered" }
      const { time, version: id } = essenceOf(first)
      const url = `${base}/${encodedKey(`${prefix}${new Date(time).toISOString().slice(0, 10)}/${id}-${records.length}.ndjson`)}`
      const body = `${records.map((record) => JSON.stringify(ocsf(record, { version, content: destination.content }))).join("\n")}\n`
      return judge(
        await call({
          url,
          method: "PUT",
          service: "s3",
          body,
          headers: { "content-type": "application/x-ndjson" },
          now: now(),
        }),
      )
    },
    close: async () => {},
  }
}

interface AwsCall {
  readonly url: string
  readonly method?: "POST" | "PUT"
  readonly service: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
  readonly now: number
}

type Call = (call: AwsCall) => Promise<Answered>

function callerOf(destination: Of<"securityhub" | "eventbridge" | "s3">): Call {
  const [keysOf, web, region] = [awsKeysOf(destination), webOf(destination), destination.region]
  return async ({ url, method = "POST", service, body, headers = { "content-type": "application/json" }, now }) => {
    try {
      const { sessionToken, ...keys } = await keysOf()
      const all = { ...headers, ...(sessionToken !== undefined && { "x-amz-security-token": sessionToken }) }
      return await post({ url, method, body, ...web, headers: signed({ url, method, service, body, headers: all, now, region, ...keys }) })
    } catch (error) {
      // The machine has no keys now.
      return { outcome: "retry", reason: `no AWS credentials: ${error instanceof Error ? error.message : String(error)}` }
    }
  }
}

/** As the signature has a key's parts: every byte that is no plain letter, digit, "-", "_", "." or "~". */
function encodedKey(key: string): string {
  return key
    .split("/")
    .map((part) => encodeURIComponent(part).replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`))
    .join("/")
}

function domainOf(region: string): string {
  return region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
}

function entryOf(
  record: SocRecord,
  { destination, version }: { destination: Of<"eventbridge">; version: string },
): Record<string, unknown> {
  return {
    Source: "egret",
    DetailType: `egret.${record.kind}`,
    EventBusName: destination.bus,
    Detail: JSON.stringify(ocsf(record, { version, content: destination.content })),
    Time: Math.floor(essenceOf(record).time / 1_000),
  }
}

/** AWS says much with status 400: what is throttled or not allowed is not the record's fault. */
function readAnswer(answer: Answered, items: (body: unknown) => Sent): Sent {
  const sent = judge(answer)
  if ("outcome" in answer) return sent
  if (sent.outcome === "refused" && NOT_THE_RECORD.test(`${answer.headers.get("x-amzn-errortype") ?? ""} ${answer.body}`))
    return { outcome: "retry", reason: sent.reason }
  return sent.outcome === "delivered" ? items(parseJson(answer.body) ?? {}) : sent
}

function split(failed: readonly { readonly index: number; readonly code: string; readonly message: string }[]): Sent {
  const known = failed.filter(({ index }) => index >= 0)
  return {
    outcome: "delivered",
    again: known.filter(({ code }) => PASSING.test(code)).map(({ index }) => index),
    dead: known.filter(({ code }) => !PASSING.test(code)).map(({ index, code, message }) => ({ index, reason: `${code}: ${message}` })),
  }
}

const PASSING = /Throttl|InternalFailure|InternalException|InternalError|ServiceUnavailable|TooManyRequests/i
const NOT_THE_RECORD =
  /Throttl|LimitExceeded|AccessDenied|ExpiredToken|UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch|InvalidAccess|NotAuthorized|RequestTimeTooSkewed|ResourceNotFound/i
// BatchImportFindings and PutEvents take so many of one request.
const MAX_FINDINGS = 100
const MAX_ENTRIES = 10

import type { SocDestination } from "../../contracts/config/soc.ts"
import { ecs } from "../formats/ecs.ts"
import { essenceOf, type SocRecord } from "../record.ts"
import type { Sender, SenderOptions, Sent } from "../sender.ts"
import { judge, parseJson, post, under, webOf } from "./http.ts"

/** Elasticsearch and OpenSearch: `create` with our id into a data stream, so that a repetition is known as one. */
export function bulkSender(destination: Extract<SocDestination, { type: "elastic" }>, { version }: SenderOptions): Sender {
  const { url, index } = destination
  const [headers, web] = [{ ...authorizationOf(destination), "content-type": "application/x-ndjson" }, webOf(destination)]
  return {
    send: async (records) => {
      const lines = records.flatMap((record) => [
        JSON.stringify({ create: { _index: index, _id: essenceOf(record).version } }),
        JSON.stringify(ecs(record, version)),
      ])
      const answer = await post({
        url: under(url, "/_bulk"),
        headers,
        body: `${lines.join("\n")}\n`,
        ...web,
      })
      const sent = judge(answer)
      return sent.outcome !== "delivered" || "outcome" in answer ? sent : readItems(answer.body, records)
    },
    close: async () => {},
  }
}

function authorizationOf({ apiKey, username, password }: Extract<SocDestination, { type: "elastic" }>): Record<string, string> {
  if (apiKey !== undefined) return { authorization: `ApiKey ${apiKey.reveal()}` }
  if (username === undefined || password === undefined) return {}
  return { authorization: `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString("base64")}` }
}

/** Each item of the answer has its own status: 409 is a repetition, 429 and 5xx are for later, other errors are for good. */
function readItems(body: string, records: readonly SocRecord[]): Sent {
  const { items } = (parseJson(body) ?? {}) as { items?: { create?: { status?: number; error?: { type?: string; reason?: string } } }[] }
  if (!Array.isArray(items) || items.length !== records.length)
    return { outcome: "retry", reason: `the bulk answer names ${items?.length ?? 0} of ${records.length} items` }
  const again: number[] = []
  const dead: { index: number; reason: string }[] = []
  for (const [index, { create }] of items.entries()) {
    const status = create?.status ?? 500
    if (status === 429 || status >= 500) again.push(index)
    else if (status >= 400 && status !== 409)
      dead.push({ index, reason: create?.error?.reason ?? create?.error?.type ?? `status ${status}` })
  }
  return { outcome: "delivered", again, dead }
}

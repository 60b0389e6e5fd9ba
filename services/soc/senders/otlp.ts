import type { SocDestination } from "../../contracts/config/soc.ts"
import { otlpLogs } from "../formats/otlp.ts"
import { essenceOf } from "../record.ts"
import type { Sender, SenderOptions } from "../sender.ts"
import { jsonPost } from "./each.ts"
import { judge, parseJson, post, webOf } from "./http.ts"

/** OTLP/HTTP with JSON. A collector may take a part of the request and must not be sent it again (OTLP §"Partial Success"). */
export function otlpSender(destination: Extract<SocDestination, { type: "otlp" }>, { version }: SenderOptions): Sender {
  const { url, headers } = destination
  const web = webOf(destination)
  return {
    send: async (records) => {
      const answer = await post(jsonPost(url, otlpLogs(records, version), { headers, ...web }))
      const sent = judge(answer)
      if (sent.outcome !== "delivered" || "outcome" in answer) return sent
      const { partialSuccess } = (parseJson(answer.body) ?? {}) as {
        partialSuccess?: { rejectedLogRecords?: unknown; errorMessage?: unknown }
      }
      const rejected = Number(partialSuccess?.rejectedLogRecords ?? 0)
      if (!(rejected > 0)) return sent
      const reason = `the collector rejected ${rejected} of ${records.length}: ${String(partialSuccess?.errorMessage ?? "")}`.slice(0, 300)
      // Which ones it does not say: alone, a rejected record is known. More of them are kept as dead letters with that word, none is sent twice.
      return { outcome: "delivered", dead: records.map((record, index) => ({ index, reason: `${reason} (${essenceOf(record).id})` })) }
    },
    close: async () => {},
  }
}

import type { SocDestination } from "../../contracts/config/soc.ts"
import { pause } from "../../runtime/retry.ts"
import { stixBundle, stixObjects } from "../formats/stix.ts"
import { essenceOf, type SocRecord } from "../record.ts"
import type { Sender, SenderOptions, Sent } from "../sender.ts"
import { type Answered, judge, parseJson, post, webOf } from "./http.ts"

type TaxiiDestination = Extract<SocDestination, { type: "taxii" }>

/** As TAXII 2.1 §4.3.1 has it; what else is there we do not need. */
interface Status {
  readonly id?: string
  readonly status?: string
  readonly failures?: readonly { readonly id?: string; readonly message?: string }[]
}

/**
 * An envelope of STIX objects to a TAXII 2.1 collection. Ids and versions are the same at a repetition: the server keeps one. It takes the envelope first and
 * may tell later which objects it refuses: it is asked until it has finished, or for as long as a request may take.
 */
export function taxiiSender(destination: TaxiiDestination, { now }: Pick<SenderOptions, "now">): Sender {
  const { url, username, password, timeout } = destination
  const authorization = `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString("base64")}`
  const collection = url.replace(/\/*$/, "/")
  const [web, stop] = [webOf(destination), new AbortController()]
  const finished = async (first: Status): Promise<Status> => {
    let status = first
    const end = now() + timeout
    for (let wait = POLL_MS; status.status === "pending" && status.id !== undefined && now() + wait <= end; wait *= 2) {
      if (!(await pause(wait, stop.signal))) break
      const at = new URL(`../../status/${encodeURIComponent(status.id)}/`, collection).href
      const answer = await post({ url: at, method: "GET", headers: { authorization, accept: TAXII }, body: "", ...web })
      if ("outcome" in answer || answer.status !== 200) break
      status = statusOf(answer)
    }
    return status
  }
  return {
    send: async (records) => {
      const bundle = stixBundle(records.flatMap(stixObjects), records.map((record) => essenceOf(record).version).join())
      const answer = await post({
        url: `${collection}objects/`,
        headers: { authorization, "content-type": TAXII, accept: TAXII },
        body: JSON.stringify({ objects: bundle["objects"] }),
        ...web,
      })
      const sent = judge(answer)
      if (sent.outcome !== "delivered" || "outcome" in answer) return sent
      return refusedOf(await finished(statusOf(answer)), records)
    },
    close: async () => stop.abort(),
  }
}

/** A record with a refused object did not arrive. */
function refusedOf({ failures = [] }: Status, records: readonly SocRecord[]): Sent {
  if (failures.length === 0) return { outcome: "delivered" }
  const dead = records.flatMap((record, index) => {
    const ids = stixObjects(record).map(({ id }) => id)
    const failure = failures.find(({ id }) => id !== undefined && ids.includes(id))
    return failure === undefined ? [] : [{ index, reason: `${failure.id}: ${failure.message ?? "refused"}` }]
  })
  return { outcome: "delivered", dead }
}

function statusOf(answer: Extract<Answered, { status: number }>): Status {
  const status = parseJson(answer.body)
  return typeof status === "object" && status !== null ? (status as Status) : {}
}

const TAXII = "application/taxii+json;version=2.1"
const POLL_MS = 250

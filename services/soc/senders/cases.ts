// TheHive and MISP refuse what they have by a key of ours: a repetition is known. A later version of an event changes what is there.
import type { SocDestination } from "../../contracts/config/soc.ts"
import { mispEvent, mispUuid, theHiveAlert } from "../formats/cases.ts"
import { essenceOf, type SocRecord } from "../record.ts"
import type { Sender, Sent } from "../sender.ts"
import { jsonPost } from "./each.ts"
import { judge, parseJson, post, under, webOf } from "./http.ts"

/** Type, source and sourceRef of an alert are unique. */
export function theHiveSender(destination: Extract<SocDestination, { type: "thehive" }>): Sender {
  const { url, apiKey } = destination
  const given = { ...webOf(destination), headers: { authorization: `Bearer ${apiKey.reveal()}` } }
  const at = (path: string) => under(url, path)
  const update = async (record: SocRecord): Promise<Sent> => {
    const query = [
      { _name: "listAlert" },
      { _name: "filter", _eq: { _field: "sourceRef", _value: essenceOf(record).id } },
      { _name: "page", from: 0, to: 1 },
    ]
    const found = await post(jsonPost(at("/api/v1/query"), { query }, given))
    const sent = judge(found)
    if (sent.outcome !== "delivered" || "outcome" in found) return sent
    const [alert] = (parseJson(found.body) ?? []) as { _id?: unknown }[]
    // Somebody has deleted it: what they did not want is not made again.
    if (typeof alert?._id !== "string") return { outcome: "delivered" }
    const { title, description, severity, tags } = theHiveAlert(record)
    const change = jsonPost(at(`/api/v1/alert/${encodeURIComponent(alert._id)}`), { title, description, severity, tags }, given)
    return judge(await post({ ...change, method: "PATCH" }))
  }
  return addThenUpdate({
    add: async (record) => judge(await post(jsonPost(at("/api/v1/alert"), theHiveAlert(record), given))),
    isThere: (reason) => /already exist/i.test(reason),
    update,
  })
}

/** Events carry a UUID made from our id. */
export function mispSender(destination: Extract<SocDestination, { type: "misp" }>): Sender {
  const { url, apiKey } = destination
  const given = { ...webOf(destination), headers: { authorization: apiKey.reveal(), accept: "application/json" } }
  const send = async (path: string, record: SocRecord): Promise<Sent> => {
    const answer = await post(jsonPost(under(url, path), mispEvent(record), given))
    // MISP says 403 for what it has and for what a key may not: the text tells which.
    if (!("outcome" in answer) && answer.status === 403 && EXISTS.test(answer.body))
      return { outcome: "refused", reason: answer.body.slice(0, 200) }
    return judge(answer)
  }
  return addThenUpdate({
    add: (record) => send("/events/add", record),
    isThere: (reason) => EXISTS.test(reason),
    update: (record) => send(`/events/edit/${mispUuid(record)}`, record),
  })
}

interface Steps {
  add(record: SocRecord): Promise<Sent>
  isThere(reason: string): boolean
  update(record: SocRecord): Promise<Sent>
}

function addThenUpdate({ add, isThere, update }: Steps): Sender {
  return {
    most: 1,
    send: async ([record]) => {
      if (record === undefined) return { outcome: "delivered" }
      const sent = await add(record)
      if (sent.outcome !== "refused" || !isThere(sent.reason)) return sent
      return record.kind === "event" && record.value.revision > 0 ? update(record) : { outcome: "delivered" }
    },
    close: async () => {},
  }
}

const EXISTS = /already exists|UUID.{0,100}(?:exists|in use|unique)/i

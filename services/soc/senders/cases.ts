import type { SocDestination } from "../../contracts/config/soc.ts"
import { mispEvent, theHiveAlert } from "../formats/cases.ts"
import type { Sender } from "../sender.ts"
import { jsonPost, oneByOne } from "./each.ts"

/** Type, source and sourceRef of an alert are unique: TheHive refuses the second. */
export function theHiveSender({ url, apiKey, timeout }: Extract<SocDestination, { type: "thehive" }>): Sender {
  const address = new URL("/api/v1/alert", url).href
  return oneByOne(
    (record) => jsonPost(address, theHiveAlert(record), { timeout, headers: { authorization: `Bearer ${apiKey.reveal()}` } }),
    { repeated: (reason) => /already exists|CreateError.{0,200}exist/i.test(reason) },
  )
}

/** Events carry a UUID made from our id: MISP refuses the second. */
export function mispSender({ url, apiKey, timeout }: Extract<SocDestination, { type: "misp" }>): Sender {
  const address = new URL("/events/add", url).href
  return oneByOne(
    (record) => jsonPost(address, mispEvent(record), { timeout, headers: { authorization: apiKey.reveal(), accept: "application/json" } }),
    { repeated: (reason) => /already exists|UUID.{0,100}(?:exists|in use|unique)/i.test(reason) },
  )
}

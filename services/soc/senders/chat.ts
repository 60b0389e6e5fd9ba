import type { SocDestination } from "../../contracts/config/soc.ts"
import { pagerDuty, slack, teams } from "../formats/chat.ts"
import type { Sender } from "../sender.ts"
import { jsonPost, oneByOne } from "./each.ts"

export function slackSender({ url, timeout }: Extract<SocDestination, { type: "slack" }>): Sender {
  return oneByOne((record) => jsonPost(url.reveal(), slack(record), { timeout }))
}

export function teamsSender({ url, timeout }: Extract<SocDestination, { type: "teams" }>): Sender {
  return oneByOne((record) => jsonPost(url.reveal(), teams(record), { timeout }))
}

/** The deduplication key is the event's id: a repetition changes nothing. */
export function pagerDutySender({ url, routingKey, timeout }: Extract<SocDestination, { type: "pagerduty" }>): Sender {
  return oneByOne((record) => jsonPost(url, pagerDuty(record, routingKey.reveal()), { timeout }))
}

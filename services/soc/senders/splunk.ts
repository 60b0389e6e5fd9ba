// Splunk's HTTP Event Collector. Many events are one request of concatenated objects. With `ack` a batch counts as delivered only when the indexers say
// that it is written; without, when the collector has taken it.
import { randomUUID } from "node:crypto"
import type { SocDestination } from "../../contracts/config/soc.ts"
import { pause } from "../../runtime/retry.ts"
import { ocsf } from "../formats/ocsf.ts"
import { essenceOf } from "../record.ts"
import type { Sender, SenderOptions, Sent } from "../sender.ts"
import { judge, type Post, parseJson, post, under, type Web, webOf } from "./http.ts"

type SplunkDestination = Extract<SocDestination, { type: "splunk" }>

export function splunkSender(destination: SplunkDestination, { version, now }: SenderOptions): Sender {
  const { sourcetype, index, content } = destination
  const collector = new Collector(destination, now)
  return {
    send: (records) => {
      const events = records.map((record) => {
        const about = essenceOf(record)
        return JSON.stringify({
          time: about.time / 1_000,
          host: "egret",
          source: "egret",
          sourcetype,
          ...(index !== undefined && { index }),
          // Indexed fields: what a search joins and deduplicates by.
          fields: { egret_id: about.id, egret_version: about.version },
          event: ocsf(record, { version, content }),
        })
      })
      return collector.send(events.join("\n"))
    },
    close: async () => collector.close(),
  }
}

class Collector {
  readonly #destination: SplunkDestination
  readonly #web: Web
  readonly #now: () => number
  /** One channel a process: acknowledgement numbers count within it. */
  readonly #channel = randomUUID()
  readonly #stop = new AbortController()

  constructor(destination: SplunkDestination, now: () => number) {
    this.#destination = destination
    this.#web = webOf(destination)
    this.#now = now
  }

  async send(body: string): Promise<Sent> {
    const answer = await post(this.#request("/services/collector/event", body))
    const sent = judge(answer)
    if (sent.outcome !== "delivered" || "outcome" in answer) return "outcome" in answer ? sent : readCode(sent, answer.body)
    if (!this.#destination.ack) return sent
    const { ackId } = (parseJson(answer.body) ?? {}) as { ackId?: unknown }
    if (typeof ackId !== "number")
      return { outcome: "retry", reason: "the collector gives no ackId: turn indexer acknowledgement on for the token, or ack off here" }
    return this.#acknowledged(ackId)
  }

  close(): void {
    this.#stop.abort()
  }

  async #acknowledged(ackId: number): Promise<Sent> {
    const end = this.#now() + this.#destination.ackTimeout
    for (let wait = ACK_POLL_MS; ; wait = Math.min(wait * 2, ACK_POLL_MAX_MS)) {
      const answer = await post(this.#request("/services/collector/ack", JSON.stringify({ acks: [ackId] })))
      if (!("outcome" in answer) && answer.status === 200) {
        const { acks } = (parseJson(answer.body) ?? {}) as { acks?: Readonly<Record<string, boolean>> }
        if (acks?.[String(ackId)] === true) return { outcome: "delivered" }
      }
      if (this.#now() + wait > end || !(await pause(wait, this.#stop.signal)))
        return { outcome: "retry", reason: "the indexers did not acknowledge in time" }
    }
  }

  #request(path: string, body: string): Post {
    const { url, token } = this.#destination
    return {
      url: under(url, path),
      headers: {
        authorization: `Splunk ${token.reveal()}`,
        "content-type": "application/json",
        "x-splunk-request-channel": this.#channel,
      },
      body,
      ...this.#web,
    }
  }
}

/** The collector's own codes say more than HTTP's: a disabled token or a wrong index is about the settings, not about the record. */
function readCode(sent: Sent, body: string): Sent {
  const { code, text } = (parseJson(body) ?? {}) as { code?: unknown; text?: unknown }
  return sent.outcome === "refused" && typeof code === "number" && SETTINGS.includes(code)
    ? { outcome: "retry", reason: `Splunk code ${code}: ${String(text)}` }
    : sent
}

// 1 token disabled, 2 token required, 3 invalid authorization, 4 invalid token, 7 incorrect index, 9 busy, 10 channel missing, 11 invalid channel, 14 ack off.
const SETTINGS = [1, 2, 3, 4, 7, 9, 10, 11, 14]
const ACK_POLL_MS = 250
const ACK_POLL_MAX_MS = 10_000

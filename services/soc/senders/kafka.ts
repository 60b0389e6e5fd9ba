// A topic of a Kafka cluster, for whatever reads there. The key is the record's id, so that its versions stay in order and a compacted topic keeps the newest.
// The idempotent producer lets the broker recognise what we repeat as long as the producer lives and the batch is the same; after a kill the last batch
// may be there twice, and its header egret-version tells.
import { Kafka, logLevel, Partitioners, type Producer, type SASLOptions } from "kafkajs"
import type { SocDestination } from "../../contracts/config/soc.ts"
import { clientTlsOptions } from "../../runtime/client-tls.ts"
import { jsonOf } from "../formats/format.ts"
import { essenceOf, type SocRecord } from "../record.ts"
import type { Sender, SenderOptions, Sent } from "../sender.ts"

type KafkaDestination = Extract<SocDestination, { type: "kafka" }>

export function kafkaSender(destination: KafkaDestination, { version }: SenderOptions): Sender {
  const topic = new KafkaTopic(destination)
  return {
    send: (records) => topic.send(records.map((record) => messageOf(record, { destination, version }))),
    close: () => topic.renew(),
  }
}

interface TopicMessage {
  readonly key: string
  readonly value: string
  readonly timestamp: string
  readonly headers: Record<string, string>
}

function messageOf(record: SocRecord, { destination, version }: { destination: KafkaDestination; version: string }): TopicMessage {
  const about = essenceOf(record)
  return {
    key: about.id,
    value: JSON.stringify(jsonOf(destination.format, record, { version, content: destination.content })),
    timestamp: String(about.time),
    headers: { "egret-version": about.version, "egret-kind": record.kind, "content-type": "application/json" },
  }
}

class KafkaTopic {
  readonly #destination: KafkaDestination
  readonly #kafka: Kafka
  #producer: Producer | undefined

  constructor(destination: KafkaDestination) {
    this.#destination = destination
    const { brokers, tls, sasl, timeout, name } = destination
    this.#kafka = new Kafka({
      clientId: "egret-soc",
      brokers: [...brokers],
      connectionTimeout: timeout,
      requestTimeout: timeout,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: TRIES },
      // What is wrong is told by the destination's health.
      logLevel: logLevel.NOTHING,
      ...(tls !== undefined && { ssl: { ...clientTlsOptions(tls, `soc.destinations ${name}.tls`) } }),
      ...(sasl !== undefined && {
        sasl: { mechanism: sasl.mechanism, username: sasl.username, password: sasl.password.reveal() } as SASLOptions,
      }),
    })
  }

  async send(messages: TopicMessage[]): Promise<Sent> {
    try {
      const producer = await this.#connected()
      await producer.send({ topic: this.#destination.topic, messages, acks: -1 })
      return { outcome: "delivered" }
    } catch (error) {
      const type = protocolError(error)
      // Out of tries without the broker's word: the same producer repeats the same batch, and the broker knows it by its numbers. Else a new producer.
      if (type !== undefined) await this.renew()
      const reason = type === undefined ? messageOfError(error) : `${type}: ${messageOfError(error)}`
      return type !== undefined && TOO_LARGE.includes(type) ? { outcome: "refused", reason } : { outcome: "retry", reason }
    }
  }

  async renew(): Promise<void> {
    const old = this.#producer
    this.#producer = undefined
    await old?.disconnect().catch(() => {})
  }

  async #connected(): Promise<Producer> {
    if (this.#producer !== undefined) return this.#producer
    const producer = this.#kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
    })
    try {
      await producer.connect()
    } catch (error) {
      await producer.disconnect().catch(() => {})
      throw error
    }
    this.#producer = producer
    return producer
  }
}

/** The broker's own word, wherever kafkajs wrapped it; undefined for timeouts and lost connections. */
function protocolError(error: unknown): string | undefined {
  let at = error as { type?: unknown; cause?: unknown } | null | undefined
  for (let depth = 0; at !== undefined && at !== null && depth < 5; depth++) {
    if (typeof at.type === "string" && at.type !== "") return at.type
    at = at.cause as typeof at
  }
  return undefined
}

function messageOfError(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

const TOO_LARGE: readonly string[] = ["MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE"]
// Inside kafkajs; the courier goes on with a longer patience.
const TRIES = 3

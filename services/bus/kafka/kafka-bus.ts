// The bus over Kafka. kafkajs is touched only in this folder.
import type { Kafka } from "kafkajs"
import { type Bus, type BusEvent, type BusHandler, deadHeaders, type SubscribeOptions, type Subscription } from "../../contracts/bus.ts"
import type { KafkaConfig } from "../../contracts/config/bus.ts"
import { type Topic, topics } from "../../contracts/topics.ts"
import type { Logger } from "../../runtime/logger.ts"
import type { Metrics } from "../../runtime/metrics.ts"
import { BusClosedError } from "../errors.ts"
import { type BusEvents, busEvents } from "../events.ts"
import { createClient } from "./client.ts"
import { bulkTopics } from "./compression.ts"
import { KafkaKeyMemory } from "./key-memory.ts"
import { TopicLanes } from "./sender.ts"
import { openSubscription } from "./subscription.ts"
import { ensureTopics } from "./topics.ts"

export interface KafkaBusOptions {
  readonly config: KafkaConfig
  readonly logger: Logger
  readonly metrics: Metrics
}

export async function openKafkaBus(options: KafkaBusOptions): Promise<Bus> {
  const kafka = createClient(options.config, options.logger)
  await ensureTopics(kafka, options.config)
  return new KafkaBus(kafka, options)
}

class KafkaBus implements Bus {
  readonly #kafka: Kafka
  readonly #options: KafkaBusOptions
  readonly #events: BusEvents
  readonly #senders = new Map<Topic, TopicLanes>()
  readonly #subscriptions = new Set<Subscription>()
  readonly memory: KafkaKeyMemory
  #closed = false

  constructor(kafka: Kafka, options: KafkaBusOptions) {
    this.#kafka = kafka
    this.memory = new KafkaKeyMemory({ kafka, config: options.config, logger: options.logger })
    this.#options = options
    this.#events = busEvents(options.metrics)
    options.metrics.sampled({ name: "egret_bus_queued_bytes", help: "Bytes accepted and not yet acknowledged by the broker." }, () =>
      [...this.#senders.values()].reduce((sum, sender) => sum + sender.queuedBytes, 0),
    )
  }

  async publish(topic: Topic, events: readonly BusEvent[]): Promise<void> {
    if (this.#closed) throw new BusClosedError()
    await this.#sender(topic).publish(events)
    this.#events.published(topic, events.length)
  }

  async subscribe(topic: Topic, group: string, handler: BusHandler, wanted: SubscribeOptions = {}): Promise<Subscription> {
    if (this.#closed) throw new BusClosedError()
    const { config, logger } = this.#options
    const open = await openSubscription({
      kafka: this.#kafka,
      config,
      topic,
      group,
      handler,
      wanted,
      logger,
      events: this.#events,
      deadLetter: (batch, event, reason) => this.deadLetter(batch.topic, event, reason),
    })
    const subscription = {
      close: async () => {
        await open.close()
        this.#subscriptions.delete(subscription)
      },
    }
    this.#subscriptions.add(subscription)
    return subscription
  }

  async deadLetter(from: Topic, event: BusEvent, reason: string): Promise<void> {
    this.#options.logger.warn({ topic: from, reason }, "an event went to the dead-letter topic")
    this.#events.dead(from)
    const headers = { ...event.headers, [deadHeaders.topic]: from, [deadHeaders.reason]: reason }
    await this.#sender(topics.dead).publish([{ ...event, headers }])
  }

  /** Readers first: their handlers may still publish. */
  async close(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()))
    this.#closed = true
    await this.memory.close()
    await Promise.all([...this.#senders.values()].map((sender) => sender.close()))
  }

  #sender(topic: Topic): TopicLanes {
    const known = this.#senders.get(topic)
    if (known !== undefined) return known
    const { config, logger } = this.#options
    const sender = new TopicLanes({
      kafka: this.#kafka,
      config,
      topic: config.topicPrefix + topic,
      brotli: config.compression === "brotli" && bulkTopics.includes(topic),
      logger,
    })
    this.#senders.set(topic, sender)
    return sender
  }
}

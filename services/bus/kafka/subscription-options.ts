import type { Kafka } from "kafkajs"
import type { BusBatch, BusEvent, BusHandler, SubscribeOptions } from "../../contracts/bus.ts"
import type { KafkaConfig } from "../../contracts/config/bus.ts"
import type { Topic } from "../../contracts/topics.ts"
import type { Logger } from "../../runtime/logger.ts"
import type { BusEvents } from "../events.ts"

export interface SubscriptionOptions {
  readonly kafka: Kafka
  readonly config: KafkaConfig
  readonly topic: Topic
  readonly group: string
  readonly handler: BusHandler
  readonly wanted: SubscribeOptions
  readonly logger: Logger
  readonly events: BusEvents
  deadLetter(batch: BusBatch, event: BusEvent, reason: string): Promise<void>
}

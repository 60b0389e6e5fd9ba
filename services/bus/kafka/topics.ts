import type { Kafka } from "kafkajs"
import type { KafkaConfig } from "../../contracts/config/bus.ts"
import { topics } from "../../contracts/topics.ts"
import { BusError } from "../errors.ts"

/** Makes sure every topic is there before the first event, so that a missing right or broker is told at start and not under load. */
export async function ensureTopics(kafka: Kafka, config: KafkaConfig): Promise<void> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    const present = new Set(await admin.listTopics())
    const missing = Object.values(topics)
      .map((topic) => config.topicPrefix + topic)
      .filter((topic) => !present.has(topic))
    if (missing.length === 0) return
    if (!config.createTopics)
      throw new BusError(`topics are missing: ${missing.join(", ")}; create them or set bus.kafka.createTopics to true`, {
        code: "refused",
        retry: false,
      })
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map((topic) => ({
        topic,
        numPartitions: config.partitions,
        replicationFactor: config.replicationFactor ?? BROKER_DEFAULT,
        ...(topic === config.topicPrefix + topics.memory ? { configEntries: MEMORY } : {}),
      })),
    })
  } catch (error) {
    if (error instanceof BusError) throw error
    throw new BusError(`no Kafka broker answers well at ${config.brokers.join(", ")}: ${reasonOf(error)}`, {
      code: "no-broker",
      retry: true,
      cause: error,
    })
  } finally {
    await admin.disconnect().catch(() => {})
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

// Only the newest record of a key matters; what nobody touched for a quarter of a year is forgotten.
const MEMORY = [
  { name: "cleanup.policy", value: "compact,delete" },
  { name: "retention.ms", value: String(90 * 86_400_000) },
  { name: "min.cleanable.dirty.ratio", value: "0.2" },
]
const BROKER_DEFAULT = -1

import { setTimeout as sleep } from "node:timers/promises"
import type { Admin, Kafka } from "kafkajs"
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
      // Its own waiting gives up on the first answer of a broker that has not heard of the topic yet.
      waitForLeaders: false,
      topics: missing.map((topic) => ({
        topic,
        numPartitions: config.partitions,
        replicationFactor: config.replicationFactor ?? BROKER_DEFAULT,
        ...(topic === config.topicPrefix + topics.memory ? { configEntries: MEMORY } : {}),
      })),
    })
    await led(admin, missing)
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

/** A topic is made before every broker knows it and before each partition has its leader. */
async function led(admin: Admin, names: readonly string[]): Promise<void> {
  for (const last = Date.now() + LEADER_WAIT_MS; ; await sleep(LEADER_LOOK_MS)) {
    try {
      const found = await admin.fetchTopicMetadata({ topics: [...names] })
      if (found.topics.every(({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0))) return
    } catch (error) {
      if (Date.now() > last || !isOnTheWay(error)) throw error
    }
    if (Date.now() > last) throw new Error(`some of ${names.join(", ")} had no leader after ${LEADER_WAIT_MS / 1000} s`)
  }
}

function isOnTheWay(error: unknown): boolean {
  return error instanceof Error && "type" in error && ON_THE_WAY.includes(String(error.type))
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
const ON_THE_WAY = ["UNKNOWN_TOPIC_OR_PARTITION", "LEADER_NOT_AVAILABLE"]
const LEADER_WAIT_MS = 30_000
const LEADER_LOOK_MS = 100

import { z } from "zod"
import { kafkaBrokers, kafkaSasl } from "./kafka.ts"
import { clientTls } from "./tls.ts"
import { byteSize, duration } from "./units.ts"

const embedded = z.strictObject({
  maxBytes: byteSize.prefault("64MB").describe("Events held for slow readers; when full, publishers wait."),
})

const kafka = z.strictObject({
  brokers: kafkaBrokers.default(["localhost:9092"]),
  clientId: z.string().min(1).default("egret").describe("Name shown in the broker's logs and quotas."),
  groupPrefix: z.string().default("egret").describe("Consumer groups are named PREFIX-ROLE-TOPIC, the topic with its own prefix."),
  topicPrefix: z.string().default("").describe("Put before every topic name, to share a cluster."),
  tls: clientTls.optional().describe("Use TLS; `tls: {}` trusts the system's certificates."),
  sasl: kafkaSasl.optional().describe("Log in."),
  compression: z
    .enum(["none", "gzip", "brotli"])
    .default("brotli")
    .describe(
      "brotli: record values of the activity and file topics, three to six times less to send and keep. gzip: Kafka's own, for all topics.",
    ),
  acks: z
    .enum(["all", "leader"])
    .default("all")
    .describe("Who must have a record before it counts as accepted. leader turns the idempotent producer off."),
  recordBytes: byteSize
    .prefault("900KB")
    .describe("Largest record written; more events of one key go to the next record. Keep under the broker's message.max.bytes."),
  lingerTime: duration.prefault("5ms").describe("How long the producer gathers events before it sends."),
  maxBufferedBytes: byteSize.prefault("32MB").describe("Accepted but not yet acknowledged by the broker; when full, publishers wait."),
  concurrency: z.number().int().min(1).max(1024).default(16).describe("Keys of one partition that are handled at the same time."),
  maxAttempts: z.number().int().min(1).max(1000).default(5).describe("Tries for a batch before it goes to the dead-letter topic."),
  sessionTimeout: duration.prefault("30s").describe("A consumer silent for so long loses its partitions."),
  createTopics: z.boolean().default(true).describe("Create missing topics at start."),
  partitions: z.number().int().min(1).max(10_000).default(12).describe("Partitions of topics we create."),
  replicationFactor: z.number().int().min(1).max(32).optional().describe("Replicas of topics we create; the broker's default when absent."),
})

export const busConfig = z.strictObject({
  kind: z
    .enum(["embedded", "kafka"])
    .default("embedded")
    .describe("embedded: inside one process, for `egret up`. kafka: between processes."),
  embedded: embedded.prefault({}),
  kafka: kafka.prefault({}),
})
export type BusConfig = z.infer<typeof busConfig>
export type KafkaConfig = BusConfig["kafka"]

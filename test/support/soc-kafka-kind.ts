// A topic of a real broker as a destination of the SOC.
import { randomBytes } from "node:crypto"
import { Kafka, logLevel } from "kafkajs"
import type { OpenKind } from "./soc-kinds.ts"

export async function openKafkaKind(broker: string): Promise<OpenKind> {
  const topic = `soc-${randomBytes(4).toString("hex")}`
  const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 3, replicationFactor: 1 }] })
  await admin.disconnect()
  const consumer = kafka.consumer({ groupId: `g-${topic}` })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  const got: { key: string; value: string }[] = []
  await consumer.run({
    eachMessage: async ({ message }) => {
      got.push({ key: String(message.key), value: String(message.value) })
    },
  })
  return {
    given: { type: "kafka", brokers: [broker], topic },
    arrived: () => got.map(({ key }) => key),
    bytes: () => got.map(({ value }) => value).join("\n"),
    fail: async () => {},
    close: () => consumer.disconnect(),
  }
}

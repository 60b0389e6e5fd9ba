import type { Kafka } from "kafkajs"
import { expect, it } from "vitest"
import { ensureTopics } from "../../../services/bus/kafka/topics.ts"
import { busConfig } from "../../../services/contracts/config/bus.ts"

it("waits for topics that are made but that the broker does not host yet, and for their leaders", async () => {
  const { kafka, looks } = brokerThatSays([unhosted(), unhosted(), leaders(-1), leaders(1)])
  await ensureTopics(kafka, config)
  expect(looks()).toBe(4)
})

it("does not wait for what waiting will not mend", async () => {
  const { kafka, looks } = brokerThatSays([Object.assign(new Error("no right to look"), { type: "TOPIC_AUTHORIZATION_FAILED" })])
  await expect(ensureTopics(kafka, config)).rejects.toThrow("no right to look")
  expect(looks()).toBe(1)
})

type Answer = Error | { topics: { name: string; partitions: { leader: number }[] }[] }

function brokerThatSays(answers: readonly Answer[]) {
  let look = 0
  const admin = {
    connect: async () => {},
    disconnect: async () => {},
    listTopics: async () => [],
    createTopics: async () => true,
    fetchTopicMetadata: async () => {
      const answer = answers[look++]
      if (answer instanceof Error) throw answer
      return answer
    },
  }
  return { kafka: { admin: () => admin } as unknown as Kafka, looks: () => look }
}

const unhosted = () => Object.assign(new Error("This server does not host this topic-partition"), { type: "UNKNOWN_TOPIC_OR_PARTITION" })
const leaders = (leader: number) => ({ topics: [{ name: "t", partitions: [{ leader }] }] })
const config = busConfig.parse({ kind: "kafka" }).kafka

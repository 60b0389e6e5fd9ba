import { randomBytes } from "node:crypto"
import { Kafka, logLevel } from "kafkajs"
import { afterAll, describe, expect, it } from "vitest"
import { type Broker, openBroker } from "../support/kafka-broker.ts"
import { missing } from "../support/requires.ts"
import { eventRecord, until } from "../support/soc.ts"
import { senderOf } from "../support/soc-destination.ts"

const found = await openBroker()
const broker: Broker | undefined = "unavailable" in found ? undefined : found
if ("unavailable" in found) missing("kafka", found.unavailable)
afterAll(() => broker?.close())

interface Read {
  readonly key: string
  readonly uid: string
  readonly headers: Readonly<Record<string, string>>
}

async function makeTopic(config: { name: string; value: string }[] = []): Promise<string> {
  const topic = `soc-${randomBytes(4).toString("hex")}`
  const admin = new Kafka({ brokers: [broker?.address ?? ""], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 3, replicationFactor: 1, configEntries: config }] })
  await admin.disconnect()
  return topic
}

async function readAll(topic: string, count: number): Promise<Read[]> {
  const got: Read[] = []
  const consumer = new Kafka({ brokers: [broker?.address ?? ""], logLevel: logLevel.NOTHING }).consumer({ groupId: `g-${topic}` })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ message }) => {
      const { finding_info: info } = JSON.parse(message.value?.toString() ?? "{}") as { finding_info: { uid: string } }
      const headers = Object.fromEntries(Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]))
      got.push({ key: message.key?.toString() ?? "", uid: info.uid, headers })
    },
  })
  await until(() => got.length >= count, 20_000)
  await consumer.disconnect()
  return got
}

describe.skipIf(broker === undefined)("a Kafka topic as destination", () => {
  it("gets each record under its id, with its version beside, the versions of one event in order", async () => {
    const topic = await makeTopic()
    const sender = senderOf({ type: "kafka", brokers: [broker?.address], topic })
    const records = Array.from({ length: 20 }, (_, index) => eventRecord(`e${index % 5}`, { revision: Math.floor(index / 5) }))
    expect(await sender.send(records)).toEqual({ outcome: "delivered" })
    const got = await readAll(topic, 20)
    expect(got.every(({ key, uid }) => key === uid)).toBe(true)
    expect(got.filter(({ key }) => key === "e3").map(({ headers }) => headers["egret-version"])).toEqual(["e3-0", "e3-1", "e3-2", "e3-3"])
    await sender.close()
  })

  it("refuses what the broker finds too large, so that it is cut", async () => {
    const topic = await makeTopic([{ name: "max.message.bytes", value: "8000" }])
    const sender = senderOf({ type: "kafka", brokers: [broker?.address], topic })
    const records = Array.from({ length: 40 }, (_, index) => eventRecord(`e${index}`))
    expect(await sender.send(records)).toMatchObject({ outcome: "refused", reason: expect.stringContaining("TOO_LARGE") })
    expect(await sender.send(records.slice(0, 5))).toEqual({ outcome: "delivered" })
    await sender.close()
  })

  it("waits for a topic that is not there yet", async () => {
    const sender = senderOf({ type: "kafka", brokers: [broker?.address], topic: "not-made-yet" })
    expect(await sender.send([eventRecord("e1")])).toMatchObject({ outcome: "retry" })
    await sender.close()
  }, 20_000)

  it("waits for a broker that is away, and sends the same batch once when it is back", async () => {
    if (broker?.stop === undefined || broker.start === undefined) return
    const topic = await makeTopic()
    const sender = senderOf({ type: "kafka", brokers: [broker.address], topic, timeout: "2s" })
    expect(await sender.send([eventRecord("before")])).toEqual({ outcome: "delivered" })
    await broker.stop("SIGKILL")
    expect(await sender.send([eventRecord("during")])).toMatchObject({ outcome: "retry" })
    await broker.start()
    let sent = await sender.send([eventRecord("during")])
    for (let attempt = 0; sent.outcome !== "delivered" && attempt < 10; attempt++) sent = await sender.send([eventRecord("during")])
    expect(sent).toEqual({ outcome: "delivered" })
    expect((await readAll(topic, 2)).map(({ key }) => key).sort()).toEqual(["before", "during"])
    await sender.close()
  }, 60_000)
})

import { randomBytes } from "node:crypto"
import { Kafka, logLevel, Partitioners } from "kafkajs"
import { openKafkaBus } from "../../services/bus/kafka/kafka-bus.ts"
import type { BusEvent } from "../../services/contracts/bus.ts"
import { busConfig } from "../../services/contracts/config/bus.ts"
import { topics } from "../../services/contracts/topics.ts"
import { silentLogger } from "../../services/runtime/logger.ts"
import { Metrics } from "../../services/runtime/metrics.ts"
import { openBroker } from "../support/kafka-broker.ts"
import { type Benchmark, type Contest, perSecond, type Unavailable } from "./benchmark.ts"

export const benchmarks: readonly Benchmark[] = [
  {
    name: "kafka-produce",
    title: "publish on the Kafka bus (records of many 1 KB events), against one kafkajs message an event in sends of the same size",
    unit: "events/s",
    better: "higher",
    goal: 4,
    floor: 2,
    setup,
  },
]

async function setup(): Promise<Contest | Unavailable> {
  const broker = await openBroker()
  if ("unavailable" in broker) return broker
  const prefix = `${randomBytes(4).toString("hex")}.`
  const { kafka: config } = busConfig.parse({ kafka: { brokers: [broker.address], topicPrefix: prefix, partitions: 4 } })
  const bus = await openKafkaBus({ config, logger: silentLogger(), metrics: new Metrics() })
  const kafka = new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING })
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  const events = Array.from({ length: EVENTS }, (_, n) => eventOf(n))
  return {
    ours: () =>
      perSecond(EVENTS, async () => {
        const sent: Promise<void>[] = []
        for (let n = 0; n < EVENTS; n += PUBLISHED_TOGETHER)
          sent.push(bus.publish(topics.activity, events.slice(n, n + PUBLISHED_TOGETHER)))
        await Promise.all(sent)
      }),
    yardstick: () =>
      perSecond(EVENTS, async () => {
        for (let n = 0; n < EVENTS; n += EVENTS_OF_A_SEND)
          await producer.send({
            topic: prefix + topics.activity,
            acks: -1,
            messages: events.slice(n, n + EVENTS_OF_A_SEND).map(({ key, value }) => ({ key, value: Buffer.from(value) })),
          })
      }),
    close: async () => {
      await producer.disconnect()
      await bus.close()
      await broker.close()
    },
  }
}

/** About 1 KB of an envelope with prose that compresses like prose (two to three times), from some tens of agents. */
function eventOf(n: number): BusEvent {
  const random = seeded(n + 1)
  let text = ""
  while (text.length < 700) text += `${WORDS[Math.floor(random() ** 2 * WORDS.length)]} `
  const flow = {
    id: (random() * 2 ** 52).toString(16),
    vni: 7,
    client: { ip: `10.0.0.${n % 32}`, port: 40_000 + (n % 999) },
    transport: "tcp",
  }
  const value = JSON.stringify({ v: 1, kind: "llm", id: n, at: 1_700_000_000_000_000 + n * 37, vantage: "mirror", flow, data: { text } })
  return { key: `0/10.0.0.${n % 32}`, value: Buffer.from(value) }
}

function seeded(seed: number): () => number {
  let state = seed * 2_654_435_761
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x297a2d39) >>> 0
    return state / 2 ** 32
  }
}

const letters = seeded(42)
const WORDS = Array.from({ length: 3_000 }, () =>
  Array.from({ length: 2 + Math.floor(letters() * 8) }, () => "etaoinshrdlucmfw"[Math.floor(letters() ** 1.5 * 16)]).join(""),
)
const EVENTS = 40_000
const PUBLISHED_TOGETHER = 64
// What fills 900 KB, our own record limit.
const EVENTS_OF_A_SEND = 850

import { randomBytes } from "node:crypto"
import { afterAll, describe } from "vitest"
import { openKafkaBus } from "../../services/bus/kafka/kafka-bus.ts"
import type { Bus } from "../../services/contracts/bus.ts"
import { busConfig, type KafkaConfig } from "../../services/contracts/config/bus.ts"
import { silentLogger } from "../../services/runtime/logger.ts"
import { Metrics } from "../../services/runtime/metrics.ts"
import { describeBus } from "../support/contract/bus.ts"
import { type Broker, openBroker } from "../support/kafka-broker.ts"
import { missing } from "../support/requires.ts"

const found = await openBroker()
const broker: Broker | undefined = "unavailable" in found ? undefined : found
if ("unavailable" in found) missing("kafka", found.unavailable)
afterAll(() => broker?.close())

function config(extra: Record<string, unknown> = {}): KafkaConfig {
  const unique = randomBytes(4).toString("hex")
  return busConfig.parse({
    kind: "kafka",
    kafka: { brokers: [broker?.address], topicPrefix: `${unique}.`, partitions: 3, maxAttempts: 3, sessionTimeout: "6s", ...extra },
  }).kafka
}

function open(extra: Record<string, unknown> = {}): Promise<Bus> {
  return openKafkaBus({ config: config(extra), logger: silentLogger(), metrics: new Metrics() })
}

describe.skipIf(broker === undefined)("over a real Kafka broker", () => {
  describeBus("KafkaBus", () => ({ open: () => open() }))
  describeBus("KafkaBus with gzip", () => ({ open: () => open({ compression: "gzip" }) }))
})

import type { Bus } from "../contracts/bus.ts"
import type { BusConfig } from "../contracts/config/bus.ts"
import type { Logger } from "../runtime/logger.ts"
import type { Metrics } from "../runtime/metrics.ts"
import { openKafkaBus } from "./kafka/kafka-bus.ts"
import { MemoryBus } from "./memory-bus.ts"

/** The bus that the configuration names. */
export async function openBus(config: BusConfig, { logger, metrics }: { logger: Logger; metrics: Metrics }): Promise<Bus> {
  switch (config.kind) {
    case "embedded":
      return new MemoryBus({ maxBytes: config.embedded.maxBytes, logger, metrics })
    case "kafka":
      return openKafkaBus({ config: config.kafka, logger, metrics })
  }
}

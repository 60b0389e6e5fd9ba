// Our configuration in kafkajs's words.
import { Kafka, type KafkaConfig as KafkaJsConfig, logLevel, type SASLOptions } from "kafkajs"
import type { KafkaConfig } from "../../contracts/config/bus.ts"
import { clientTlsOptions } from "../../runtime/client-tls.ts"
import type { Logger } from "../../runtime/logger.ts"

export function createClient(config: KafkaConfig, logger: Logger): Kafka {
  const options: KafkaJsConfig = {
    clientId: config.clientId,
    brokers: [...config.brokers],
    connectionTimeout: CONNECT_MILLIS,
    requestTimeout: REQUEST_MILLIS,
    retry: { initialRetryTime: 100, maxRetryTime: 5_000, retries: START_RETRIES },
    logLevel: logLevel.WARN,
    logCreator: () => logInto(logger),
  }
  if (config.tls !== undefined) options.ssl = { ...clientTlsOptions(config.tls, "bus.kafka.tls") }
  if (config.sasl !== undefined) options.sasl = saslOptions(config.sasl)
  return new Kafka(options)
}

function saslOptions({ mechanism, username, password }: NonNullable<KafkaConfig["sasl"]>): SASLOptions {
  return { mechanism, username, password: password.reveal() } as SASLOptions
}

/** kafkajs tells of every failed try; what matters reaches the operator as our own errors and health, the rest is debug. */
function logInto(logger: Logger): (entry: { level: logLevel; namespace: string; log: Record<string, unknown> }) => void {
  return ({ namespace, level, log }) => {
    const { message, timestamp, logger: _, stack, ...fields } = log
    logger[level === logLevel.ERROR ? "debug" : "trace"]({ namespace, kafka: message, ...fields }, "kafka client")
  }
}

const CONNECT_MILLIS = 3_000
const REQUEST_MILLIS = 30_000
// About 20 s of trying in all: a broker that starts at the same time as we do is waited for, a wrong address is told soon.
const START_RETRIES = 8

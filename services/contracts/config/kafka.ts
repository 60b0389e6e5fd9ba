// How a Kafka cluster is reached: for the bus and for the SOC's topic.
import { z } from "zod"
import { secret } from "./secret.ts"

export const kafkaBrokers = z
  .array(z.string().regex(/^(?:\[[0-9a-fA-F:.]+\]|[^:\s[\]]+):\d{1,5}$/, 'host:port, for example "localhost:9092"'))
  .min(1)
  .describe("First brokers to ask.")
  .meta({ examples: [["kafka-1:9092", "kafka-2:9092"]] })

export const kafkaSasl = z.strictObject({
  mechanism: z.enum(["plain", "scram-sha-256", "scram-sha-512"]).describe("How to log in."),
  username: z.string().min(1).describe("Kafka user."),
  password: secret.describe("Its password."),
})

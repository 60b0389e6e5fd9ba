// A consumer process for the crash tests: appends the number of every event it handled to a file, then acknowledges. Killed at will.
import { openSync, writeSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { openKafkaBus } from "../../services/bus/kafka/kafka-bus.ts"
import { busConfig } from "../../services/contracts/config/bus.ts"
import { topics } from "../../services/contracts/topics.ts"
import { silentLogger } from "../../services/runtime/logger.ts"
import { Metrics } from "../../services/runtime/metrics.ts"

const [settings = "{}", file = "/dev/stdout"] = process.argv.slice(2)
const log = openSync(file, "a")
const bus = await openKafkaBus({
  config: busConfig.parse({ kafka: JSON.parse(settings) }).kafka,
  logger: silentLogger(),
  metrics: new Metrics(),
})
await bus.subscribe(topics.activity, "store", async (batch) => {
  await sleep(2)
  for (const event of batch.events) writeSync(log, `${batch.key} ${JSON.parse(Buffer.from(event.value).toString("utf8")).n}\n`)
})
process.stdout.write("reading\n")
process.on("SIGTERM", () => void bus.close().then(() => process.exit(0)))

// What every long-running command does around its own parts: configuration, log, metrics and health, ordered start, stop on a signal.
//
//   await runRole({ name: "detect", file: options.config }, async ({ config, life, logger, metrics }) => {
//     const bus = await life.open("bus", () => openBus(config.bus, { logger, metrics }), (it) => it.close())
//     ...
//   })
import type { Config } from "../contracts/config/config.ts"
import { loadConfig } from "../runtime/config/load.ts"
import { Health } from "../runtime/health.ts"
import { Lifecycle } from "../runtime/lifecycle.ts"
import { createLogger, type Logger } from "../runtime/logger.ts"
import { Metrics } from "../runtime/metrics.ts"
import { openOpsServer } from "../runtime/ops-server.ts"
import { version } from "./version.ts"

export interface RoleParts {
  readonly config: Config
  readonly life: Lifecycle
  readonly logger: Logger
  readonly metrics: Metrics
  readonly health: Health
}

/** Runs until a signal, `life.stop` or `life.fail`. `open` opens the role's own parts in order. */
export async function runRole(
  { name, file, env }: { name: string; file: string | undefined; env?: Readonly<Record<string, string | undefined>> },
  open: (parts: RoleParts) => Promise<void>,
): Promise<void> {
  const { config, file: found } = loadConfig({ file, ...(env !== undefined && { env }) })
  const logger = createLogger(config.log, { name })
  const metrics = new Metrics()
  const health = new Health()
  const life = new Lifecycle({ logger, health })
  if (config.metrics.enabled) {
    metrics.collectProcess()
    const server = await life.open(
      "metrics",
      () => openOpsServer({ listen: config.metrics.listen, metrics, health }),
      (it) => it.close(),
    )
    logger.info({ host: config.metrics.listen.host, port: server.port }, "metrics and health are served")
  }
  await open({ config, life, logger, metrics, health })
  logger.info({ version, config: found ?? "defaults" }, "running")
  await life.run({ exitNow: () => process.exit(EXIT_ON_SECOND_SIGNAL) })
}

// What a shell reports for a process ended by SIGINT.
const EXIT_ON_SECOND_SIGNAL = 130

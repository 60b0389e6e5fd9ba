import { openBus } from "../../bus/open-bus.ts"
import type { Bus } from "../../contracts/bus.ts"
import { ConfigError } from "../../contracts/errors.ts"
import type { RoleParts } from "../role.ts"

export function openBusPart({ config, life, logger, metrics }: RoleParts): Promise<Bus> {
  return life.open(
    "bus",
    () => openBus(config.bus, { logger, metrics }),
    (bus) => bus.close(),
  )
}

/** A role alone in its process has nobody to talk to over the in-process bus. */
export function demandSharedBus({ config }: RoleParts, role: string): void {
  if (config.bus.kind !== "embedded") return
  throw new ConfigError({
    path: "bus.kind",
    got: '"embedded"',
    want: '"kafka" for roles in processes of their own',
    hint: `set EGRET__BUS__KIND=kafka and EGRET__BUS__KAFKA__BROKERS, or run \`egret up\`, which holds ${role} and all others in one process`,
  })
}

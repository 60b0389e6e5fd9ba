import type { Bus } from "../../contracts/bus.ts"
import { openSocHub, subscribeSocHub } from "../../soc/hub.ts"
import type { RoleParts } from "../role.ts"
import { version } from "../version.ts"

/** Findings, events and verdicts to the SOC's tools; nothing is opened when none is configured. */
export async function openSocPart({ config, life, logger, metrics }: RoleParts, bus: Bus): Promise<void> {
  if (config.soc.destinations.length === 0) return
  const hub = await life.open(
    "soc",
    () => openSocHub(config.soc, version),
    (it) => it.close(),
  )
  metrics.sampled({ name: "egret_soc_waiting_records", help: "Records that wait for a destination." }, () =>
    hub.health().reduce((total, each) => total + each.waiting, 0),
  )
  await life.open(
    "soc feed",
    () => subscribeSocHub(bus, hub),
    (it) => it.close(),
  )
  logger.info({ destinations: config.soc.destinations.map((each) => each.name) }, "sending to the SOC")
}

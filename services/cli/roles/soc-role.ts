import type { ApiParts, SocControl } from "../../api/parts.ts"
import type { Bus } from "../../contracts/bus.ts"
import type { SocConfig } from "../../contracts/config/soc.ts"
import type { CourierHealth } from "../../soc/courier.ts"
import { DeadLetters } from "../../soc/dead-letters.ts"
import { openSocHub, type SocHub, subscribeSocHub } from "../../soc/hub.ts"
import { tryDestination } from "../../soc/try-destination.ts"
import type { RoleParts } from "../role.ts"
import { version } from "../version.ts"

/** Findings, events and verdicts to the SOC's tools; nothing is opened when none is configured. */
export async function openSocPart({ config, life, logger, metrics }: RoleParts, bus: Bus): Promise<Pick<ApiParts, "soc">> {
  if (config.soc.destinations.length === 0) return {}
  const hub = await life.open(
    "soc",
    () => openSocHub(config.soc, version),
    (it) => it.close(),
  )
  const each = (pick: (health: CourierHealth) => number) => () => new Map(hub.health().map((health) => [health.name, pick(health)]))
  const label = "destination"
  metrics.sampledEach(
    { name: "egret_soc_waiting_records", help: "Records that wait for a destination.", label },
    each((it) => it.waiting),
  )
  metrics.sampledEach(
    { name: "egret_soc_delivered_records", help: "Records that arrived since the start.", label },
    each((it) => it.delivered),
  )
  metrics.sampledEach(
    { name: "egret_soc_dead_records", help: "Records that went to the dead letters since the start.", label },
    each((it) => it.dead),
  )
  metrics.sampledEach(
    { name: "egret_soc_failing_tries", help: "Tries that failed in a row; 0 is well.", label },
    each((it) => it.failing),
  )
  await life.open(
    "soc feed",
    () => subscribeSocHub(bus, hub),
    (it) => it.close(),
  )
  logger.info({ destinations: config.soc.destinations.map((each) => each.name) }, "sending to the SOC")
  return { soc: controlOf(config.soc, hub) }
}

function controlOf({ destinations, stateDir }: SocConfig, hub: SocHub): SocControl {
  return {
    list: () => {
      const health = new Map(hub.health().map((each) => [each.name, each]))
      return destinations.map(({ name, type, kinds, minSeverity }) => {
        const now = health.get(name) ?? { waiting: 0, delivered: 0, failing: 0 }
        return { ...now, name, type, kinds, minSeverity, dead: new DeadLetters(stateDir, name).count() }
      })
    },
    test: async (name) => {
      const destination = destinations.find((each) => each.name === name)
      return destination === undefined ? "no such destination" : tryDestination(destination, version)
    },
    retry: (name) => new DeadLetters(stateDir, name).sendAgain(Date.now()),
  }
}

// From the bus to the destinations: each gets what its filters let through. The bus is told that a batch is handled once it lies in every queue on disk.
import type { Bus, Subscription } from "../contracts/bus.ts"
import type { SocConfig, SocDestination } from "../contracts/config/soc.ts"
import { severityRank } from "../contracts/severity.ts"
import { topics } from "../contracts/topics.ts"
import { Courier, type CourierHealth } from "./courier.ts"
import { essenceOf, type SocRecord } from "./record.ts"
import { openSender } from "./senders/open-sender.ts"

export interface SocHub {
  accept(records: readonly SocRecord[]): void
  health(): CourierHealth[]
  close(): Promise<void>
}

export function openSocHub(config: SocConfig, version: string): SocHub {
  const routes = config.destinations.map((destination) => {
    const courier = new Courier({
      name: destination.name,
      folder: config.stateDir,
      batch: destination.batch,
      limit: config.queue,
      sender: openSender(destination, { version, now: Date.now }),
    })
    courier.start()
    return { destination, courier }
  })
  return {
    accept: (records) => {
      for (const { destination, courier } of routes) courier.accept(records.filter((record) => wanted(destination, record)))
    },
    health: () => routes.map(({ courier }) => courier.health()),
    close: async () => {
      await Promise.all(routes.map(({ courier }) => courier.close()))
    },
  }
}

export async function subscribeSocHub(bus: Bus, hub: SocHub): Promise<Subscription> {
  const kinds = [
    ["finding", topics.finding],
    ["event", topics.event],
    ["verdict", topics.verdict],
  ] as const
  const subscriptions = await Promise.all(
    kinds.map(([kind, topic]) =>
      bus.subscribe(topic, "egret-soc", async ({ events }) =>
        hub.accept(events.map((event) => ({ kind, value: JSON.parse(Buffer.from(event.value).toString("utf8")) }) as SocRecord)),
      ),
    ),
  )
  return {
    close: async () => {
      await Promise.all(subscriptions.map((subscription) => subscription.close()))
    },
  }
}

function wanted(destination: SocDestination, record: SocRecord): boolean {
  const { severity, family } = essenceOf(record)
  if (!destination.kinds.includes(record.kind)) return false
  if (severityRank[severity] < severityRank[destination.minSeverity]) return false
  return destination.families.length === 0 || destination.families.includes(family)
}

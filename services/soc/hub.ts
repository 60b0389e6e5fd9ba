// From the bus to the destinations: each gets what its filters let through. The bus is told that a batch is handled once it lies in every queue on disk.
import type { Bus, Subscription } from "../contracts/bus.ts"
import type { SocConfig, SocDestination } from "../contracts/config/soc.ts"
import type { Envelope } from "../contracts/envelope.ts"
import { severityRank } from "../contracts/severity.ts"
import { topics } from "../contracts/topics.ts"
import { activityNote } from "./activity.ts"
import { Courier, type CourierHealth } from "./courier.ts"
import { essenceOf, type SocRecord } from "./record.ts"
import { openSender } from "./senders/open-sender.ts"

export interface SocHub {
  accept(records: readonly SocRecord[]): void
  /** Some destination wants activity: much, and not read where nobody does. */
  readonly wantsActivity: boolean
  acceptActivity(envelopes: readonly Envelope[]): void
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
    return { destination, courier, changes: new Changes(destination) }
  })
  return {
    accept: (records) =>
      toEach(routes, ({ destination, courier, changes }) => {
        const { worth, told } = changes.of(records.filter((record) => wanted(destination, record)))
        courier.accept(worth)
        told()
      }),
    wantsActivity: config.destinations.some(({ kinds }) => kinds.includes("activity")),
    acceptActivity: (envelopes) =>
      toEach(routes, ({ destination, courier }) => {
        const { kinds, activities, content } = destination
        if (!kinds.includes("activity")) return
        courier.accept(
          envelopes.flatMap((envelope): SocRecord[] => {
            const note = (activities as readonly string[]).includes(envelope.kind) ? activityNote(envelope, { content }) : undefined
            return note === undefined ? [] : [{ kind: "activity", value: note }]
          }),
        )
      }),
    health: () => routes.map(({ courier }) => courier.health()),
    close: async () => {
      await Promise.all(routes.map(({ courier }) => courier.close()))
    },
  }
}

/** One whose disk takes nothing must not keep the others from theirs; the bus gives the batch again, and a queue keeps what it has once. */
function toEach<T>(routes: readonly T[], give: (route: T) => void): void {
  const errors = routes.flatMap((route) => {
    try {
      give(route)
      return []
    } catch (error) {
      return [error]
    }
  })
  if (errors.length > 0) throw errors[0]
}

export async function subscribeSocHub(bus: Bus, hub: SocHub): Promise<Subscription> {
  const judgements = (
    [
      ["finding", topics.finding],
      ["event", topics.event],
      ["verdict", topics.verdict],
    ] as const
  ).map(([kind, topic]) =>
    bus.subscribe(topic, "egret-soc", async ({ events }) =>
      hub.accept(events.map(({ value }) => ({ kind, value: parsed(value) }) as SocRecord)),
    ),
  )
  const activity = hub.wantsActivity
    ? [
        bus.subscribe(topics.activity, "egret-soc", async ({ events }) =>
          hub.acceptActivity(events.map(({ value }) => parsed(value) as Envelope)),
        ),
      ]
    : []
  const subscriptions = await Promise.all([...judgements, ...activity])
  return {
    close: async () => {
      await Promise.all(subscriptions.map((subscription) => subscription.close()))
    },
  }
}

function parsed(value: Uint8Array): unknown {
  return JSON.parse(Buffer.from(value).toString("utf8"))
}

/** People and case tools are told when an event is new, gets worse or is handled, not each time it is seen again. */
class Changes {
  readonly #all: boolean
  /** Insertion order is age. After a restart an event may be told once more. */
  readonly #told = new Map<string, string>()

  constructor({ type, updates = FOR_PEOPLE.includes(type) ? "changes" : "all" }: SocDestination) {
    this.#all = updates === "all"
  }

  /** `told` is called when they lie in the queue: told of nothing that is not there. */
  of(records: readonly SocRecord[]): { readonly worth: SocRecord[]; told(): void } {
    if (this.#all) return { worth: [...records], told: () => {} }
    const news = new Map<string, string>()
    const worth = records.filter((record) => {
      if (record.kind !== "event") return true
      const { id, severity, status } = record.value
      const now = `${severity} ${status}`
      if ((news.get(id) ?? this.#told.get(id)) === now) return false
      news.set(id, now)
      return true
    })
    return { worth, told: () => this.#remember(news) }
  }

  #remember(news: ReadonlyMap<string, string>): void {
    for (const [id, now] of news) {
      this.#told.delete(id)
      this.#told.set(id, now)
    }
    for (const oldest of this.#told.keys()) {
      if (this.#told.size <= MAX_TOLD) break
      this.#told.delete(oldest)
    }
  }
}

function wanted(destination: SocDestination, record: SocRecord): boolean {
  const { severity, family } = essenceOf(record)
  if (!destination.kinds.includes(record.kind)) return false
  if (severityRank[severity] < severityRank[destination.minSeverity]) return false
  return destination.families.length === 0 || destination.families.includes(family)
}

const FOR_PEOPLE: readonly SocDestination["type"][] = ["slack", "teams", "pagerduty", "misp", "thehive"]
const MAX_TOLD = 10_000

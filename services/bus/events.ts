// What the bus tells of itself: each helper moves one metric, so that names and labels are in one place.
import type { BusBatch } from "../contracts/bus.ts"
import type { Topic } from "../contracts/topics.ts"
import type { Metrics } from "../runtime/metrics.ts"

export type BusEvents = ReturnType<typeof busEvents>

export function busEvents(metrics: Metrics) {
  const published = metrics.counter({ name: "egret_bus_published_events_total", help: "Events accepted.", labels: ["topic"] })
  const handled = metrics.counter({
    name: "egret_bus_handled_events_total",
    help: "Events a handler finished.",
    labels: ["topic", "group"],
  })
  const redelivered = metrics.counter({
    name: "egret_bus_redelivered_events_total",
    help: "Events given again after a failure.",
    labels: ["topic", "group"],
  })
  const dead = metrics.counter({ name: "egret_bus_dead_events_total", help: "Events put on the dead-letter topic.", labels: ["topic"] })
  const unread = metrics.counter({
    name: "egret_bus_unread_events_total",
    help: "Events of topics that nobody in this process reads.",
    labels: ["topic"],
  })
  const lag = metrics.gauge({
    name: "egret_bus_lag_records",
    help: "Records a group has still to read.",
    labels: ["topic", "group", "partition"],
  })
  return {
    published: (topic: Topic, count: number) => published.add(count, { topic }),
    handled: ({ topic, events }: BusBatch, group: string) => handled.add(events.length, { topic, group }),
    redelivered: ({ topic, events }: BusBatch, group: string) => redelivered.add(events.length, { topic, group }),
    dead: (topic: Topic) => dead.add(1, { topic }),
    unread: (topic: Topic, count: number) => unread.add(count, { topic }),
    lag: (topic: Topic, group: string, where: { partition: number; records: number }) =>
      lag.set(where.records, { topic, group, partition: String(where.partition) }),
  }
}

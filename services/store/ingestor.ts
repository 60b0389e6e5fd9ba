// Bus to store: every event of the stored topics becomes rows. The handler's promise is the acknowledgement, so an offset is committed when its rows are
// stored (or lie in the dead letters with the reason), never before.
import type { Bus, BusBatch, Subscription } from "../contracts/bus.ts"
import type { StoreWriter } from "../contracts/store.ts"
import { topics } from "../contracts/topics.ts"
import type { Logger } from "../runtime/logger.ts"
import type { Metrics } from "../runtime/metrics.ts"
import { BatchWriter } from "./batch-writer.ts"
import { ingest, storedTopics } from "./ingest.ts"
import type { TableRow } from "./rows.ts"

export interface IngestorOptions {
  readonly bus: Bus
  readonly store: StoreWriter
  readonly writer: { readonly rows: number; readonly bytes: number; readonly delay: number }
  readonly logger: Logger
  readonly metrics: Metrics
}

export interface Ingestor {
  /** Stores what was handed out, acknowledges it, stops. */
  close(): Promise<void>
}

export async function startIngestor({ bus, store, writer: limits, logger, metrics }: IngestorOptions): Promise<Ingestor> {
  const stored = metrics.counter({ name: "egret_store_rows_total", help: "Rows stored.", labels: ["table"] })
  const dead = metrics.counter({ name: "egret_store_dead_rows_total", help: "Rows that the store refuses for good.", labels: ["table"] })
  const seconds = metrics.histogram({
    name: "egret_store_insert_seconds",
    help: "How long an insert took.",
    labels: ["table"],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 30],
  })
  const writer = new BatchWriter(store, {
    ...limits,
    onBatch: ({ table, rows, millis }) => {
      stored.add(rows, { table })
      seconds.observe(millis / 1_000, { table })
    },
    onRetry: ({ table, reason, after }) => logger.warn({ table, reason, after }, "an insert failed; trying again"),
    onDead: async ({ table, row, reason }) => {
      dead.add(1, { table })
      await bus.deadLetter(topics.activity, { key: "store", value: Buffer.from(JSON.stringify({ table, row })) }, `${table}: ${reason}`)
    },
  })

  async function handle({ topic, events }: BusBatch): Promise<void> {
    const rows: TableRow[] = []
    for (const event of events) {
      const ingested = ingest(topic, event)
      if (ingested.ok) for (const row of ingested.rows) rows.push(row)
      else await bus.deadLetter(topic, event, ingested.reason)
    }
    await writer.add(rows)
  }

  const subscriptions: Subscription[] = []
  for (const topic of storedTopics) subscriptions.push(await bus.subscribe(topic, "store", handle, { ordered: false }))
  return {
    close: async () => {
      await Promise.all(subscriptions.map((subscription) => subscription.close()))
      await writer.close()
    },
  }
}

import type { Bus } from "../../contracts/bus.ts"
import type { ClickHouseStore } from "../../store/clickhouse-store.ts"
import { startSqlInterface } from "../../store/http/sql-interface.ts"
import { startIngestor } from "../../store/ingestor.ts"
import { openStore } from "../../store/open-store.ts"
import { storeOptions } from "../../store/options.ts"
import type { RoleParts } from "../role.ts"

/** The store, and its read-only HTTP interface where the configuration asks for it. */
export async function openStorePart({ config, life }: RoleParts): Promise<ClickHouseStore> {
  const store = await life.open(
    "store",
    () => openStore(storeOptions(config.store)),
    (opened) => opened.close(),
  )
  await life.open(
    "sql interface",
    () => startSqlInterface(store, config.store),
    async (server) => server?.close(),
  )
  return store
}

/** Bus to store. */
export async function openIngestPart(
  { config, life, logger, metrics }: RoleParts,
  { bus, store }: { bus: Bus; store: ClickHouseStore },
): Promise<void> {
  await life.open(
    "ingest",
    () => startIngestor({ bus, store, writer: config.store.writer, logger, metrics }),
    (ingestor) => ingestor.close(),
  )
}

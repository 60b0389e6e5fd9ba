import type { Bus } from "../../contracts/bus.ts"
import type { ClickHouseStore } from "../../store/clickhouse-store.ts"
import { startIngestor } from "../../store/ingestor.ts"
import { openStore } from "../../store/open-store.ts"
import { storeOptions } from "../../store/options.ts"
import type { RoleParts } from "../role.ts"

export function openStorePart({ config, life }: RoleParts): Promise<ClickHouseStore> {
  return life.open(
    "store",
    () => openStore(storeOptions(config.store)),
    (store) => store.close(),
  )
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

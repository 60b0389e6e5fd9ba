// The retention as the API shows and changes it.
import type { RetentionControl } from "../../api/parts.ts"
import type { StoreConfig } from "../../contracts/config/store.ts"
import type { Store } from "../../contracts/store.ts"
import { applyRetention, keepRetention, type Retention, readRetention } from "../../store/retention.ts"

export function retentionControl(store: Store, config: StoreConfig): RetentionControl {
  const replication = config.server.cluster === undefined || config.engine === "embedded" ? undefined : { cluster: config.server.cluster }
  const current = async () => {
    const set = await readRetention(store)
    return { days: set?.days ?? config.retention, configured: config.retention, ...(set !== undefined && { by: set.by, at: set.at }) }
  }
  const put = async (days: Retention | undefined, by: string) => {
    // The tables first: what they refuse must not be remembered as in force.
    await applyRetention(store, days ?? config.retention, replication)
    await keepRetention(store, { days, by, at: Date.now() * 1_000 })
    return current()
  }
  return { current, set: put, reset: (by) => put(undefined, by) }
}

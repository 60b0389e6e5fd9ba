import type { Store } from "../contracts/store.ts"
import { adapt, type Replication } from "./migrate.ts"
import { tableRules } from "./tables.ts"

/** Days from the moment of storing, by what is kept. 0 keeps for ever. */
export interface Retention {
  readonly metadata: number
  readonly content: number
  readonly findings: number
  readonly files: number
}

/** Prompts and bodies are what hurts when it leaks and what fills disks: they go first. */
export const defaultRetention: Retention = { metadata: 180, content: 30, findings: 365, files: 30 }

/** The engine drops whole parts when it merges, some hours after they expired: a bound, not a moment. */
export async function applyRetention(store: Store, wanted: Partial<Retention>, replication?: Replication): Promise<void> {
  const retention = { ...defaultRetention, ...wanted }
  const current = new Map(
    (
      await store.query<{ name: string; definition: string }>(
        "SELECT name, create_table_query AS definition FROM system.tables WHERE database = currentDatabase()",
      )
    ).map(({ name, definition }) => [name, definition]),
  )
  for (const [table, rule] of Object.entries(tableRules)) {
    if (rule.retention === undefined) continue
    const days = retention[rule.retention]
    const definition = current.get(table) ?? ""
    const has = /\bTTL stored_at \+ toIntervalDay\((\d+)\)/.exec(definition)
    if (days === 0 && has !== null) await store.command(adapt(`ALTER TABLE ${table} REMOVE TTL`, replication))
    if (days === 0 || has?.[1] === String(days)) continue
    await store.command(
      adapt(`ALTER TABLE ${table} MODIFY TTL stored_at + toIntervalDay(${days}) SETTINGS materialize_ttl_after_modify = 0`, replication),
    )
  }
}

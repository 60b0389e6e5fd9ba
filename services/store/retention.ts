// How long things are kept. The configuration says so until somebody sets it through the API; what was set lies in the store, so that every process over
// it agrees, and stays in force over restarts.
import { z } from "zod"
import type { Store } from "../contracts/store.ts"
import { adapt, type Replication } from "./migrate.ts"
import { tableRules } from "./tables.ts"

const days = z.number().int().min(0).max(36_500)

/** Days from the moment of storing, by what is kept. 0 keeps for ever. */
export const retention = z.strictObject({ metadata: days, content: days, findings: days, files: days })
export type Retention = Readonly<z.infer<typeof retention>>

/** Prompts and bodies are what hurts when it leaks and what fills disks: they go first. */
export const defaultRetention: Retention = { metadata: 180, content: 30, findings: 365, files: 30 }

export interface RetentionSetting {
  readonly days: Retention
  readonly by: string
  /** Microseconds. */
  readonly at: number
}

/** What was set while running; undefined: the configuration counts. */
export async function readRetention(store: Store): Promise<RetentionSetting | undefined> {
  const [row] = await store.query<{ value: string; by: string; at: number }>(
    "SELECT value, by, toUnixTimestamp64Micro(at) AS at FROM setting FINAL WHERE name = 'retention' AND value != ''",
  )
  const parsed = row === undefined ? undefined : retention.safeParse(parseJson(row.value))
  return row === undefined || parsed?.success !== true ? undefined : { days: parsed.data, by: row.by, at: Number(row.at) }
}

/** undefined as days: the configuration counts again. */
export async function keepRetention(
  store: Store,
  { days: wanted, by, at }: Omit<RetentionSetting, "days"> & { readonly days: Retention | undefined },
) {
  await store.insert("setting", [{ name: "retention", at, value: wanted === undefined ? "" : JSON.stringify(wanted), by }])
}

/** The engine drops whole parts when it merges, some hours after they expired: a bound, not a moment. */
export async function applyRetention(store: Store, wanted: Partial<Retention>, replication?: Replication): Promise<void> {
  const inForce = { ...defaultRetention, ...wanted }
  const current = new Map(
    (
      await store.query<{ name: string; definition: string }>(
        "SELECT name, create_table_query AS definition FROM system.tables WHERE database = currentDatabase()",
      )
    ).map(({ name, definition }) => [name, definition]),
  )
  for (const [table, rule] of Object.entries(tableRules)) {
    if (rule.retention === undefined) continue
    const wantedDays = inForce[rule.retention]
    const definition = current.get(table) ?? ""
    const has = /\bTTL stored_at \+ toIntervalDay\((\d+)\)/.exec(definition)
    if (wantedDays === 0 && has !== null) await store.command(adapt(`ALTER TABLE ${table} REMOVE TTL`, replication))
    if (wantedDays === 0 || has?.[1] === String(wantedDays)) continue
    await store.command(
      adapt(
        `ALTER TABLE ${table} MODIFY TTL stored_at + toIntervalDay(${wantedDays}) SETTINGS materialize_ttl_after_modify = 0`,
        replication,
      ),
    )
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

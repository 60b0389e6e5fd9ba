// Numbered SQL files, applied once and in order, remembered with the hash of their text: a file that changed after it was applied is refused.
import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { ConfigError } from "../contracts/errors.ts"
import type { Store } from "../contracts/store.ts"

export interface Replication {
  /** Name of the cluster that every statement runs on. */
  readonly cluster: string
}

interface Migration {
  readonly name: string
  readonly hash: string
  readonly statements: readonly string[]
}

/** Returns the names of the migrations that were applied now. */
export async function migrate(store: Store, replication?: Replication): Promise<string[]> {
  await store.command(adapt(LEDGER, replication))
  const applied = new Map(
    (await store.query<{ name: string; hash: string }>("SELECT name, hash FROM migration FINAL ORDER BY name")).map(({ name, hash }) => [
      name,
      hash,
    ]),
  )
  const done: string[] = []
  for (const { name, hash, statements } of readMigrations()) {
    const known = applied.get(name)
    if (known !== undefined && known !== hash) throw changed(name, known, hash)
    if (known !== undefined) continue
    for (const statement of statements) await store.command(adapt(idempotent(statement), replication))
    await store.command(`INSERT INTO migration (name, hash) VALUES ('${name}', '${hash}')`)
    done.push(name)
  }
  const unknown = [...applied.keys()].filter((name) => !readMigrations().some((migration) => migration.name === name))
  if (unknown.length > 0) throw newer(unknown)
  return done
}

export function readMigrations(folder = join(import.meta.dirname, "migrations")): Migration[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name))
    .sort()
    .map((file) => {
      const text = readFileSync(join(folder, file), "utf8")
      return { name: file.slice(0, -4), hash: createHash("sha256").update(text).digest("hex"), statements: splitStatements(text) }
    })
}

/** Statements end with a semicolon at the end of a line; comment lines are dropped. */
function splitStatements(text: string): string[] {
  const code = text
    .split("\n")
    .filter((line) => !line.trimStart().startsWith("--"))
    .join("\n")
  return code
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "")
}

/** A crash between a statement and the ledger runs the file again. */
function idempotent(statement: string): string {
  return statement.replace(/^CREATE (TABLE|VIEW) /, "CREATE $1 IF NOT EXISTS ")
}

/** On a cluster the same tables are replicated ones, made on every node. */
export function adapt(statement: string, replication: Replication | undefined): string {
  if (replication === undefined) return statement
  return statement
    .replace(/^(CREATE (?:TABLE|VIEW) IF NOT EXISTS \w+|CREATE OR REPLACE VIEW \w+)/, `$1 ON CLUSTER '${replication.cluster}'`)
    .replace(/^(ALTER TABLE \w+)/, `$1 ON CLUSTER '${replication.cluster}'`)
    .replace(/ENGINE = (\w*)MergeTree(?:\((.*?)\))?/, (_whole, kind: string, args: string | undefined) => {
      const extra = args === undefined || args === "" ? "" : `, ${args}`
      return `ENGINE = Replicated${kind}MergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}'${extra})`
    })
}

function changed(name: string, known: string, hash: string): ConfigError {
  return new ConfigError({
    path: `store migration ${name}`,
    got: `a file with hash ${hash.slice(0, 12)}`,
    want: `the file that was applied, ${known.slice(0, 12)}`,
    hint: "a migration never changes once it was applied: restore the file and put the change into a new one",
  })
}

function newer(unknown: readonly string[]): ConfigError {
  return new ConfigError({
    path: "store",
    got: `a store with migrations this version does not know (${unknown.join(", ")})`,
    want: "a store of this version or an older one",
    hint: "upgrade egret, or use the directory of this version",
  })
}

const LEDGER = `CREATE TABLE IF NOT EXISTS migration (
  name String,
  hash String,
  applied_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree ORDER BY name`

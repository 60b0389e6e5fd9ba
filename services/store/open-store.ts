import { Agent } from "node:https"
import { ClickHouseLogLevel, createClient } from "@clickhouse/client"
import { ConfigError } from "../contracts/errors.ts"
import { ClickHouseStore } from "./clickhouse-store.ts"
import { EmbeddedInserter } from "./embedded-inserter.ts"
import { EngineConnection } from "./engine/engine-connection.ts"
import { type EngineOptions, EngineProcess } from "./engine/engine-process.ts"
import type { EngineLane } from "./engine/protocol.ts"
import { migrate, type Replication } from "./migrate.ts"
import { applyRetention, type Retention, readRetention } from "./retention.ts"
import { ServerInserter } from "./server-inserter.ts"

export interface EmbeddedOptions extends Omit<EngineOptions, "database"> {
  readonly engine: "embedded"
  readonly database?: string
  readonly retention?: Partial<Retention>
}

export interface ServerOptions {
  readonly engine: "server"
  readonly url: string
  readonly username?: string
  readonly password?: string
  readonly database?: string
  /** Set: Replicated tables on this cluster. */
  readonly replication?: Replication
  readonly retention?: Partial<Retention>
  readonly maxQuerySeconds?: number
  /** Take the server as it is: make no database and no tables, for those who only ask. */
  readonly readOnly?: boolean
  readonly tls?: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: string; readonly servername?: string }
}

export type StoreOptions = EmbeddedOptions | ServerOptions

/** Opens the store, brings its tables up to this version, and applies the retention. */
export async function openStore(options: StoreOptions): Promise<ClickHouseStore> {
  const store = options.engine === "embedded" ? (await openEmbedded(options)).store : await openServer(options)
  if (options.engine === "server" && options.readOnly === true) return store
  try {
    await migrate(store, options.engine === "server" ? options.replication : undefined)
    const set = await readRetention(store)
    await applyRetention(store, set?.days ?? options.retention ?? {}, options.engine === "server" ? options.replication : undefined)
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

/** For those who need the engine itself besides the store: the read-only HTTP interface. */
export async function openEmbedded(options: EmbeddedOptions): Promise<{ readonly store: ClickHouseStore; readonly engine: EngineProcess }> {
  const database = databaseName(options.database)
  const engine = await EngineProcess.start({ ...options, database })
  const client = (lane: EngineLane) => createClient({ connection: new EngineConnection(engine, lane), log: QUIET })
  const clients = { write: client("write"), read: client("read"), export: client("export") }
  const store = new ClickHouseStore({
    engine: "embedded",
    clients,
    inserter: new EmbeddedInserter(engine),
    process: engine,
    close: () => engine.close(),
  })
  return { store, engine }
}

async function openServer(options: ServerOptions): Promise<ClickHouseStore> {
  const database = databaseName(options.database)
  const url = serverUrl(options.url)
  const common = {
    url,
    username: options.username ?? "default",
    password: options.password ?? "",
    compression: { request: true, response: true },
    log: QUIET,
    ...(options.tls === undefined ? {} : { http_agent: new Agent({ keepAlive: true, ...options.tls }) }),
  }
  if (options.readOnly !== true) await makeDatabase(common, database, options)
  const reader = (seconds: number) =>
    createClient({
      ...common,
      database,
      request_timeout: (seconds + 5) * 1000,
      // 2, not 1: the client sets formats and limits of its own, which 1 forbids. Neither lets anything be written.
      clickhouse_settings: { readonly: "2", max_execution_time: seconds, output_format_json_quote_64bit_integers: 0 },
    })
  const clients = {
    write: createClient({ ...common, database, request_timeout: 120_000 }),
    read: reader(options.maxQuerySeconds ?? 30),
    export: reader(600),
  }
  return new ClickHouseStore({
    engine: "server",
    clients,
    inserter: new ServerInserter(clients.write),
    close: async () => {
      for (const client of Object.values(clients)) await client.close()
    },
  })
}

async function makeDatabase(common: { readonly url: string }, database: string, { replication }: ServerOptions): Promise<void> {
  const client = createClient(common)
  try {
    await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${database}${replication ? ` ON CLUSTER '${replication.cluster}'` : ""}` })
  } catch (error) {
    throw new ConfigError({
      path: "store.server.url",
      got: common.url,
      want: "a ClickHouse server that answers over HTTP and lets this user create its database",
      hint: error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error),
    })
  } finally {
    await client.close()
  }
}

function databaseName(name = "egret"): string {
  if (/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(name)) return name
  throw new ConfigError({
    path: "store.database",
    got: JSON.stringify(name),
    want: "a letter or underscore, then letters, digits and underscores, 63 at most",
  })
}

function serverUrl(text: string): string {
  try {
    const url = new URL(text)
    if (url.protocol === "http:" || url.protocol === "https:") return url.toString()
  } catch {
    // said below
  }
  throw new ConfigError({
    path: "store.url",
    got: JSON.stringify(text),
    want: "an http or https address",
    hint: "for example http://clickhouse:8123",
  })
}

// The client would write statements and errors to the standard output, past our log and its redaction. Errors reach whoever asked.
const QUIET = { level: ClickHouseLogLevel.OFF }

import { readFileSync } from "node:fs"
import type { StoreConfig } from "../contracts/config/store.ts"
import type { EmbeddedOptions, ServerOptions, StoreOptions } from "./open-store.ts"

/** What `openStore` wants, from the configuration. */
export function storeOptions(config: StoreConfig): StoreOptions {
  return config.engine === "embedded" ? embeddedOptions(config) : serverOptions(config)
}

function embeddedOptions({ database, embedded, retention, maxQueryTime, http }: StoreConfig): EmbeddedOptions {
  return {
    engine: "embedded",
    path: embedded.path,
    database,
    retention,
    readers: embedded.readers,
    maxThreads: embedded.threads,
    maxMemoryPerQuery: embedded.memory,
    maxMetaRows: http.maxRows,
    maxQuerySeconds: seconds(maxQueryTime),
  }
}

function serverOptions({ database, server, retention, maxQueryTime }: StoreConfig): ServerOptions {
  return {
    engine: "server",
    url: server.url,
    username: server.username,
    database,
    retention,
    maxQuerySeconds: seconds(maxQueryTime),
    ...(server.password === undefined ? {} : { password: server.password.reveal() }),
    ...(server.cluster === undefined ? {} : { replication: { cluster: server.cluster } }),
    ...(server.tls === undefined ? {} : { tls: tlsFiles(server.tls) }),
  }
}

function tlsFiles(tls: NonNullable<StoreConfig["server"]["tls"]>): NonNullable<ServerOptions["tls"]> {
  return {
    ...(tls.ca === undefined ? {} : { ca: readFileSync(tls.ca) }),
    ...(tls.cert === undefined ? {} : { cert: readFileSync(tls.cert) }),
    ...(tls.key === undefined ? {} : { key: tls.key.reveal() }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
  }
}

function seconds(millis: number): number {
  return Math.max(1, Math.ceil(millis / 1000))
}

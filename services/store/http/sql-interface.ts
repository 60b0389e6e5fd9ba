import type { StoreConfig } from "../../contracts/config/store.ts"
import { ConfigError } from "../../contracts/errors.ts"
import type { ClickHouseStore } from "../clickhouse-store.ts"
import { type SqlServer, startSqlServer } from "./sql-server.ts"

/** Starts the read-only HTTP interface when the configuration asks for it. */
export async function startSqlInterface(store: ClickHouseStore, { http, database }: StoreConfig): Promise<SqlServer | undefined> {
  if (!http.enabled) return undefined
  if (store.process === undefined)
    throw new ConfigError({
      path: "store.http.enabled",
      got: "true with store.engine: server",
      want: "false",
      hint: "a ClickHouse server has its own HTTP interface; infra/clickhouse holds the users and grants for it",
    })
  if (http.passwordHash === undefined)
    throw new ConfigError({
      path: "store.http.passwordHash",
      got: "nothing",
      want: "the hash of a password, as env: or file:",
      hint: "print one with: egret query --hash-password < password.txt",
    })
  return startSqlServer({
    engine: store.process,
    database,
    host: http.listen.host,
    port: http.listen.port,
    username: http.username,
    passwordHash: http.passwordHash.reveal(),
  })
}

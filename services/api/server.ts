// Puts the API on a socket. Beyond this machine only when somebody can sign in.

import { readFileSync } from "node:fs"
import { createServer as createHttpsServer } from "node:https"
import type { AddressInfo } from "node:net"
import { type ServerType, serve } from "@hono/node-server"
import type { ApiConfig } from "../contracts/config/api.ts"
import { ConfigError } from "../contracts/errors.ts"
import type { Accounts } from "./accounts.ts"
import type { Api } from "./api.ts"

export interface ApiServer {
  readonly port: number
  readonly url: string
  close(): Promise<void>
}

export async function serveApi(app: Api, config: ApiConfig, accounts: Accounts): Promise<ApiServer> {
  const { host, port } = config.listen
  if (!isLoopback(host) && accounts.empty && config.oidc === undefined) {
    throw new ConfigError({
      path: "api.listen",
      got: host,
      want: "an address of this machine only, while nobody can sign in",
      hint: "make a user (egret user add), a token (egret token create) or set api.oidc first",
    })
  }
  const secure =
    config.tls === undefined
      ? {}
      : { createServer: createHttpsServer, serverOptions: { cert: readFileSync(config.tls.certificate), key: config.tls.key.reveal() } }
  const server = await new Promise<ServerType>((resolve, reject) => {
    const made = serve({ fetch: app.fetch, hostname: host, port, ...secure } as Parameters<typeof serve>[0], () => resolve(made))
    made.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        new ConfigError({
          path: "api.listen",
          got: `${host}:${port}: ${error.code ?? error.message}`,
          want: "a free address of this machine",
          hint: "set EGRET__API__LISTEN=127.0.0.1:0 for any free port",
        }),
      ),
    )
  })
  if ("headersTimeout" in server) server.headersTimeout = HEADERS_MS
  const bound = (server.address() as AddressInfo).port
  return {
    port: bound,
    url: `${config.tls === undefined ? "http" : "https"}://${host.includes(":") ? `[${host}]` : host}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        // Live views hold their connections open for ever.
        if ("closeAllConnections" in server) server.closeAllConnections()
      }),
  }
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\./.test(host)
}

// A client that sends its headers more slowly holds the connection for nothing.
const HEADERS_MS = 10_000

import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import type { Address } from "../contracts/config/units.ts"
import { ConfigError } from "../contracts/errors.ts"
import type { Health } from "./health.ts"
import type { Metrics } from "./metrics.ts"

export interface OpsServer {
  readonly port: number
  close(): Promise<void>
}

/** Serves /metrics (Prometheus), /healthz and /readyz. No secrets and no traffic content pass here; still, bind it to a private address. */
export async function openOpsServer({
  listen,
  metrics,
  health,
}: {
  listen: Address
  metrics: Metrics
  health: Health
}): Promise<OpsServer> {
  const server = createServer((request, response) => {
    answer(request, response, { metrics, health }).catch(() => response.destroy())
  })
  server.headersTimeout = REQUEST_MS
  server.requestTimeout = REQUEST_MS
  server.maxConnections = MAX_CONNECTIONS
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(listen, error)))
    server.listen(listen.port, listen.host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { metrics, health }: { metrics: Metrics; health: Health },
): Promise<void> {
  request.resume()
  const path = (request.url ?? "/").split("?", 1)[0]
  if (request.method !== "GET" && request.method !== "HEAD") return send(response, 405, { type: "text/plain", body: "GET only\n" })
  switch (path) {
    case "/metrics":
      return send(response, 200, { type: metrics.contentType, body: await metrics.render() })
    case "/healthz":
      return send(response, health.alive ? 200 : 503, report(health.alive, health))
    case "/readyz":
      return send(response, health.ready ? 200 : 503, report(health.ready, health))
    default:
      return send(response, 404, { type: "text/plain", body: "try /metrics, /healthz or /readyz\n" })
  }
}

function report(ok: boolean, health: Health): { type: string; body: string } {
  return { type: "application/json", body: `${JSON.stringify({ ok, parts: health.parts })}\n` }
}

function send(response: ServerResponse, status: number, { type, body }: { type: string; body: string }): void {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store", "x-content-type-options": "nosniff" }).end(body)
}

function listenError(listen: Address, error: NodeJS.ErrnoException): Error {
  const got = error.code === "EADDRINUSE" ? "an address in use" : (error.code ?? error.message)
  return new ConfigError({
    path: "metrics.listen",
    got: `${listen.host}:${listen.port}: ${got}`,
    want: "a free address of this machine",
    hint: "set EGRET__METRICS__LISTEN=127.0.0.1:0 for any free port, or EGRET__METRICS__ENABLED=false",
  })
}

const REQUEST_MS = 10_000
// A scraper and two probes need three; the rest is for people looking.
const MAX_CONNECTIONS = 64

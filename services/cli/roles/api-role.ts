// The API and the console, over the store and what this process runs.

import { existsSync } from "node:fs"
import { join } from "node:path"
import { spooledFlow } from "../../../collectors/sensor/spool/spooled-flow.ts"
import { Accounts } from "../../api/accounts.ts"
import { createApi } from "../../api/app.ts"
import { AuditTrail } from "../../api/audit.ts"
import { OidcProvider } from "../../api/oidc.ts"
import { OidcLogin } from "../../api/oidc-login.ts"
import type { ApiParts, HealthControl, LiveFeed, MirrorControl, PacketControl, PolicyControl } from "../../api/parts.ts"
import { RateLimit } from "../../api/rate-limit.ts"
import { serveApi } from "../../api/server.ts"
import { Sessions } from "../../api/sessions.ts"
import type { Bus } from "../../contracts/bus.ts"
import type { ApiConfig } from "../../contracts/config/api.ts"
import type { Store } from "../../contracts/store.ts"
import { topics } from "../../contracts/topics.ts"
import type { RoleParts } from "../role.ts"
import { version } from "../version.ts"
import { retentionControl } from "./retention-part.ts"

export interface ApiRole {
  readonly url: string
  /** Signs an administrator in, once; only while nobody else can sign in. */
  readonly onceLink: string | undefined
}

export async function openApiPart(
  parts: RoleParts,
  {
    store,
    bus,
    policy,
    mirror,
    respond,
  }: { store: Store; bus?: Bus; policy?: PolicyControl; mirror?: MirrorControl; respond?: Pick<ApiParts, "respond" | "block" | "soc"> },
): Promise<ApiRole> {
  const { config, life, logger } = parts
  const accounts = new Accounts(config.api.stateDir)
  const sessions = new Sessions(config.api.sessionLifetime)
  const app = createApi({
    config: config.api,
    version,
    store,
    accounts,
    sessions,
    audit: new AuditTrail(config.api.stateDir),
    limits: new RateLimit(config.api.requestsPerMinute),
    logger,
    now: Date.now,
    health: healthOf(parts),
    ...(mirror !== undefined && { mirror }),
    ...respond,
    retention: retentionControl(store, config.store),
    ...packetsOf(parts),
    ...(policy !== undefined && { policy }),
    ...(bus !== undefined && { live: await openLive(parts, bus) }),
    ...consoleFolder(),
    ...oidcOf(config.api),
  })
  const server = await life.open(
    "api",
    () => serveApi(app, config.api, accounts),
    (it) => it.close(),
  )
  logger.info({ url: server.url }, "the console and the API are served")
  return { url: server.url, onceLink: accounts.empty ? `${server.url}/#once=${sessions.makeOnceCode()}` : undefined }
}

function oidcOf({ oidc }: ApiConfig): Pick<ApiParts, "oidc" | "login"> {
  if (oidc === undefined) return {}
  const provider = new OidcProvider(oidc)
  return { oidc: (token) => provider.bearer(token), login: new OidcLogin(provider) }
}

async function openLive({ life }: RoleParts, bus: Bus): Promise<LiveFeed> {
  const listeners = new Set<(kind: "event" | "finding", data: unknown) => void>()
  await life.open(
    "live feed",
    () =>
      bus.subscribe(topics.event, "egret-live", async ({ events }) => {
        if (listeners.size === 0) return
        for (const event of events) {
          const data: unknown = JSON.parse(Buffer.from(event.value).toString("utf8"))
          for (const listener of listeners) listener("event", data)
        }
      }),
    (it) => it.close(),
  )
  return {
    listen: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Where the sensor keeps packets on this machine, or on a disk that both share. */
function packetsOf({ config }: RoleParts): { packets?: PacketControl } {
  const { size, folder } = config.sensor.spool
  return size === 0 ? {} : { packets: { capture: (flow) => spooledFlow(folder, flow) } }
}

/** Our own counters without labels' combinations summed away: what the Sensors page shows. */
function healthOf({ health, metrics }: RoleParts): HealthControl {
  return {
    report: async () => {
      const counters: Record<string, number> = {}
      for (const line of (await metrics.render()).split("\n")) {
        const [, name, value] = /^(egret_(?:sensor|detect|store|soc|bus)_[a-z_]+(?:\{[^}]*\})?) ([0-9.e+]+)$/.exec(line) ?? []
        if (name !== undefined && !name.includes("_bucket")) counters[name] = Number(value)
      }
      return {
        ready: health.ready,
        parts: Object.fromEntries(
          health.parts.map((part) => [part.part, part.reason === "" ? part.state : `${part.state}: ${part.reason}`]),
        ),
        counters,
      }
    },
  }
}

/** Beside the built command in dist/; from the sources the console is built into dist/ too. */
function consoleFolder(): { consoleDir?: string } {
  for (const folder of [join(import.meta.dirname, "../../../console"), join(import.meta.dirname, "../../../dist/console")])
    if (existsSync(join(folder, "index.html"))) return { consoleDir: folder }
  return {}
}

// Responding in a long-running role: the clock that takes actions back, the events that trigger them, and the interfaces that the API is handed.
import { AuditTrail } from "../../api/audit.ts"
import type { ApiParts, BlockControl, RespondControl, RespondPlanRequest } from "../../api/parts.ts"
import type { Bus } from "../../contracts/bus.ts"
import type { Config } from "../../contracts/config/config.ts"
import { type SecurityEvent, securityEvent } from "../../contracts/event.ts"
import type { StoreReader } from "../../contracts/store.ts"
import { topics } from "../../contracts/topics.ts"
import { DenyListFile } from "../../respond/deny-list.ts"
import { RespondError, type Response, stepText, type Target } from "../../respond/model.ts"
import { openResponder } from "../../respond/open-responder.ts"
import type { Responder } from "../../respond/responder.ts"
import { fires, targetOf } from "../../respond/target.ts"
import type { RoleParts } from "../role.ts"

export function responderOf({ api, respond }: Config): Responder {
  const trail = new AuditTrail(api.stateDir)
  return openResponder(respond, {
    now: Date.now,
    audit: ({ who, action, object, detail }) =>
      void trail.write({ at: new Date().toISOString(), who, role: "respond", action, object, detail }),
  })
}

/** Nothing is opened while responding is off. */
export async function openRespondPart(
  parts: RoleParts,
  { bus, store }: { bus: Bus; store: StoreReader },
): Promise<Pick<ApiParts, "respond" | "block">> {
  const { config, life, logger, metrics } = parts
  if (!config.respond.enabled) return {}
  const responder = responderOf(config)
  metrics.sampled({ name: "egret_respond_in_force_actions", help: "Actions in force." }, () => responder.list().filter(inForce).length)
  let running: Promise<unknown> = Promise.resolve()
  const tick = async (): Promise<void> => {
    try {
      for (const { id, state, problem } of await responder.tick()) logger.info({ id, state, problem }, "an action changed")
    } catch (error) {
      logger.error({ err: error }, "actions could not be looked after; it is tried again")
    }
  }
  await tick()
  const timer = setInterval(() => {
    running = running.then(tick)
  }, TICK_MS)
  await life.open(
    "respond",
    () => undefined,
    async () => {
      clearInterval(timer)
      await running
    },
  )
  if (config.respond.triggers.length > 0) await openTriggers(parts, { bus, responder })
  return { respond: controlOf(config, { responder, store }), block: blockOf(config, { responder, store }) }
}

/** An event triggers an action once: its id is the key. */
async function openTriggers({ config, life, logger }: RoleParts, { bus, responder }: { bus: Bus; responder: Responder }): Promise<void> {
  const { triggers, dryRun } = config.respond
  await life.open(
    "respond triggers",
    () =>
      bus.subscribe(topics.event, "egret-respond", async ({ events }) => {
        for (const { value } of events) {
          const event = securityEvent.parse(JSON.parse(Buffer.from(value).toString("utf8")))
          for (const trigger of triggers.filter((each) => fires(each, event))) {
            const planned = await responder.plan({
              action: trigger.action,
              target: targetOf(event),
              reason: `${event.rules[0] ?? "event"}: ${event.title}`.slice(0, 300),
              by: "trigger",
              event: event.id,
              key: event.id,
            })
            if ("refused" in planned)
              logger.warn({ event: event.id, action: trigger.action, why: planned.refused }, "a trigger could not plan")
            else if (trigger.apply && !dryRun && planned.state === "planned") await applyQuietly(responder, { planned, logger })
          }
        }
      }),
    (it) => it.close(),
  )
}

/** A refusal (too many in force) is the operator's to see, and no reason to read the event again. */
async function applyQuietly(responder: Responder, { planned, logger }: { planned: Response; logger: RoleParts["logger"] }): Promise<void> {
  try {
    const { id, state, problem } = await responder.apply(planned.id, "trigger")
    logger.warn({ id, state, problem, steps: planned.steps.map(stepText) }, "an event triggered an action")
  } catch (error) {
    if (!(error instanceof RespondError)) throw error
    logger.warn({ id: planned.id, why: error.message }, "a triggered action was not applied")
  }
}

interface Sources {
  readonly responder: Responder
  readonly store: StoreReader
}

function controlOf({ respond }: Config, { responder, store }: Sources): RespondControl {
  return {
    list: () => responder.list(),
    actions: () => respond.actions.map(({ name, type, lasts }) => ({ name, type, minutes: Math.round(lasts / 60_000) })),
    dryRun: respond.dryRun,
    plan: async (request) => {
      const event = request.event === undefined ? undefined : await eventOf(store, request.event)
      return responder.plan({
        action: request.action,
        target: merged(event === undefined ? {} : targetOf(event), request.target),
        reason: request.reason,
        by: request.by,
        key: request.key,
        ...(event !== undefined && { event: event.id }),
        ...(request.minutes !== undefined && { lasts: request.minutes * 60_000 }),
      })
    },
    apply: (id, by) => responder.apply(id, by),
    revert: (id, why, by) => responder.revert(id, why, by),
    denyList: () => new DenyListFile(respond.stateDir, Date.now).read(),
  }
}

function blockOf({ respond }: Config, { responder, store }: Sources): BlockControl {
  return {
    block: async ({
      event: row,
      action = respond.actions.length === 1 ? respond.actions[0]?.name : undefined,
      minutes,
      reason,
      by,
      key,
    }) => {
      if (action === undefined)
        return { done: false, why: `say with which action: ${respond.actions.map(({ name }) => name).join(", ") || "none is configured"}` }
      const event = await eventOf(store, row)
      const planned = await responder.plan({
        action,
        target: targetOf(event),
        reason,
        by,
        event: event.id,
        key,
        ...(minutes !== undefined && { lasts: minutes * 60_000 }),
      })
      if ("refused" in planned) return { done: false, why: planned.refused }
      try {
        const response = respond.dryRun || planned.state !== "planned" ? planned : await responder.apply(planned.id, by)
        return {
          done: true,
          id: response.id,
          state: response.state,
          dryRun: respond.dryRun,
          until: response.until ?? Date.now() + response.lasts,
          steps: response.steps.map(stepText),
        }
      } catch (error) {
        if (error instanceof RespondError) return { done: false, why: error.message }
        throw error
      }
    },
  }
}

type Aim = Pick<SecurityEvent, "id" | "agent" | "destination" | "destinationIps">

/** The store's row holds no addresses of the destination: the event's findings do. */
async function eventOf(store: StoreReader, row: Readonly<Record<string, unknown>>): Promise<Aim> {
  const found = await store.query<{ server_ip: string }>(
    "SELECT DISTINCT server_ip FROM finding WHERE id IN {ids:Array(String)} AND server_ip != '' AND server_ip != client_ip LIMIT 5",
    { ids: Array.isArray(row["findings"]) ? row["findings"] : [] },
  )
  const agent = agentOf(row["agent"])
  return {
    id: String(row["id"]),
    ...(agent !== undefined && { agent }),
    ...(typeof row["server_address"] === "string" && row["server_address"] !== "" && { destination: row["server_address"] }),
    destinationIps: found.map(({ server_ip: ip }) => ip).filter((ip) => ip !== agent?.workload.ip),
  }
}

function agentOf(value: unknown): SecurityEvent["agent"] | undefined {
  try {
    return securityEvent.shape.agent.parse(typeof value === "string" ? JSON.parse(value) : value)
  } catch {
    return undefined
  }
}

export function merged(target: Target, given: RespondPlanRequest["target"]): Target {
  if (given === undefined) return target
  const { host, ip, networkInterface, instance, workloadIp } = given
  return {
    workload: {
      ...target.workload,
      ...(workloadIp !== undefined && { ip: workloadIp }),
      ...(networkInterface !== undefined && { networkInterface }),
      ...(instance !== undefined && { instance }),
    },
    destination: { ...target.destination, ...(host !== undefined && { host }), ...(ip !== undefined && { ips: [ip] }) },
  }
}

function inForce({ state }: Response): boolean {
  return state === "applied" || state === "applying" || state === "reverting"
}

// An action may stay so much longer than asked.
const TICK_MS = 5_000

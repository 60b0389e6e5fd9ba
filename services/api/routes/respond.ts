// Responding: what is planned and in force, plan, apply, take back. And the deny list that gateways read.
import { randomUUID } from "node:crypto"
import { createRoute, z } from "@hono/zod-openapi"
import { eventById } from "../../store/queries/judgement.ts"
import { runQuery } from "../../store/queries/named-query.ts"
import type { Api } from "../api.ts"
import { needs } from "../auth.ts"
import type { ApiParts, RespondControl, RespondPlanRequest } from "../parts.ts"
import { ProblemError } from "../problem.ts"
import { jsonBody, jsonReply } from "./openapi.ts"

const text = z.string().min(1).max(253).optional()
const planBody = z
  .strictObject({
    action: z.string().max(40).describe("Name of an action of the configuration's section respond."),
    event: z.string().max(200).optional().describe("Aim at what this event is about."),
    target: z.strictObject({ host: text, ip: text, networkInterface: text, instance: text, workloadIp: text }).optional(),
    minutes: z.number().int().min(1).max(525_600).optional(),
    reason: z.string().min(3).max(1_000),
    key: z.string().min(8).max(200).optional().describe("The same key again is the same plan."),
  })
  .refine(({ event, target }) => event !== undefined || target !== undefined, "give an event or a target")
const anything = z.looseObject({})
const tags = ["respond"]
const params = z.object({ id: z.string().max(40) })

export function addRespondRoutes(app: Api, parts: ApiParts): void {
  const control = (): RespondControl => {
    if (parts.respond === undefined)
      throw new ProblemError({
        status: 503,
        title: "Responding is off",
        detail: "Set respond.enabled in the configuration of this process.",
      })
    return parts.respond
  }
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/respond",
      tags,
      summary: "What is planned, in force and taken back, the latest first",
      middleware: needs("read"),
      responses: jsonReply(anything),
    }),
    (context) => {
      const { respond } = parts
      if (respond === undefined) return context.json({ enabled: false, items: [], actions: [], dryRun: true }, 200)
      return context.json({ enabled: true, items: [...respond.list()], actions: [...respond.actions()], dryRun: respond.dryRun }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/respond/deny-list",
      tags,
      summary: "The signed deny list, for gateways",
      middleware: needs("read"),
      responses: jsonReply(anything),
    }),
    async (context) => context.json({ ...(await control().denyList()) }, 200),
  )
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/respond/plans",
      tags,
      summary: "Plan an action: shows the exact steps, changes nothing",
      middleware: needs("triage"),
      ...jsonBody(planBody),
      responses: jsonReply(anything),
    }),
    async (context) => {
      const { event: id, key, ...given } = context.req.valid("json") as z.infer<typeof planBody>
      const [event] = id === undefined ? [] : await runQuery(parts.store, eventById, { id })
      if (id !== undefined && event === undefined) throw new ProblemError({ status: 404, title: "No such event" })
      const by = context.get("principal").name
      const request = { ...given, by, key: key ?? randomUUID(), ...(event !== undefined && { event }) } as RespondPlanRequest
      const planned = await control().plan(request)
      if ("refused" in planned) throw new ProblemError({ status: 409, title: "Not planned", detail: String(planned.refused) })
      return context.json({ ...planned }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/respond/{id}/apply",
      tags,
      summary: "Make a plan real, for its time",
      middleware: needs("manage"),
      request: { params },
      responses: jsonReply(anything),
    }),
    async (context) => {
      const { id } = context.req.valid("param")
      return context.json({ ...(await orProblem(control().apply(id, context.get("principal").name))) }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/respond/{id}/revert",
      tags,
      summary: "Take an action back before its time is over",
      middleware: needs("manage"),
      request: {
        params,
        body: { required: true, content: { "application/json": { schema: z.strictObject({ reason: z.string().min(3).max(1_000) }) } } },
      },
      responses: jsonReply(anything),
    }),
    async (context) => {
      const { reason } = context.req.valid("json") as { reason: string }
      return context.json(
        { ...(await orProblem(control().revert(context.req.valid("param").id, reason, context.get("principal").name))) },
        200,
      )
    },
  )
}

/** What the responder refuses is the caller's to know; anything else is ours. */
async function orProblem(result: Promise<object>): Promise<object> {
  try {
    return await result
  } catch (error) {
    if (error instanceof Error && error.name === "RespondError")
      throw new ProblemError({ status: 409, title: "Not done", detail: error.message })
    throw error
  }
}

// Handling security events: status, assignee, notes, suppression.
import { createRoute, z } from "@hono/zod-openapi"
import { eventStatus } from "../../contracts/event.ts"
import { eventById } from "../../store/queries/judgement.ts"
import { runQuery } from "../../store/queries/named-query.ts"
import type { Api } from "../api.ts"
import { needs } from "../auth.ts"
import { type Change, handled } from "../handling.ts"
import type { ApiParts } from "../parts.ts"
import { ProblemError } from "../problem.ts"
import { record } from "../record.ts"
import { jsonReply } from "./openapi.ts"

const change = z
  .object({
    status: eventStatus.optional(),
    assignee: z.string().max(200).optional(),
    note: z.string().min(1).max(10_000).optional(),
    suppress: z.object({ reason: z.string().min(3).max(1_000), days: z.number().int().min(1).max(365).optional() }).optional(),
  })
  .refine((given) => Object.keys(given).length > 0, "give status, assignee, note or suppress")

export function addEventRoutes(app: Api, parts: ApiParts): void {
  app.openapi(
    createRoute({
      method: "patch",
      path: "/v1/events/{id}",
      tags: ["judgement"],
      summary: "Handle an event: status, assignee, a note, or suppress it with a reason",
      middleware: needs("triage"),
      request: { params: z.object({ id: z.string() }), body: { required: true, content: { "application/json": { schema: change } } } },
      responses: jsonReply(z.looseObject({})),
    }),
    async (context) => {
      const { id } = context.req.valid("param")
      const given = context.req.valid("json") as Change
      const [event] = await runQuery(parts.store, eventById, { id })
      if (event === undefined) throw new ProblemError({ status: 404, title: "No such event" })
      const by = context.get("principal").name
      await parts.store.insert("event_handling", [handled(event, { given, by, now: parts.now() })])
      record(parts, context, { action: "event-handle", object: id, detail: JSON.stringify(given).slice(0, 500) })
      const [after] = await runQuery(parts.store, eventById, { id })
      return context.json({ ...after }, 200)
    },
  )
}

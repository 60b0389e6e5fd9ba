// How long things are kept: what is in force, what the configuration says, and changing it while everything runs.
import { createRoute, z } from "@hono/zod-openapi"
import { retention } from "../../store/retention.ts"
import type { Api } from "../api.ts"
import { needs } from "../auth.ts"
import type { ApiParts, RetentionControl } from "../parts.ts"
import { ProblemError } from "../problem.ts"
import { record } from "../record.ts"
import { jsonBody, jsonReply } from "./openapi.ts"

// `meta` makes a schema anew: one that was made before zod learned of OpenAPI cannot be described.
const reply = z.object({
  days: retention.meta({}).openapi({ description: "In force. Days from the moment of storing; 0 keeps for ever." }),
  configured: retention.meta({}).openapi({ description: "What store.retention says." }),
  by: z.string().optional().openapi({ description: "Who set it; absent while the configuration counts." }),
  at: z.number().optional(),
})

export function addRetentionRoutes(app: Api, parts: ApiParts): void {
  const control = (): RetentionControl => {
    if (parts.retention === undefined) throw new ProblemError({ status: 503, title: "The retention cannot be seen from here" })
    return parts.retention
  }
  const tags = ["settings"]
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/retention",
      tags,
      summary: "How long things are kept",
      middleware: needs("read"),
      responses: jsonReply(reply),
    }),
    async (context) => context.json(await control().current(), 200),
  )
  app.openapi(
    createRoute({
      method: "put",
      path: "/v1/retention",
      tags,
      summary: "Keep things longer or shorter, from now on and over restarts",
      middleware: needs("manage"),
      ...jsonBody(retention),
      responses: jsonReply(reply),
    }),
    async (context) => {
      const wanted = context.req.valid("json") as z.infer<typeof retention>
      const before = await control().current()
      record(parts, context, {
        action: "retention-set",
        object: "retention",
        detail: `${JSON.stringify(before.days)} to ${JSON.stringify(wanted)}`,
      })
      return context.json(await control().set(wanted, context.get("principal").name), 200)
    },
  )
  app.openapi(
    createRoute({
      method: "delete",
      path: "/v1/retention",
      tags,
      summary: "Let the configuration count again",
      middleware: needs("manage"),
      responses: jsonReply(reply),
    }),
    async (context) => {
      record(parts, context, { action: "retention-reset", object: "retention" })
      return context.json(await control().reset(context.get("principal").name), 200)
    },
  )
}

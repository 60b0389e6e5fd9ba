// One exchange as a file that other tools read: HAR, or the activity as JSON. Needs the content right, and the download is itself audited.
import { createRoute, z } from "@hono/zod-openapi"
import { activityById, contentById } from "../../store/queries/activity.ts"
import { runQuery } from "../../store/queries/named-query.ts"
import type { Api } from "../api.ts"
import { needs } from "../auth.ts"
import { harOf } from "../har.ts"
import type { ApiParts } from "../parts.ts"
import { ProblemError } from "../problem.ts"
import { record } from "../record.ts"
import { jsonReply } from "./openapi.ts"

export function addEvidenceRoutes(app: Api, parts: ApiParts): void {
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/activity/{id}/evidence",
      tags: ["activity"],
      summary: "Evidence for a case file: HAR 1.2, or the whole activity as JSON",
      middleware: needs("content"),
      request: { params: z.object({ id: z.string() }), query: z.object({ format: z.enum(["har", "json"]).default("json") }) },
      responses: jsonReply(z.looseObject({})),
    }),
    async (context) => {
      const { id } = context.req.valid("param")
      const { format } = context.req.valid("query")
      const [[activity], [content]] = await Promise.all([
        runQuery(parts.store, activityById, { id }),
        runQuery(parts.store, contentById, { id }),
      ])
      if (activity === undefined) throw new ProblemError({ status: 404, title: "No such activity" })
      record(parts, context, { action: "download-evidence", object: id, detail: format })
      context.header("content-disposition", `attachment; filename="egret-${id}.${format}"`)
      const body: unknown = content === undefined ? {} : JSON.parse(content.body)
      return context.json(
        format === "har"
          ? harOf(activity, body, parts.version)
          : { activity, content: content === undefined ? undefined : { ...content, body } },
        200,
      )
    },
  )
}

// The SOC's destinations: how each is doing, a test event to one, and its dead letters once more.
import { createRoute, z } from "@hono/zod-openapi"
import type { Api } from "../api.ts"
import { needs } from "../auth.ts"
import type { ApiParts, SocControl } from "../parts.ts"
import { ProblemError } from "../problem.ts"
import { record } from "../record.ts"
import { jsonReply } from "./openapi.ts"

const destination = z.looseObject({
  name: z.string(),
  type: z.string(),
  kinds: z.array(z.string()),
  minSeverity: z.string(),
  waiting: z.number().openapi({ description: "Records in its queue on disk." }),
  delivered: z.number().openapi({ description: "Since the start." }),
  dead: z.number().openapi({ description: "Records that it refused for good." }),
  failing: z.number().openapi({ description: "Tries that failed in a row; 0 is well." }),
  problem: z.string().optional(),
})
const params = z.object({ name: z.string().max(40) })

export function addSocRoutes(app: Api, parts: ApiParts): void {
  const tags = ["soc"]
  const control = (name: string): SocControl => {
    const known = parts.soc?.list().some((each) => each.name === name) === true
    if (parts.soc === undefined || !known)
      throw new ProblemError({ status: 404, title: "No such destination", detail: "soc.destinations names them." })
    return parts.soc
  }
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/soc",
      tags,
      summary: "Where findings, events and verdicts are sent, and how that goes",
      middleware: needs("read"),
      responses: jsonReply(z.object({ items: z.array(destination) })),
    }),
    (context) => context.json({ items: [...(parts.soc?.list() ?? [])].map((each) => ({ ...each, kinds: [...each.kinds] })) }, 200),
  )
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/soc/{name}/test",
      tags,
      summary: "Send a marked test event now, and say what the destination answered",
      middleware: needs("triage"),
      request: { params },
      responses: jsonReply(z.object({ arrived: z.boolean(), problem: z.string().optional() })),
    }),
    async (context) => {
      const { name } = context.req.valid("param")
      const soc = control(name)
      record(parts, context, { action: "soc-test", object: name })
      const problem = await soc.test(name)
      return context.json({ arrived: problem === undefined, ...(problem !== undefined && { problem }) }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/soc/{name}/retry",
      tags,
      summary: "Put its dead letters back into the queue, once the cause is mended",
      middleware: needs("manage"),
      request: { params },
      responses: jsonReply(z.object({ count: z.number() })),
    }),
    (context) => {
      const { name } = context.req.valid("param")
      const soc = control(name)
      record(parts, context, { action: "soc-retry", object: name })
      return context.json({ count: soc.retry(name) }, 200)
    },
  )
}

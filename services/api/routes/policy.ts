// The policy in force: read it, check a change, see what it would have done, apply it, go back.
import { createRoute, z } from "@hono/zod-openapi"
import type { Api } from "../api.ts"
import { needs } from "../auth.ts"
import type { ApiParts, PolicyControl } from "../parts.ts"
import { ProblemError } from "../problem.ts"
import { record } from "../record.ts"
import { jsonBody, jsonReply } from "./openapi.ts"

const text = z.string().max(500_000)
const anything = z.looseObject({})

export function addPolicyRoutes(app: Api, parts: ApiParts): void {
  const control = (): PolicyControl => {
    if (parts.policy === undefined)
      throw new ProblemError({
        status: 503,
        title: "No policy here",
        detail: "This process does not decide; ask the one that runs egret detect or egret up.",
      })
    return parts.policy
  }
  const tags = ["policy"]
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/policy",
      tags,
      summary: "The policy in force",
      middleware: needs("read"),
      responses: jsonReply(anything),
    }),
    (context) => context.json({ ...control().current() }, 200),
  )
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/policy/history",
      tags,
      summary: "Policies that were in force",
      middleware: needs("read"),
      responses: jsonReply(anything),
    }),
    (context) => context.json({ items: [...control().history()] }, 200),
  )
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/policy/validate",
      tags,
      summary: "Problems of a policy text",
      middleware: needs("triage"),
      ...jsonBody(z.object({ text })),
      responses: jsonReply(anything),
    }),
    (context) => {
      const given = context.req.valid("json") as { text: string }
      return context.json({ problems: [...control().validate(given.text)] }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/policy/test",
      tags,
      summary: "What a policy text would have decided otherwise",
      middleware: needs("triage"),
      ...jsonBody(z.object({ text, days: z.number().int().min(1).max(90).default(7) })),
      responses: jsonReply(anything),
    }),
    async (context) => {
      const given = context.req.valid("json") as { text: string; days: number }
      refuseBad(control(), given.text)
      return context.json({ ...(await control().test(given.text, given.days)) }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: "put",
      path: "/v1/policy",
      tags,
      summary: "Put a policy text in force",
      middleware: needs("manage"),
      ...jsonBody(z.object({ text })),
      responses: jsonReply(anything),
    }),
    async (context) => {
      const given = context.req.valid("json") as { text: string }
      refuseBad(control(), given.text)
      const applied = await control().apply(given.text, context.get("principal").name)
      record(parts, context, { action: "policy-apply", object: applied.version })
      return context.json(applied, 200)
    },
  )
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/policy/roll-back",
      tags,
      summary: "Put an earlier policy in force again",
      middleware: needs("manage"),
      ...jsonBody(z.object({ version: z.string().max(200) })),
      responses: jsonReply(anything),
    }),
    async (context) => {
      const { version } = context.req.valid("json") as { version: string }
      if (
        !control()
          .history()
          .some((entry) => entry.version === version)
      )
        throw new ProblemError({ status: 404, title: "No such policy version" })
      const applied = await control().rollBack(version, context.get("principal").name)
      record(parts, context, { action: "policy-roll-back", object: version })
      return context.json(applied, 200)
    },
  )
}

/** The old policy stays in force. */
function refuseBad(control: PolicyControl, given: string): void {
  const [first] = control.validate(given)
  if (first !== undefined)
    throw new ProblemError({
      status: 422,
      title: "Not a policy",
      detail: `Line ${first.line}, column ${first.column}: ${first.message}`,
      field: "text",
    })
}

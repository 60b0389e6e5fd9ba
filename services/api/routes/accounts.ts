// Users, tokens, and the audit trail of who read and changed what.
import { createRoute, z } from "@hono/zod-openapi"
import type { Api } from "../api.ts"
import { needs } from "../auth.ts"
import type { ApiParts } from "../parts.ts"
import { ProblemError } from "../problem.ts"
import { record } from "../record.ts"
import { roles } from "../roles.ts"
import { jsonBody, jsonReply } from "./openapi.ts"

const role = z.enum(roles)
const name = z.string().regex(/^[\w.@ -]{1,100}$/, "letters, digits, . @ _ - and spaces, 100 at most")

export function addAccountRoutes(app: Api, parts: ApiParts): void {
  const { accounts } = parts
  const middleware = needs("manage")
  const tags = ["accounts"]
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/users",
      tags,
      summary: "Users",
      middleware,
      responses: jsonReply(z.object({ items: z.array(z.object({ name: z.string(), role, createdAt: z.number() })) })),
    }),
    (context) => context.json({ items: accounts.users() }, 200),
  )
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/users",
      tags,
      summary: "Add a user, or set its role and password anew",
      middleware,
      ...jsonBody(z.object({ name, role, password: z.string().min(12).max(1_000) })),
      responses: jsonReply(z.object({ name: z.string() })),
    }),
    async (context) => {
      const user = context.req.valid("json") as { name: string; role: z.infer<typeof role>; password: string }
      await accounts.addUser({ ...user, now: parts.now() })
      record(parts, context, { action: "user-add", object: user.name, detail: user.role })
      return context.json({ name: user.name }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: "delete",
      path: "/v1/users/{name}",
      tags,
      summary: "Remove a user",
      middleware,
      request: { params: z.object({ name: z.string() }) },
      responses: { 204: { description: "Removed" } },
    }),
    async (context) => {
      const { name: gone } = context.req.valid("param")
      if (!(await accounts.removeUser(gone))) throw new ProblemError({ status: 404, title: "No such user" })
      record(parts, context, { action: "user-remove", object: gone })
      return context.body(null, 204)
    },
  )
  const token = z.object({ id: z.string(), name: z.string(), role, createdAt: z.number(), expiresAt: z.number().optional() })
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/tokens",
      tags,
      summary: "Tokens, without their secrets",
      middleware,
      responses: jsonReply(z.object({ items: z.array(token) })),
    }),
    (context) => context.json({ items: accounts.tokens() as z.infer<typeof token>[] }, 200),
  )
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/tokens",
      tags,
      summary: "Make a token; it is shown this once",
      middleware,
      ...jsonBody(z.object({ name, role, days: z.number().int().min(1).max(3_650).optional() })),
      responses: jsonReply(z.object({ id: z.string(), token: z.string() })),
    }),
    async (context) => {
      const wanted = context.req.valid("json") as { name: string; role: z.infer<typeof role>; days?: number }
      const made = await accounts.addToken({
        name: wanted.name,
        role: wanted.role,
        now: parts.now(),
        expiresAt: wanted.days === undefined ? undefined : parts.now() + wanted.days * DAY,
      })
      record(parts, context, { action: "token-add", object: made.id, detail: wanted.role })
      return context.json(made, 200)
    },
  )
  app.openapi(
    createRoute({
      method: "delete",
      path: "/v1/tokens/{id}",
      tags,
      summary: "Remove a token",
      middleware,
      request: { params: z.object({ id: z.string() }) },
      responses: { 204: { description: "Removed" } },
    }),
    async (context) => {
      const { id } = context.req.valid("param")
      if (!(await accounts.removeToken(id))) throw new ProblemError({ status: 404, title: "No such token" })
      record(parts, context, { action: "token-remove", object: id })
      return context.body(null, 204)
    },
  )
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/audit",
      tags,
      summary: "The latest records of the audit trail",
      middleware,
      request: { query: z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(200) }) },
      responses: jsonReply(z.object({ items: z.array(z.looseObject({})) })),
    }),
    (context) => context.json({ items: parts.audit.latest(context.req.valid("query").limit) as unknown as Record<string, unknown>[] }, 200),
  )
}

const DAY = 86_400_000

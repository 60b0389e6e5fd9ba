// Signing in and out: by password, by the one-time link of the first start.
import { createRoute, z } from "@hono/zod-openapi"
import type { Context } from "hono"
import { deleteCookie, getCookie } from "hono/cookie"
import type { Principal } from "../accounts.ts"
import type { Api } from "../api.ts"
import { SESSION_COOKIE } from "../auth.ts"
import type { ApiEnv, ApiParts } from "../parts.ts"
import { ProblemError } from "../problem.ts"
import { roles } from "../roles.ts"
import { jsonBody, jsonReply } from "./openapi.ts"
import { limitSignIn, startSession } from "./start-session.ts"

const sessionReply = z.object({ name: z.string(), role: z.enum(roles), csrf: z.string() })

export function addSessionRoutes(app: Api, parts: ApiParts): void {
  const start = (context: Context<ApiEnv>, principal: Principal, how: string) => startSession(parts, context, { principal, how })

  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/session",
      tags: ["session"],
      summary: "Sign in with name and password",
      security: [],
      ...jsonBody(z.object({ name: z.string().max(200), password: z.string().max(1_000) })),
      responses: jsonReply(sessionReply),
    }),
    async (context) => {
      limitSignIn(parts, context)
      const { name, password } = context.req.valid("json") as { name: string; password: string }
      const principal = await parts.accounts.checkPassword(name, password)
      if (principal === undefined) throw new ProblemError({ status: 401, title: "Name or password is wrong" })
      return context.json(start(context, principal, "password"), 200)
    },
  )
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/session/once",
      tags: ["session"],
      summary: "Sign in with the one-time code of the first start",
      security: [],
      ...jsonBody(z.object({ code: z.string().max(200) })),
      responses: jsonReply(sessionReply),
    }),
    (context) => {
      limitSignIn(parts, context)
      const { code } = context.req.valid("json") as { code: string }
      if (!parts.sessions.useOnceCode(code))
        throw new ProblemError({
          status: 401,
          title: "The link was used already",
          detail: "Restart egret for a new one, or make a user: egret user add NAME --role admin",
        })
      return context.json(start(context, { name: "first start", role: "admin", by: "session" }, "one-time link"), 200)
    },
  )
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/session",
      tags: ["session"],
      summary: "Who is signed in",
      security: [],
      responses: jsonReply(sessionReply),
    }),
    (context) => {
      const id = getCookie(context, SESSION_COOKIE)
      const principal = id === undefined ? undefined : parts.sessions.find(id, parts.now())
      if (id === undefined || principal === undefined) throw new ProblemError({ status: 401, title: "Not signed in" })
      return context.json({ name: principal.name, role: principal.role, csrf: parts.sessions.csrf(id) }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: "delete",
      path: "/v1/session",
      tags: ["session"],
      summary: "Sign out",
      security: [],
      responses: { 204: { description: "Signed out" } },
    }),
    (context) => {
      const id = getCookie(context, SESSION_COOKIE)
      if (id !== undefined) parts.sessions.close(id)
      deleteCookie(context, SESSION_COOKIE, { path: "/" })
      return context.body(null, 204)
    },
  )
}

// Who is asking: a bearer token, an OpenID token, or a browser session. Changes by a session must carry the CSRF header.
import { getConnInfo } from "@hono/node-server/conninfo"
import type { Context, MiddlewareHandler } from "hono"
import { getCookie } from "hono/cookie"
import type { Principal } from "./accounts.ts"
import type { ApiEnv, ApiParts } from "./parts.ts"
import { ProblemError } from "./problem.ts"
import { may, type Right } from "./roles.ts"

export const SESSION_COOKIE = "egret_session"
export const CSRF_HEADER = "x-egret-csrf"

export function authenticate(parts: ApiParts): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const now = parts.now()
    const caller = context.req.header("authorization")?.slice(0, 64) ?? getCookie(context, SESSION_COOKIE) ?? addressOf(context)
    const wait = parts.limits.take(caller, now)
    if (wait > 0) {
      context.header("retry-after", String(Math.ceil(wait / 1_000)))
      throw new ProblemError({ status: 429, title: "Too many requests", detail: `Try again in ${Math.ceil(wait / 1_000)} s.` })
    }
    const principal = (await byToken(context, parts)) ?? bySession(context, parts)
    if (principal === undefined)
      throw new ProblemError({
        status: 401,
        title: "Not signed in",
        detail: "Send Authorization: Bearer <token> (egret token create), or sign in to the console.",
      })
    context.set("principal", principal)
    await next()
  }
}

/** Put on each route: the right it needs. */
export function needs(right: Right): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const { role } = context.get("principal")
    if (!may(role, right))
      throw new ProblemError({
        status: 403,
        title: "Not allowed",
        detail: `This needs the right "${right}"; the role ${role} does not have it.`,
      })
    await next()
  }
}

async function byToken(context: Context<ApiEnv>, parts: ApiParts): Promise<Principal | undefined> {
  const header = context.req.header("authorization")
  const token = header === undefined ? undefined : /^Bearer\s+(\S{1,8192})$/i.exec(header)?.[1]
  if (token === undefined) return undefined
  const principal = parts.accounts.checkToken(token, parts.now()) ?? (await parts.oidc?.(token))
  // A token that is wrong is an answer of its own: the cookie beside it must not let the request pass.
  if (principal === undefined)
    throw new ProblemError({ status: 401, title: "Token not valid", detail: "It is unknown, expired or was removed." })
  return principal
}

function bySession(context: Context<ApiEnv>, { sessions, now }: ApiParts): Principal | undefined {
  const id = getCookie(context, SESSION_COOKIE)
  const principal = id === undefined ? undefined : sessions.find(id, now())
  if (id === undefined || principal === undefined) return undefined
  const changes = !["GET", "HEAD", "OPTIONS"].includes(context.req.method)
  if (changes && !sessions.csrfMatches(id, context.req.header(CSRF_HEADER) ?? "")) {
    throw new ProblemError({
      status: 403,
      title: "Request from elsewhere",
      detail: `Changes by a browser session need the header ${CSRF_HEADER}, which /v1/session gives.`,
    })
  }
  context.set("session", id)
  return principal
}

function addressOf(context: Context): string {
  try {
    return getConnInfo(context).remote.address ?? "unknown"
  } catch {
    return "unknown"
  }
}

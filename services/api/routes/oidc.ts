// Signing in by an OpenID provider: the browser goes there and comes back. Both are pages of a browser's journey, so that what goes wrong leads back to the
// console, which says it.
import { createRoute, z } from "@hono/zod-openapi"
import type { Context } from "hono"
import { deleteCookie, getCookie, setCookie } from "hono/cookie"
import type { Api } from "../api.ts"
import { LOGIN_LIFETIME_MS } from "../oidc-login.ts"
import type { ApiEnv, ApiParts } from "../parts.ts"
import { ProblemError } from "../problem.ts"
import { jsonReply } from "./openapi.ts"
import { limitSignIn, overTls, startSession } from "./start-session.ts"

export function addOidcRoutes(app: Api, parts: ApiParts): void {
  const tags = ["session"]
  const { login } = parts
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/session/ways",
      tags,
      summary: "How one can sign in",
      security: [],
      responses: jsonReply(z.object({ oidc: z.string().optional().openapi({ description: "Host of the OpenID provider." }) })),
    }),
    (context) => context.json({ ...(login !== undefined && { oidc: login.host }) }, 200),
  )
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/session/oidc",
      tags,
      summary: "Sign in by the OpenID provider: sends the browser there",
      security: [],
      responses: { 302: { description: "To the provider" } },
    }),
    async (context) => {
      if (login === undefined) throw notSetUp()
      limitSignIn(parts, context)
      try {
        const { location, binding } = await login.begin(redirectUri(parts, context), parts.now())
        // Lax: the provider sends the browser back from another site.
        const maxAge = LOGIN_LIFETIME_MS / 1_000
        setCookie(context, BINDING_COOKIE, binding, { httpOnly: true, sameSite: "Lax", path: PATH, secure: overTls(parts), maxAge })
        return context.redirect(location, 302)
      } catch (error) {
        parts.logger.warn({ err: error }, "the OpenID provider does not answer as it should")
        return context.redirect("/#sign-in=unavailable", 302)
      }
    },
  )
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/session/oidc/callback",
      tags,
      summary: "Where the OpenID provider sends the browser back to: register this address there",
      security: [],
      responses: { 303: { description: "To the console" } },
    }),
    async (context) => {
      if (login === undefined) throw notSetUp()
      limitSignIn(parts, context)
      const outcome = await login.finish(new URL(context.req.url).searchParams, getCookie(context, BINDING_COOKIE), parts.now())
      deleteCookie(context, BINDING_COOKIE, { path: PATH })
      if ("principal" in outcome) {
        startSession(parts, context, { principal: outcome.principal, how: `OpenID ${login.host}` })
        return context.redirect("/", 303)
      }
      const { refused, who, why } = outcome
      parts.logger.warn({ refused, why }, "a log-in by the OpenID provider was refused")
      if (who !== undefined)
        parts.audit.write({
          at: new Date(parts.now()).toISOString(),
          who,
          role: "none",
          action: "sign-in-refused",
          object: `OpenID ${login.host}`,
        })
      return context.redirect(`/#sign-in=${refused}`, 303)
    },
  )
}

/** The provider takes only addresses that were registered there, so that a made-up Host header leads nowhere. */
function redirectUri({ config }: ApiParts, context: Context<ApiEnv>): string {
  const origin = new URL(config.oidc?.publicUrl ?? context.req.url)
  if (config.oidc?.publicUrl === undefined && config.behindTls) origin.protocol = "https:"
  return `${origin.origin}${PATH}/callback`
}

function notSetUp(): ProblemError {
  return new ProblemError({ status: 404, title: "No OpenID provider is set up", detail: "See api.oidc in the configuration." })
}

const PATH = "/v1/session/oidc"
const BINDING_COOKIE = "egret_oidc"

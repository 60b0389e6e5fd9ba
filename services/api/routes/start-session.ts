// What every way of signing in ends with, and how often anybody may try.
import type { Context } from "hono"
import { getCookie, setCookie } from "hono/cookie"
import type { Principal } from "../accounts.ts"
import { SESSION_COOKIE } from "../auth.ts"
import type { ApiEnv, ApiParts } from "../parts.ts"
import { ProblemError } from "../problem.ts"

export function startSession(parts: ApiParts, context: Context<ApiEnv>, { principal, how }: { principal: Principal; how: string }) {
  // Never the id that the browser came with: somebody else may have put it there.
  const before = getCookie(context, SESSION_COOKIE)
  if (before !== undefined) parts.sessions.close(before)
  const id = parts.sessions.open(principal, parts.now())
  parts.audit.write({
    at: new Date(parts.now()).toISOString(),
    who: principal.name,
    role: principal.role,
    action: "sign-in",
    object: how,
  })
  setCookie(context, SESSION_COOKIE, id, {
    httpOnly: true,
    sameSite: "Strict",
    path: "/",
    secure: overTls(parts),
    maxAge: Math.floor(parts.config.sessionLifetime / 1_000),
  })
  return { name: principal.name, role: principal.role, csrf: parts.sessions.csrf(id) }
}

/** Guessing passwords: a tenth of the ordinary rate, by nothing that the guesser can change at will. */
export function limitSignIn(parts: ApiParts, context: Context<ApiEnv>): void {
  for (let cost = 0; cost < SIGN_IN_COST; cost++) {
    const wait = parts.limits.take("sign-in", parts.now())
    if (wait > 0) {
      context.header("retry-after", String(Math.ceil(wait / 1_000)))
      throw new ProblemError({ status: 429, title: "Too many attempts to sign in", detail: `Try again in ${Math.ceil(wait / 1_000)} s.` })
    }
  }
}

export function overTls({ config }: ApiParts): boolean {
  return config.behindTls || config.tls !== undefined
}

const SIGN_IN_COST = 10

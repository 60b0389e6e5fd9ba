// The application: security headers, errors as problem documents, the routes. Tests call `app.request()`; server.ts puts it on a socket.
import { OpenAPIHono } from "@hono/zod-openapi"
import { bodyLimit } from "hono/body-limit"
import { HTTPException } from "hono/http-exception"
import { secureHeaders } from "hono/secure-headers"
import type { Api } from "./api.ts"
import { authenticate } from "./auth.ts"
import { addConsole } from "./console.ts"
import type { ApiEnv, ApiParts } from "./parts.ts"
import { ProblemError, problemResponse } from "./problem.ts"
import { addAccountRoutes } from "./routes/accounts.ts"
import { addEventRoutes } from "./routes/events.ts"
import { addEvidenceRoutes } from "./routes/evidence.ts"
import { addLiveRoutes } from "./routes/live.ts"
import { addMirroringRoutes } from "./routes/mirroring.ts"
import { addOidcRoutes } from "./routes/oidc.ts"
import { addPolicyRoutes } from "./routes/policy.ts"
import { addQueryRoutes } from "./routes/queries.ts"
import { addRespondRoutes } from "./routes/respond.ts"
import { addRetentionRoutes } from "./routes/retention.ts"
import { addSessionRoutes } from "./routes/session.ts"
import { addSoarRoutes } from "./routes/soar.ts"
import { addSocRoutes } from "./routes/soc.ts"
import { addTenantRoutes } from "./routes/tenants.ts"

export function createApi(parts: ApiParts): Api {
  const app: Api = new OpenAPIHono<ApiEnv>({
    defaultHook: (result, context) => {
      if (result.success) return undefined
      const [issue] = result.error.issues
      return problemResponse(context, {
        status: 422,
        title: "Request not understood",
        detail: issue?.message ?? "",
        field: issue?.path.join(".") ?? "",
      })
    },
  })
  app.use(secureHeaders(HEADERS))
  app.use(
    "/v1/*",
    bodyLimit({
      maxSize: MAX_BODY,
      onError: () => {
        throw new ProblemError({ status: 413, title: "Request too large", detail: `At most ${MAX_BODY} bytes.` })
      },
    }),
  )
  app.onError((error, context) => {
    if (error instanceof ProblemError) return problemResponse(context, error.problem)
    if (error instanceof HTTPException)
      return problemResponse(context, { status: error.status === 400 ? 400 : 500, title: error.message || "Request not understood" })
    parts.logger.error({ err: error, path: context.req.path }, "a request failed")
    return problemResponse(context, { status: 500, title: "Something went wrong here", detail: "The log says what; try again." })
  })
  app.notFound((context) =>
    problemResponse(context, { status: 404, title: "No such thing", detail: "See /v1/openapi.json for what there is." }),
  )

  app.get("/v1/openapi.json", (context) => context.json(openApi(app, parts.version)))
  addSessionRoutes(app, parts)
  addOidcRoutes(app, parts)
  app.use("/v1/*", authenticate(parts))
  app.use("/tenants/*", authenticate(parts))
  addQueryRoutes(app, parts)
  addEventRoutes(app, parts)
  addEvidenceRoutes(app, parts)
  addPolicyRoutes(app, parts)
  addAccountRoutes(app, parts)
  addRetentionRoutes(app, parts)
  addSocRoutes(app, parts)
  addLiveRoutes(app, parts)
  addMirroringRoutes(app, parts)
  addSoarRoutes(app, parts)
  addRespondRoutes(app, parts)
  addTenantRoutes(app, parts)
  addConsole(app, parts.consoleDir)
  return app
}

export function openApi(app: Api, version: string): object {
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Egret",
      version,
      description: "Agents, what they said and reached, what was found, and what to do about it.",
      license: { name: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    security: [{ token: [] }],
  })
}

const HEADERS: NonNullable<Parameters<typeof secureHeaders>[0]> = {
  // No inline script or style, nothing from elsewhere: text from hostile traffic is shown on these pages.
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", "data:"],
    fontSrc: ["'self'"],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
  crossOriginOpenerPolicy: "same-origin",
  crossOriginResourcePolicy: "same-origin",
  referrerPolicy: "no-referrer",
  xFrameOptions: "DENY",
}
// A policy file of a thousand rules is a tenth of this.
const MAX_BODY = 1024 * 1024

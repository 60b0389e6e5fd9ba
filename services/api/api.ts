import type { OpenAPIHono } from "@hono/zod-openapi"
import type { ApiEnv } from "./parts.ts"

export type Api = OpenAPIHono<ApiEnv>

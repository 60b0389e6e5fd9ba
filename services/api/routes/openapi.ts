// The repeated parts of route definitions.
import type { z } from "@hono/zod-openapi"

export function jsonBody(schema: z.ZodType) {
  return { request: { body: { required: true, content: { "application/json": { schema } } } } } as const
}

export function jsonReply(schema: z.ZodType, description = "OK") {
  return { 200: { description, content: { "application/json": { schema } } } } as const
}

import type { z } from "zod"
import * as activity from "./activity.ts"
import * as inventory from "./inventory.ts"
import * as judgement from "./judgement.ts"
import type { NamedQuery } from "./named-query.ts"
import * as overview from "./overview.ts"
import * as sandbox from "./sandbox.ts"

/** Every named query, by its name. */
export const namedQueries: ReadonlyMap<string, NamedQuery<z.ZodType, unknown>> = new Map(
  [activity, inventory, judgement, overview, sandbox]
    .flatMap((module) => Object.values(module) as unknown[])
    .filter(isQuery)
    .map((query) => [query.name, query]),
)

function isQuery(value: unknown): value is NamedQuery<z.ZodType, unknown> {
  return typeof value === "object" && value !== null && "build" in value && "params" in value && "name" in value
}

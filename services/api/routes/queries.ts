// Lists and single things: each route asks one named query of the store. Parameters, their kinds and the document come from the query itself.
import { createRoute, z } from "@hono/zod-openapi"
import type { Context } from "hono"
import { namedQueries } from "../../store/queries/catalogue.ts"
import { encodeCursor } from "../../store/queries/params.ts"
import type { Api } from "../api.ts"
import { needs } from "../auth.ts"
import { type ExportFormat, exportRows } from "../export.ts"
import { describeParams, readParams } from "../params.ts"
import type { ApiEnv, ApiParts } from "../parts.ts"
import { ProblemError } from "../problem.ts"
import { record } from "../record.ts"
import { may } from "../roles.ts"

interface QueryRoute {
  readonly path: string
  readonly query: string
  readonly tag: string
  /** Path parameters and the query parameter that each sets; a leading "filters." goes into the filters. */
  readonly fixed?: Readonly<Record<string, string>>
  /** One thing or 404, instead of a list. */
  readonly one?: true
  /** The column that a cursor holds, for lists that page by it. */
  readonly cursor?: "at" | "last_seen"
}

const queryRoutes: readonly QueryRoute[] = [
  { path: "/v1/overview", query: "overview", tag: "overview", one: true },
  { path: "/v1/coverage", query: "coverage", tag: "overview" },
  { path: "/v1/traffic", query: "traffic", tag: "overview" },
  { path: "/v1/tokens-by-model", query: "tokens-by-agent-and-model", tag: "overview" },
  { path: "/v1/risks", query: "riskiest-agents", tag: "overview" },
  { path: "/v1/storage", query: "storage", tag: "overview" },
  { path: "/v1/agents", query: "agents", tag: "inventory" },
  { path: "/v1/agents/{agent}", query: "agents", tag: "inventory", fixed: { agent: "agent" }, one: true },
  { path: "/v1/agents/{agent}/uses", query: "agent-uses", tag: "inventory", fixed: { agent: "agent" } },
  { path: "/v1/agents/{agent}/tool-calls", query: "tool-calls-of-agent", tag: "inventory", fixed: { agent: "agent" } },
  { path: "/v1/uses", query: "agent-uses", tag: "inventory" },
  { path: "/v1/models", query: "models", tag: "inventory" },
  { path: "/v1/mcp-servers", query: "mcp-servers", tag: "inventory" },
  { path: "/v1/tools", query: "tools", tag: "inventory" },
  { path: "/v1/tools/{server}/{name}/versions", query: "tool-versions", tag: "inventory", fixed: { server: "server", name: "name" } },
  { path: "/v1/skills", query: "skills", tag: "inventory" },
  { path: "/v1/skills/{name}/versions", query: "skill-versions", tag: "inventory", fixed: { name: "name" } },
  { path: "/v1/destinations", query: "destinations", tag: "inventory" },
  { path: "/v1/workloads", query: "workloads", tag: "inventory" },
  { path: "/v1/activity", query: "activity-search", tag: "activity", cursor: "at" },
  { path: "/v1/activity-histogram", query: "activity-histogram", tag: "activity" },
  { path: "/v1/activity-facets", query: "activity-facets", tag: "activity" },
  { path: "/v1/activity/{id}", query: "activity-by-id", tag: "activity", fixed: { id: "id" }, one: true },
  { path: "/v1/activity/{id}/content", query: "content-by-id", tag: "activity", fixed: { id: "id" }, one: true },
  { path: "/v1/conversations", query: "conversations", tag: "activity" },
  { path: "/v1/conversations/{conversation}", query: "conversation", tag: "activity", fixed: { conversation: "conversation" } },
  { path: "/v1/sent-to-model", query: "sent-to-model", tag: "activity" },
  { path: "/v1/flows/{flow}", query: "flow-by-id", tag: "activity", fixed: { flow: "flow" }, one: true },
  { path: "/v1/anomalies", query: "anomalies", tag: "activity" },
  { path: "/v1/findings", query: "findings", tag: "judgement", cursor: "at" },
  { path: "/v1/findings/{id}", query: "findings", tag: "judgement", fixed: { id: "filters.id" }, one: true },
  { path: "/v1/finding-counts", query: "finding-counts", tag: "judgement" },
  { path: "/v1/events", query: "events", tag: "judgement", cursor: "last_seen" },
  { path: "/v1/event-counts", query: "event-counts", tag: "judgement" },
  { path: "/v1/events/{id}", query: "event-by-id", tag: "judgement", fixed: { id: "id" }, one: true },
  { path: "/v1/events/{id}/history", query: "event-history", tag: "judgement", fixed: { id: "id" } },
  { path: "/v1/verdicts", query: "verdicts", tag: "judgement" },
  { path: "/v1/verdicts/{sha256}", query: "verdicts-of", tag: "judgement", fixed: { sha256: "sha256" } },
  { path: "/v1/verdicts/{sha256}/sightings", query: "sightings", tag: "judgement", fixed: { sha256: "sha256" } },
]

type Named = typeof namedQueries extends ReadonlyMap<string, infer Q> ? Q : never

export function addQueryRoutes(app: Api, parts: ApiParts): void {
  for (const route of queryRoutes) {
    const query = namedQueries.get(route.query)
    if (query === undefined) throw new Error(`no query is named ${route.query}`)
    const content = contentQueries.has(query.name)
    const fixed = Object.keys(route.fixed ?? {})
    app.openapi(
      createRoute({
        method: "get",
        path: route.path,
        tags: [route.tag],
        summary: query.description,
        middleware: needs(content ? "content" : "read"),
        request: {
          params: z.object(Object.fromEntries(fixed.map((name) => [name, z.string()]))),
          query: describeParams(query.params, {
            skip: Object.values(route.fixed ?? {}),
            cursor: route.cursor !== undefined,
            formats: route.one !== true,
          }),
        },
        responses: {
          200: {
            description: "OK",
            content: {
              "application/json": {
                schema:
                  route.one === true ? z.looseObject({}) : z.object({ items: z.array(z.looseObject({})), next: z.string().optional() }),
              },
            },
          },
        },
      }),
      (context) => answer(context as Context<ApiEnv>, { parts, route, query, content }) as never,
    )
  }
}

async function answer(
  context: Context<ApiEnv>,
  { parts, route, query, content }: { parts: ApiParts; route: QueryRoute; query: Named; content: boolean },
): Promise<Response> {
  const search = new URL(context.req.url).searchParams
  const params = readParams(query.params, { search, fixed: fixedOf(context, route), now: parts.now() })
  if (params["searchContent"] === true && !may(context.get("principal").role, "content")) {
    throw new ProblemError({
      status: 403,
      title: "Not allowed",
      detail: "Searching what was said needs the right content.",
      field: "searchContent",
    })
  }
  if (content || params["searchContent"] === true)
    record(parts, context, {
      action: "read-content",
      object: route.path,
      detail: context.req.url.replace(/^https?:\/\/[^/]+/, "").slice(0, 500),
    })
  const format = search.get("format") ?? "json"
  if (format === "csv" || format === "ndjson")
    // All rows come, page by page, so in the order that a cursor follows.
    return exportRows(context, {
      store: parts.store,
      query,
      params: { ...params, order: undefined },
      format: format as ExportFormat,
      cursor: route.cursor,
    })
  const { sql, params: bound } = query.build(query.params.parse(params))
  const rows = await parts.store.query<Record<string, unknown>>(sql, bound)
  if (route.one === true) {
    const [row] = rows
    if (row === undefined)
      throw new ProblemError({ status: 404, title: "No such thing", detail: "It never existed, or its retention has passed." })
    return context.json(row)
  }
  const last = rows.at(-1)
  const limit = typeof params["limit"] === "number" ? params["limit"] : DEFAULT_LIMIT
  const next =
    route.cursor !== undefined && params["order"] !== "worst" && last !== undefined && rows.length >= limit
      ? encodeCursor({ at: Number(last[route.cursor]), id: String(last["id"]) })
      : undefined
  return context.json({ items: rows, ...(next !== undefined && { next }) })
}

function fixedOf(context: Context, { fixed = {} }: QueryRoute): Record<string, string> {
  return Object.fromEntries(Object.entries(fixed).map(([name, target]) => [target, context.req.param(name) ?? ""]))
}

/** What was said, not only that something was said. */
const contentQueries = new Set<string>([...namedQueries.values()].filter((query) => query.content === true).map((query) => query.name))
const DEFAULT_LIMIT = 100

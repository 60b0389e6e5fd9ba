// One exchange, or a whole connection, as a file that other tools read: pcapng with the secrets that open it, HAR, or JSON. Needs the content right, and
// the download is itself audited.
import { createRoute, z } from "@hono/zod-openapi"
import type { Context } from "hono"
import { activityById, activitySearch, contentById, flowById } from "../../store/queries/activity.ts"
import { runQuery } from "../../store/queries/named-query.ts"
import type { Api } from "../api.ts"
import { needs } from "../auth.ts"
import { harOf } from "../har.ts"
import type { ApiEnv, ApiParts, WantedFlow } from "../parts.ts"
import { ProblemError } from "../problem.ts"
import { record } from "../record.ts"

const formats = z.enum(["pcapng", "har", "json"]).default("json")
type Format = z.infer<typeof formats>
type Row = Readonly<Record<string, unknown>>

export function addEvidenceRoutes(app: Api, parts: ApiParts): void {
  const common = { method: "get" as const, tags: ["activity"], middleware: needs("content"), responses: FILES }
  app.openapi(
    createRoute({
      ...common,
      path: "/v1/activity/{id}/evidence",
      summary:
        "Evidence for a case file: HAR 1.2, the whole activity as JSON, or its connection as pcapng with that connection's TLS secrets",
      request: { params: z.object({ id: z.string() }), query: z.object({ format: formats }) },
    }),
    async (context) => {
      const { id } = context.req.valid("param")
      const { format } = context.req.valid("query")
      const [activity] = await runQuery(parts.store, activityById, { id })
      if (activity === undefined) throw new ProblemError({ status: 404, title: "No such activity" })
      record(parts, context, { action: "download-evidence", object: id, detail: format })
      return file(context, { parts, name: id, format, flow: String(activity["flow_id"]), activities: [activity] })
    },
  )
  app.openapi(
    createRoute({
      ...common,
      path: "/v1/flows/{flow}/evidence",
      summary: "The same of a whole connection and everything that crossed it",
      request: { params: z.object({ flow: z.string() }), query: z.object({ format: formats }) },
    }),
    async (context) => {
      const { flow } = context.req.valid("param")
      const { format } = context.req.valid("query")
      const activities = await runQuery(parts.store, activitySearch, { filters: { flow: [flow] }, limit: MAX_ACTIVITIES, columns: "all" })
      if (activities.length === 0) throw new ProblemError({ status: 404, title: "No such connection" })
      record(parts, context, { action: "download-evidence", object: flow, detail: format })
      return file(context, { parts, name: flow, format, flow, activities: [...activities].reverse() })
    },
  )
}

interface Wanted {
  readonly parts: ApiParts
  readonly name: string
  readonly format: Format
  readonly flow: string
  readonly activities: readonly Row[]
}

async function file(context: Context<ApiEnv>, wanted: Wanted): Promise<never> {
  const { format, name, parts } = wanted
  const answer = format === "pcapng" ? await pcapng(context, wanted) : await readable(context, wanted)
  answer.headers.set("content-disposition", `attachment; filename="egret-${name.replaceAll(/[^\w-]/g, "_")}.${format}"`)
  parts.logger.debug({ format }, "evidence was downloaded")
  return answer as never
}

async function pcapng(context: Context, { parts, flow, activities }: Wanted): Promise<Response> {
  if (parts.packets === undefined)
    throw new ProblemError({
      status: 404,
      title: "Packets are not kept here",
      detail: "Set sensor.spool.size (for example 10GB) where the sensor runs; connections seen from then on can be downloaded.",
    })
  const ended = await runQuery(parts.store, flowById, { flow })
  const kept = await parts.packets.capture(wantedFlow(flow, activities[0] ?? {}, ended[0]))
  if (kept === undefined)
    throw new ProblemError({
      status: 404,
      title: "Its packets are no longer kept",
      detail: "They were overwritten by newer ones, or seen while nothing was kept. A larger sensor.spool.size reaches further back.",
    })
  return context.body(new Uint8Array(kept.pcapng), 200, { "content-type": "application/x-pcapng" })
}

function wantedFlow(id: string, activity: Row, ended: Row | undefined): WantedFlow {
  const end = (side: string) => ({ ip: String(activity[`${side}_ip`]), port: Number(activity[`${side}_port`]) })
  return {
    id,
    vni: Number(activity["vni"]),
    client: end("client"),
    server: end("server"),
    at: Number(activity["at"]),
    ...(ended !== undefined && { start: Number(ended["start"]), end: Number(ended["end"]) }),
  }
}

interface Item {
  readonly activity: Row
  readonly content: Row | undefined
  readonly body: unknown
}

async function readable(context: Context, { parts, format, activities }: Wanted): Promise<Response> {
  const items = await withContent(parts, activities)
  if (format === "har") return context.json(harOf(await exchangesOf(parts, items), parts.version))
  const documents = items.map(({ activity, content, body }) => ({
    activity,
    content: content === undefined ? undefined : { ...content, body },
  }))
  return context.json(items.length === 1 ? documents[0] : { items: documents })
}

async function withContent(parts: ApiParts, activities: readonly Row[]): Promise<Item[]> {
  const items: Item[] = []
  for (const activity of activities) {
    const [content] = await runQuery(parts.store, contentById, { id: String(activity["id"]) })
    items.push({ activity, content: content as Row | undefined, body: content === undefined ? {} : JSON.parse(content.body) })
  }
  return items
}

/** HAR knows HTTP only: of a model call or an MCP message it is the exchange that was named as it. */
async function exchangesOf(parts: ApiParts, items: readonly Item[]): Promise<readonly Item[]> {
  const exchanges = items.filter(({ activity }) => activity["kind"] === "http")
  const [only] = items
  if (exchanges.length > 0 || only === undefined) return exchanges
  const at = Number(only.activity["at"])
  const filters = { flow: [String(only.activity["flow_id"])], kind: ["http"] }
  const near = await runQuery(parts.store, activitySearch, { filters, from: at, to: at + 1, limit: MAX_ACTIVITIES, columns: "all" })
  const named = (await withContent(parts, near)).filter(({ body }) => {
    const names = (body as { named?: readonly { id: string }[] }).named ?? []
    return names.some(({ id }) => id === only.activity["id"])
  })
  if (named.length > 0) return named
  throw new ProblemError({
    status: 404,
    title: "No HTTP exchange of its own",
    detail: `HAR holds HTTP exchanges. Ask for format=json, or for the whole connection: /v1/flows/${String(only.activity["flow_id"])}/evidence?format=har`,
  })
}

const FILES = {
  200: {
    description: "The file",
    content: {
      "application/json": { schema: z.looseObject({}) },
      "application/x-pcapng": { schema: z.string().openapi({ format: "binary" }) },
    },
  },
}
// Of one connection; a keep-alive connection of an agent carries some dozens.
const MAX_ACTIVITIES = 1_000

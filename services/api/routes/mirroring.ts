// The switch of mirroring: what is protected, what protecting an egress IP would mean, doing it, undoing it, and why no packets come.
import { createRoute, z } from "@hono/zod-openapi"
import type { Api } from "../api.ts"
import { needs } from "../auth.ts"
import type { ApiParts, MirrorControl } from "../parts.ts"
import { ProblemError } from "../problem.ts"
import { record } from "../record.ts"
import { jsonBody, jsonReply } from "./openapi.ts"

const anything = z.looseObject({})
// An account has at most 10,000 mirror sessions; nobody types more addresses than this at once.
const egressIps = z.array(z.union([z.ipv4(), z.ipv6()])).max(1_000)
const chosen = z.object({ egressIps: egressIps.min(1) })
type Chosen = z.infer<typeof chosen>

export function addMirroringRoutes(app: Api, parts: ApiParts): void {
  const tags = ["mirroring"]
  const control = (): MirrorControl => {
    if (parts.mirror !== undefined) return parts.mirror
    throw new ProblemError({
      status: 503,
      title: "Mirroring is not switched from here",
      detail: "mirror.provider is manual, or another process does it. The command line can: egret mirror --help.",
    })
  }
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/mirroring",
      tags,
      summary: "Egress IPs that are protected; asks nothing of the cloud",
      middleware: needs("read"),
      responses: jsonReply(
        z.looseObject({ configured: z.boolean(), target: z.string().optional(), protected: z.array(z.string()), busy: z.boolean() }),
      ),
    }),
    (context) => context.json(parts.mirror?.known() ?? { configured: false, protected: [], busy: false }, 200),
  )
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/mirroring/status",
      tags,
      summary: "The plan for what is protected, and how the cloud differs from it",
      middleware: needs("triage"),
      responses: jsonReply(anything),
    }),
    async (context) => context.json(await asked(() => control().status()), 200),
  )
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/mirroring/checks",
      tags,
      summary: "Every known cause of missing packets, checked, each with its fix",
      middleware: needs("triage"),
      responses: jsonReply(anything),
    }),
    async (context) => context.json({ items: await asked(() => control().checks()) }, 200),
  )
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/mirroring/plan",
      tags,
      summary: "What protecting these egress IPs would make, leave out, cost; changes nothing",
      middleware: needs("triage"),
      ...jsonBody(chosen),
      responses: jsonReply(anything),
    }),
    async (context) => {
      const given = context.req.valid("json") as Chosen
      return context.json(await asked(() => control().plan(given.egressIps)), 200)
    },
  )
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/mirroring/apply",
      tags,
      summary: "Protect these egress IPs too",
      middleware: needs("manage"),
      ...jsonBody(chosen),
      responses: jsonReply(anything),
    }),
    async (context) => {
      const given = context.req.valid("json") as Chosen
      record(parts, context, { action: "mirror-apply", object: given.egressIps.join(" ") })
      const applied = await asked(() => control().apply(given.egressIps))
      if (applied.result === undefined)
        throw new ProblemError({ status: 409, title: "This cannot be mirrored", detail: applied.plan.blockers.join("; ") })
      return context.json({ ...applied }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/mirroring/destroy",
      tags,
      summary: "Stop mirroring these egress IPs; leaves nothing behind",
      middleware: needs("manage"),
      ...jsonBody(chosen),
      responses: jsonReply(anything),
    }),
    async (context) => {
      const given = context.req.valid("json") as Chosen
      record(parts, context, { action: "mirror-destroy", object: given.egressIps.join(" ") })
      return context.json({ ...(await asked(() => control().destroy(given.egressIps))) }, 200)
    },
  )
}

/** What the cloud refuses is the caller's to mend (a permission, a region, a target): its words are passed on. */
async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof ProblemError) throw error
    const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) }
    if (name === "MirroringBusy") throw new ProblemError({ status: 409, title: "Mirroring is being changed", detail: message })
    throw new ProblemError({ status: 422, title: "The cloud could not be asked", detail: `${name}: ${message}` })
  }
}

// Verdicts that come back: a SOAR closes, suppresses, reopens, assigns or blocks an event. Its token has a role of its own that can do nothing else.
import { createHash } from "node:crypto"
import { createRoute, z } from "@hono/zod-openapi"
import type { Context } from "hono"
import { eventById } from "../../store/queries/judgement.ts"
import { runQuery } from "../../store/queries/named-query.ts"
import type { Api } from "../api.ts"
import { needs } from "../auth.ts"
import { type Change, handled, notesOf } from "../handling.ts"
import { IdempotencyKeys } from "../idempotency.ts"
import type { ApiEnv, ApiParts, BlockOutcome } from "../parts.ts"
import { ProblemError } from "../problem.ts"
import { record } from "../record.ts"
import { jsonReply } from "./openapi.ts"

const common = {
  event: z.string().min(1).max(200).describe("Id of the event, as every destination got it."),
  reason: z.string().min(3).max(1_000).describe("Why; shown on the event and kept in the audit trail."),
  by: z.string().max(200).optional().describe("Who decided, in the SOAR."),
  reference: z.string().max(1_000).optional().describe("Case or ticket, for example its address."),
}
const verdict = z.discriminatedUnion("action", [
  z.strictObject({ ...common, action: z.literal("close"), resolution: z.enum(["resolved", "false-positive"]).default("resolved") }),
  z.strictObject({ ...common, action: z.literal("suppress"), days: z.number().int().min(1).max(365).optional() }),
  z.strictObject({ ...common, action: z.literal("reopen") }),
  z.strictObject({ ...common, action: z.literal("assign"), assignee: z.string().min(1).max(200) }),
  z.strictObject({
    ...common,
    action: z.literal("block"),
    with: z.string().max(40).optional().describe("Name of an action of the configuration's section respond; the only one when left out."),
    minutes: z
      .number()
      .int()
      .min(1)
      .max(525_600)
      .optional()
      .describe("How long; the action's own time when left out, its longest at most."),
  }),
])
type Verdict = z.infer<typeof verdict>
const anything = z.looseObject({})

export function addSoarRoutes(app: Api, parts: ApiParts): void {
  let opened: IdempotencyKeys | undefined
  // Not at start: an API that no SOAR uses keeps no file for it.
  const keysInUse = (): IdempotencyKeys => (opened ??= new IdempotencyKeys(parts.config.stateDir, "soar-keys"))
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/soar/verdicts",
      tags: ["soar"],
      summary: "A verdict on an event: close, suppress, reopen, assign or block, with a reason",
      description:
        "Needs a token of the role soar (egret token create NAME --role soar) and the header idempotency-key: the same key again does nothing again.",
      middleware: needs("verdict"),
      request: {
        headers: z.object({ "idempotency-key": z.string().min(8).max(200) }),
        body: { required: true, content: { "application/json": { schema: verdict } } },
      },
      responses: jsonReply(z.looseObject({ replayed: z.boolean(), event: anything })),
    }),
    async (context) => {
      const given = context.req.valid("json") as Verdict
      const key = `${context.get("principal").name}\n${context.req.valid("header")["idempotency-key"]}`
      const keys = keysInUse()
      const claim = keys.claim(key, createHash("sha256").update(JSON.stringify(given)).digest("hex"))
      if (claim.state === "other")
        throw new ProblemError({ status: 422, title: "Key used before", detail: "This idempotency-key was sent with another request." })
      if (claim.state === "running")
        throw new ProblemError({ status: 409, title: "Under way", detail: "The same request is being carried out." })
      if (claim.state === "done")
        return context.json({ ...(claim.result as object), replayed: true, event: await eventOf(parts, given.event) }, 200)
      try {
        const result = await carryOut(parts, context, { given, key, again: claim.state === "unfinished" })
        keys.finish(key, result)
        return context.json({ ...result, replayed: false, event: await eventOf(parts, given.event) }, 200)
      } catch (error) {
        keys.release(key)
        throw error
      }
    },
  )
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/soar/events/{id}",
      tags: ["soar"],
      summary: "One event as it stands, for the program that handles it",
      middleware: needs("verdict"),
      request: { params: z.object({ id: z.string() }) },
      responses: jsonReply(anything),
    }),
    async (context) => context.json({ ...(await eventOf(parts, context.req.valid("param").id)) }, 200),
  )
}

interface Carrying {
  readonly given: Verdict
  readonly key: string
  /** A crash cut the first try: it may have had its effect. */
  readonly again: boolean
}

async function carryOut(parts: ApiParts, context: Context<ApiEnv>, { given, key, again }: Carrying): Promise<{ block?: BlockOutcome }> {
  const event = await eventOf(parts, given.event)
  const { name } = context.get("principal")
  const by = given.by === undefined ? name : `${given.by} (${name})`
  const mark = createHash("sha256").update(key).digest("hex").slice(0, 16)
  if (again && notesOf(event).some((note) => note.key === mark) && given.action !== "block") return {}
  // On record before it is done: what was done is never without its entry.
  record(parts, context, { action: `soar-${given.action}`, object: given.event, detail: JSON.stringify(given).slice(0, 500) })
  const block = given.action === "block" ? await blockOf(parts, { given, event, by, key: mark }) : undefined
  const change = changeOf(given, block)
  const marks = { action: given.action, key: mark, ...(given.reference !== undefined && { reference: given.reference }) }
  if (!notesOf(event).some((note) => note.key === mark))
    await parts.store.insert("event_handling", [handled(event, { given: change, by, now: parts.now(), marks })])
  return block === undefined ? {} : { block }
}

function changeOf(given: Verdict, block: BlockOutcome | undefined): Change {
  switch (given.action) {
    case "close":
      return { status: given.resolution, note: `Closed as ${given.resolution}: ${given.reason}` }
    case "suppress":
      return {
        suppress: { reason: given.reason, ...(given.days !== undefined && { days: given.days }) },
        note: `Suppressed${given.days === undefined ? "" : ` for ${given.days} days`}: ${given.reason}`,
      }
    case "reopen":
      return { status: "new", note: `Reopened: ${given.reason}` }
    case "assign":
      return { assignee: given.assignee, note: `Assigned to ${given.assignee}: ${given.reason}` }
    case "block":
      return { status: "in-progress", note: `Block asked for: ${given.reason}. ${toldOf(block)}` }
  }
}

function toldOf(block: BlockOutcome | undefined): string {
  if (block === undefined || !block.done) return ""
  return `${block.dryRun ? "Dry run" : "Respond"} ${block.id}: ${block.state}, until ${new Date(block.until).toISOString()}.`
}

async function blockOf(
  parts: ApiParts,
  {
    given,
    event,
    by,
    key,
  }: { given: Extract<Verdict, { action: "block" }>; event: Readonly<Record<string, unknown>>; by: string; key: string },
): Promise<BlockOutcome> {
  if (parts.block === undefined)
    throw new ProblemError({
      status: 409,
      title: "Responding is not turned on",
      detail: "Set respond.enabled and an action in the configuration of the process that serves the API.",
    })
  const outcome = await parts.block.block({
    event,
    reason: given.reason,
    by,
    key,
    ...(given.with !== undefined && { action: given.with }),
    ...(given.minutes !== undefined && { minutes: given.minutes }),
  })
  if (!outcome.done) throw new ProblemError({ status: 409, title: "Not blocked", detail: outcome.why })
  return outcome
}

async function eventOf(parts: ApiParts, id: string): Promise<Readonly<Record<string, unknown>>> {
  const [event] = await runQuery(parts.store, eventById, { id })
  if (event === undefined) throw new ProblemError({ status: 404, title: "No such event" })
  return event
}

// From what the bus carries to rows. What does not parse is a dead letter with the reason, never an exception: one bad message must not stop a topic.
import type { ZodType } from "zod"
import type { BusEvent } from "../contracts/bus.ts"
import { type Envelope, envelope } from "../contracts/envelope.ts"
import { securityEvent } from "../contracts/event.ts"
import { readFilePart } from "../contracts/file-part.ts"
import { finding } from "../contracts/finding.ts"
import { type Topic, topics } from "../contracts/topics.ts"
import { verdict } from "../contracts/verdict.ts"
import { rowOfEvent, rowOfVerdict, rowsOfActivity, rowsOfFinding, type TableRow } from "./rows.ts"

export type Ingested = { readonly ok: true; readonly rows: readonly TableRow[] } | { readonly ok: false; readonly reason: string }

/** The topics whose events become rows. */
export const storedTopics: readonly Topic[] = [topics.activity, topics.finding, topics.event, topics.verdict, topics.file]

export function ingest(topic: Topic, event: BusEvent): Ingested {
  switch (topic) {
    case topics.activity:
      return fromJson(event, envelope as unknown as ZodType<Envelope>, rowsOfActivity)
    case topics.finding:
      return fromJson(event, finding, rowsOfFinding)
    case topics.event:
      return fromJson(event, securityEvent, (parsed) => [{ table: "event", row: rowOfEvent(parsed) }])
    case topics.verdict:
      return fromJson(event, verdict, (parsed) => [{ table: "verdict", row: rowOfVerdict(parsed) }])
    case topics.file:
      return filePart(event)
    default:
      return { ok: false, reason: `topic ${topic} is not stored` }
  }
}

function fromJson<T>(event: BusEvent, schema: ZodType<T>, rowsOf: (parsed: T) => TableRow[]): Ingested {
  let json: unknown
  try {
    json = JSON.parse(Buffer.from(event.value.buffer, event.value.byteOffset, event.value.byteLength).toString("utf8"))
  } catch {
    return { ok: false, reason: "not JSON" }
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return { ok: true, rows: rowsOf(parsed.data) }
  const [issue] = parsed.error.issues
  return { ok: false, reason: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "does not fit the contract"}` }
}

function filePart(event: BusEvent): Ingested {
  const read = readFilePart(event)
  if ("problem" in read) return { ok: false, reason: read.problem }
  const { sha256, part, parts, data } = read
  return { ok: true, rows: [{ table: "file_part", row: { sha256, part, parts, data } }] }
}

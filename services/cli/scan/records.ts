// One line of `{id, direction, place, text}` to what the detectors are given.
import { z } from "zod"
import { places, type Subject, type TextItem } from "../../contracts/inspection.ts"
import { direction } from "../../contracts/primitives.ts"

const record = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  direction: direction.optional(),
  place: z.enum(places).optional(),
  text: z.string(),
  name: z.string().optional(),
})

export interface Defaults {
  readonly direction: Subject["direction"]
  readonly place: TextItem["place"]
}

export type RecordResult = { readonly subject: Subject } | { readonly id: string; readonly error: string }

/** `number` is the line's, from 1: the id of a record that has none. */
export function readRecord(line: string, number: number, defaults: Defaults): RecordResult {
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch {
    return { id: String(number), error: "not JSON" }
  }
  const parsed = record.safeParse(json)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    return { id: idOf(json) ?? String(number), error: `${issue?.path.join(".") || "record"}: ${issue?.message ?? "not a record"}` }
  }
  const { id, text, place = defaults.place, direction = defaults.direction } = parsed.data
  return { subject: textSubject(String(id ?? number), { place, direction, path: "text", text, ...nameOf(parsed.data, place) }) }
}

export function textSubject(id: string, item: TextItem): Subject {
  return { id, kind: "scan", direction: item.direction, texts: [item] }
}

/** True for a line that is one of our records: the first line decides how a stream is read. */
export function isRecord(line: string): boolean {
  if (!line.trimStart().startsWith("{")) return false
  try {
    return typeof (JSON.parse(line) as { text?: unknown }).text === "string"
  } catch {
    return false
  }
}

/** A header record is often written whole: "Authorization: Bearer ...". */
function nameOf({ name, text }: { name?: string | undefined; text: string }, place: TextItem["place"]): { name?: string } {
  if (name !== undefined) return { name }
  const header = place === "header" ? /^([A-Za-z0-9-]{1,64}):\s/.exec(text) : null
  return header?.[1] === undefined ? {} : { name: header[1] }
}

function idOf(json: unknown): string | undefined {
  const id = (json as { id?: unknown } | null)?.id
  return typeof id === "string" || typeof id === "number" ? String(id) : undefined
}

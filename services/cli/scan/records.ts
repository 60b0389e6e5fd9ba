// One line of `{id, direction, place, text}` to what the detectors are given.
import { z } from "zod"
import { isInternalAddress } from "../../../detectors/destinations/addresses.ts"
import { isKnownHost, vendorOf } from "../../../detectors/destinations/catalogue.ts"
import { type Destination, places, type Subject, type TextItem } from "../../contracts/inspection.ts"
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

/** `id` as it was given, so that whoever asked finds it again; the line number where there is none. */
export type RecordResult =
  | { readonly id: string | number; readonly subject: Subject }
  | { readonly id: string | number; readonly line: number; readonly error: string }

/** `number` is the line's, from 1: the id of a record that has none. */
export function readRecord(line: string, number: number, defaults: Defaults): RecordResult {
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch {
    return { id: String(number), line: number, error: `line ${number}: not JSON` }
  }
  const parsed = record.safeParse(json)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const what = `${issue?.path.join(".") || "record"}: ${issue?.message ?? "not a record"}`
    return { id: idOf(json) ?? String(number), line: number, error: `line ${number}: ${what}` }
  }
  const { id, text, place = defaults.place, direction = defaults.direction } = parsed.data
  // A name that was looked up has its own path: answers have others.
  const path = place === "dns" && direction === "outbound" ? "name" : "text"
  return {
    id: id ?? String(number),
    subject: textSubject(String(id ?? number), { place, direction, path, text, ...nameOf(parsed.data, place) }),
  }
}

export function textSubject(id: string, item: TextItem): Subject {
  const destination = item.place === "url" && item.direction === "outbound" ? destinationOf(item.text) : undefined
  return { id, kind: "scan", direction: item.direction, texts: [item], ...(destination === undefined ? {} : { destination }) }
}

/** An address says where it goes. */
function destinationOf(text: string): Destination | undefined {
  const match = /^\s{0,8}(https?|wss?):\/\/(?:[^/?#\s@]{0,256}@)?([^/?#\s:@]{1,255})(?::(\d{1,5}))?/i.exec(text)
  const host = match?.[2]?.toLowerCase()
  if (host === undefined) return undefined
  const provider = vendorOf(host)
  const known = provider !== undefined ? "provider" : isInternalAddress(host) ? "internal" : isKnownHost(host) ? "known" : "unknown"
  const port = Number(match?.[3] ?? (/s:$/i.test(`${match?.[1]}:`) ? 443 : 80))
  return { host, port, class: known, ...(provider === undefined ? {} : { provider }) }
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

function idOf(json: unknown): string | number | undefined {
  const id = (json as { id?: unknown } | null)?.id
  return typeof id === "string" || typeof id === "number" ? id : undefined
}

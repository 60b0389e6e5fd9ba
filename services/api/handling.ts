// What handling an event writes: the whole state after the change, in the table that detection does not touch.
import type { z } from "@hono/zod-openapi"
import type { eventStatus } from "../contracts/event.ts"

export interface Change {
  readonly status?: z.infer<typeof eventStatus> | undefined
  readonly assignee?: string | undefined
  readonly note?: string | undefined
  readonly suppress?: { readonly reason: string; readonly days?: number | undefined } | undefined
}

export interface Note {
  readonly at: number
  readonly by: string
  readonly text: string
  /** Of a verdict that came back from a SOAR: what it did, and where to read on. */
  readonly action?: string
  readonly reference?: string
  /** Its idempotency key: a verdict whose answer was lost is not noted twice. */
  readonly key?: string
}

interface Circumstances {
  readonly given: Change
  readonly by: string
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly marks?: Pick<Note, "action" | "reference" | "key">
}

/** What is not given stays as it was. */
export function handled(event: Readonly<Record<string, unknown>>, { given, by, now, marks = {} }: Circumstances): Record<string, unknown> {
  const notes = notesOf(event)
  const added: Note[] = given.note === undefined ? [] : [{ at: now * 1_000, by, text: given.note, ...marks }]
  const { suppress } = given
  const lifted = given.status !== undefined && given.status !== "suppressed"
  return {
    id: event["id"],
    handled_at: now * 1_000,
    status: suppress === undefined ? (given.status ?? event["status"]) : "suppressed",
    assignee: given.assignee ?? event["assignee"],
    notes: JSON.stringify([...notes, ...added]),
    suppression_reason: suppress?.reason ?? (lifted ? "" : event["suppression_reason"]),
    suppression_by: suppress === undefined ? (lifted ? "" : event["suppression_by"]) : by,
    suppression_until:
      suppress?.days === undefined
        ? suppress === undefined && !lifted
          ? event["suppression_until"]
          : 0
        : (now + suppress.days * DAY) * 1_000,
  }
}

export function notesOf(event: Readonly<Record<string, unknown>>): Note[] {
  try {
    const parsed: unknown = JSON.parse(String(event["notes"]))
    return Array.isArray(parsed) ? (parsed as Note[]) : []
  } catch {
    return []
  }
}

const DAY = 86_400_000

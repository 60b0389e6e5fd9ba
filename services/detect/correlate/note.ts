// A judgement that rests on more than one activity.
import type { Severity } from "../../contracts/severity.ts"
import type { Judgement } from "../inspect.ts"
import type { Inspected } from "../inspected.ts"
import { idOf } from "../mask.ts"
import { referencesOf } from "../references.ts"

export interface Note {
  readonly rule: string
  readonly family: string
  readonly severity: Severity
  readonly confidence: number
  readonly title: string
  readonly reason: string
  readonly place: string
  readonly path: string
  /** Already masked. */
  readonly masked: string
  /** What makes two notes the same thing. */
  readonly subject: string
  readonly facts?: Readonly<Record<string, string | number | boolean>>
  readonly references?: readonly string[]
  /** Earlier activities it rests on. */
  readonly related?: readonly string[]
}

export function judgementOf(note: Note, { head, facts }: Inspected): Judgement {
  const { destination } = head
  return {
    v: 1,
    id: idOf(head.id, note.rule, note.subject),
    at: head.at,
    sensor: head.sensor,
    rule: note.rule,
    family: note.family,
    severity: note.severity,
    confidence: note.confidence,
    title: note.title,
    reason: note.reason,
    direction: facts.direction,
    activity: { id: head.id, kind: head.kind },
    flow: head.flow,
    agent: head.agent,
    ...(destination === undefined
      ? {}
      : {
          destination: {
            host: destination.host,
            port: destination.port,
            class: destination.class,
            ...(destination.provider === undefined ? {} : { provider: destination.provider }),
          },
        }),
    evidence: {
      place: note.place,
      path: note.path,
      span: [0, 0],
      masked: note.masked,
      fingerprint: idOf(note.rule, note.subject),
      decoded: [],
    },
    facts: { subject: note.subject.slice(0, 200), ...note.facts },
    references: referencesOf({ rule: note.rule, family: note.family, given: note.references }),
    related: [...(note.related ?? [])],
  }
}

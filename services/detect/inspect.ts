// One activity to what the detectors say of it, with the clear text already masked: what leaves this function may be logged, stored and sent.

import { subjectOf } from "../../detectors/subjects.ts"
import type { Envelope } from "../contracts/envelope.ts"
import type { Finding } from "../contracts/finding.ts"
import type { Detector, RawFinding, Subject } from "../contracts/inspection.ts"
import { fingerprintOf, idOf, maskContext, maskMatch } from "./mask.ts"
import { referencesOf } from "./references.ts"

/** A finding before policy has spoken. */
export type Judgement = Omit<Finding, "decision">

export interface Inspection {
  readonly subject: Subject
  readonly judgements: readonly Judgement[]
  /** Same order as `judgements`; clear text, for correlation inside the process only. */
  readonly raw: readonly RawFinding[]
}

export function inspect(envelope: Envelope, detectors: readonly Detector[], key: Uint8Array): Inspection {
  const subject = subjectOf(envelope)
  const raw = detect(subject, detectors)
  return { subject, raw, judgements: raw.map((finding) => judge(finding, { envelope, subject, key })) }
}

/** What the detectors say of a subject: duplicates removed, bounded, worst first. */
export function detect(subject: Subject, detectors: readonly Detector[]): RawFinding[] {
  const found = new Map<string, RawFinding>()
  for (const detector of detectors) {
    detector.inspect(subject, (finding) => {
      const id = `${finding.rule}\n${finding.path}\n${finding.span[0]}\n${finding.span[1]}`
      const earlier = found.get(id)
      if (earlier === undefined ? found.size < MAX_FINDINGS : finding.confidence > earlier.confidence) found.set(id, finding)
    })
  }
  return [...found.values()]
}

interface JudgeContext {
  readonly envelope: Envelope
  readonly subject: Subject
  readonly key: Uint8Array
}

export function judge(raw: RawFinding, { envelope, subject, key }: JudgeContext): Judgement {
  const { destination } = subject
  const text = subject.texts.find(({ path }) => path === raw.path)?.text
  const context = text === undefined ? undefined : maskContext(text, raw)
  return {
    v: 1,
    id: idOf(envelope.id, raw.rule, raw.path, `${raw.span[0]}:${raw.span[1]}`),
    at: envelope.at,
    sensor: envelope.sensor,
    rule: raw.rule,
    family: raw.family,
    severity: raw.severity,
    confidence: Math.min(1, Math.max(0, raw.confidence)),
    title: raw.title,
    reason: raw.reason,
    direction: raw.direction,
    activity: { id: envelope.id, kind: envelope.kind },
    flow: envelope.flow,
    agent: envelope.agent,
    ...(destination === undefined ? {} : { destination: destinationRow(destination) }),
    evidence: {
      place: raw.place,
      path: raw.path,
      span: [raw.span[0], raw.span[1]],
      masked: maskMatch(raw.matched, raw.sensitive),
      ...(context === undefined ? {} : { context }),
      fingerprint: fingerprintOf(raw.matched, key),
      decoded: [...(raw.decoded ?? [])],
    },
    facts: { ...raw.facts },
    references: referencesOf({ rule: raw.rule, family: raw.family, given: raw.references }),
    related: [],
  }
}

function destinationRow({ host, port, class: kind, provider }: NonNullable<Subject["destination"]>): NonNullable<Finding["destination"]> {
  return { host, port, class: kind, ...(provider === undefined ? {} : { provider }) }
}

// One hostile activity may hold a million matches; a person needs a few and the count is in the events.
const MAX_FINDINGS = 64

// What a worker answers for one envelope: all that correlation and policy need, so that the main thread never parses the envelope itself.
import type { Envelope } from "../contracts/envelope.ts"
import type { Destination, Subject } from "../contracts/inspection.ts"
import type { PolicyFacts } from "../policy/facts.ts"
import { factsOf } from "../policy/facts.ts"
import type { Judgement } from "./inspect.ts"

export interface Inspected {
  readonly head: EnvelopeHead
  readonly judgements: readonly Judgement[]
  readonly facts: PolicyFacts
}

export type EnvelopeHead = Pick<Envelope, "id" | "at" | "sensor" | "vantage" | "flow" | "agent" | "kind"> & {
  readonly destination?: Destination
}

export function inspectedOf(envelope: Envelope, subject: Subject, judgements: readonly Judgement[]): Inspected {
  const { id, at, sensor, vantage, flow, agent, kind } = envelope
  const destination = subject.destination === undefined ? {} : { destination: subject.destination }
  return { head: { id, at, sensor, vantage, flow, agent, kind, ...destination }, judgements, facts: factsOf(envelope, subject) }
}

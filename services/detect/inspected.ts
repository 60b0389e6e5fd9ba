// What a worker answers for one envelope: all that correlation and policy need, so that the main thread never parses the envelope itself.
import type { Envelope } from "../contracts/envelope.ts"
import type { Destination } from "../contracts/inspection.ts"
import type { PolicyFacts } from "../policy/facts.ts"
import { factsOf } from "../policy/facts.ts"
import type { Signals } from "./correlate/signals.ts"
import type { Inspection, Judgement } from "./inspect.ts"

export interface Inspected {
  readonly head: EnvelopeHead
  readonly judgements: readonly Judgement[]
  readonly facts: PolicyFacts
  readonly signals: Signals
}

export type EnvelopeHead = Pick<Envelope, "id" | "at" | "sensor" | "vantage" | "flow" | "agent" | "kind"> & {
  readonly destination?: Destination
}

/** The part of a head that memory rests on. */
export type Observed = Pick<EnvelopeHead, "id" | "at" | "kind" | "destination"> & { readonly agent: Pick<EnvelopeHead["agent"], "id"> }

export function inspectedOf(envelope: Envelope, { subject, judgements }: Inspection, signals: Signals): Inspected {
  const { id, at, sensor, vantage, flow, agent, kind } = envelope
  const destination = subject.destination === undefined ? {} : { destination: subject.destination }
  return { head: { id, at, sensor, vantage, flow, agent, kind, ...destination }, judgements, facts: factsOf(envelope, subject), signals }
}

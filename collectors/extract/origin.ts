// Who and where, for every row: the base of an envelope.
import type { ActivityData, ActivityKind, AgentRef, Envelope, FlowRef, Vantage } from "../../services/contracts/envelope.ts"
import type { Micros } from "../wire/stream.ts"
import { activityId } from "./ids.ts"
import type { Placed } from "./workload.ts"

export type Emit = (envelope: Envelope) => void

export interface Origin {
  readonly sensor: string
  readonly vantage: Vantage
  readonly flow: FlowRef
  readonly placed: Placed
  readonly agent: AgentRef
  readonly emit: Emit
}

export interface Row<K extends ActivityKind> {
  readonly kind: K
  readonly at: Micros
  readonly position: string
  readonly data: ActivityData<K>
}

export function idOf(origin: Pick<Origin, "sensor" | "flow">, kind: ActivityKind, position: string): string {
  return activityId({ sensor: origin.sensor, flow: origin.flow.id, kind, position })
}

export function emitRow<K extends ActivityKind>(origin: Origin, { kind, at, position, data }: Row<K>): void {
  const { sensor, vantage, flow, placed, agent } = origin
  const base = { v: 1 as const, id: idOf(origin, kind, position), at, sensor, vantage, flow, agent, direction: placed.direction }
  origin.emit({ ...base, kind, data } as unknown as Envelope)
}

/** The name when nothing says more: the machine itself. */
export function workloadAgent({ workload }: Placed): AgentRef {
  return { id: `workload:${workload.id}`, name: "unknown", confidence: 0, signals: [], conflicts: [], workload }
}

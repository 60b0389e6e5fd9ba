import { z } from "zod"
import { activityKinds } from "./activity/kinds.ts"
import { direction, endpoint, micros } from "./primitives.ts"

/** Where an activity was seen. A mirror cannot stop a byte; a gateway and an SDK can. */
export const vantage = z.enum(["mirror", "gateway", "sdk"])
export type Vantage = z.infer<typeof vantage>

/** The connection that carried the activity. `id` is stable over replays of the same traffic. */
export const flowRef = z.object({
  id: z.string(),
  /** Virtual network the mirror tagged the packet with; 0 when there is none. */
  vni: z.number().int().nonnegative(),
  client: endpoint,
  server: endpoint,
  transport: z.enum(["tcp", "udp", "quic", "pipe"]),
  /** TLS server name, HTTP authority or DNS name that says what the server address was asked for, where known. */
  host: z.string().optional(),
})
export type FlowRef = z.infer<typeof flowRef>

/** The machine behind the egress IP: what mirroring knows of it. `id` is the VNI and private address when nothing better is known. */
export const workload = z.object({
  id: z.string(),
  vni: z.number().int().nonnegative(),
  ip: z.string(),
  egressIp: z.string().optional(),
  account: z.string().optional(),
  vpc: z.string().optional(),
  networkInterface: z.string().optional(),
  instance: z.string().optional(),
})
export type Workload = z.infer<typeof workload>

/** One signal that says which agent this is, with where it was read. */
export const agentSignal = z.object({ source: z.string(), value: z.string(), says: z.string() })

/** Who acts. Named only when at least two independent signals agree; otherwise the workload stands in with a low confidence. */
export const agentRef = z.object({
  id: z.string(),
  name: z.string(),
  version: z.string().optional(),
  confidence: z.number().min(0).max(1),
  signals: z.array(agentSignal).default([]),
  /** Signals that contradict the name: a client that imitates another. */
  conflicts: z.array(agentSignal).default([]),
  workload,
})
export type AgentRef = z.infer<typeof agentRef>

export const envelopeBase = z.object({
  v: z.literal(1),
  /** Deterministic: a replay, a redelivered message and a retried insert give the same id. */
  id: z.string(),
  at: micros,
  sensor: z.string(),
  vantage,
  flow: flowRef,
  agent: agentRef,
  /** Which way the activity was opened, seen from the agent: a request the agent makes is outbound. */
  direction: direction.optional(),
})

const variants = Object.entries(activityKinds).map(([kind, data]) => envelopeBase.extend({ kind: z.literal(kind), data }))
export const envelope = z.discriminatedUnion("kind", variants as unknown as [(typeof variants)[number], ...typeof variants])

type Kinds = typeof activityKinds
export type ActivityKind = keyof Kinds
export type ActivityData<K extends ActivityKind> = z.infer<Kinds[K]>
/** One activity on topic `egret.activity.v1` and in `egret replay --format ndjson`. */
export type Envelope<K extends ActivityKind = ActivityKind> = {
  [P in K]: z.infer<typeof envelopeBase> & { kind: P; data: ActivityData<P> }
}[K]

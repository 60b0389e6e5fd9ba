import { z } from "zod"
import { agentRef, flowRef } from "./envelope.ts"
import { direction, micros } from "./primitives.ts"
import { severity } from "./severity.ts"

export const action = z.enum(["allow", "log", "alert", "review", "redact", "block"])
export type Action = z.infer<typeof action>

/** What policy decided and why: which rule, which evidence, which knob changes it. */
export const decision = z.object({
  action,
  /** What the vantage could do about it: a mirror only alerts. */
  enforced: z.boolean(),
  rule: z.string(),
  reason: z.string(),
  knob: z.string().optional(),
})
export type Decision = z.infer<typeof decision>

/** One judgement on one activity, on topic `egret.finding.v1`. Never holds the clear text of what matched. */
export const finding = z.object({
  v: z.literal(1),
  /** Deterministic: activity, rule, path and span. */
  id: z.string(),
  at: micros,
  sensor: z.string(),
  rule: z.string(),
  family: z.string(),
  severity,
  confidence: z.number().min(0).max(1),
  title: z.string(),
  reason: z.string(),
  direction,
  activity: z.object({ id: z.string(), kind: z.string() }),
  flow: flowRef.optional(),
  agent: agentRef.optional(),
  destination: z.object({ host: z.string(), port: z.number().int(), class: z.string(), provider: z.string().optional() }).optional(),
  evidence: z.object({
    place: z.string(),
    path: z.string(),
    span: z.tuple([z.number().int(), z.number().int()]),
    /** The match with its middle hidden, and a little masked text around it. */
    masked: z.string(),
    context: z.string().optional(),
    /** Keyed hash of the match: equal secrets have equal fingerprints, and nothing can be learned from one. */
    fingerprint: z.string(),
    decoded: z.array(z.string()).default([]),
  }),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  references: z.array(z.string()).default([]),
  /** Earlier activities this judgement rests on (correlation). */
  related: z.array(z.string()).default([]),
  decision,
})
export type Finding = z.infer<typeof finding>

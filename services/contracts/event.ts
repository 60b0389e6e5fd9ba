import { z } from "zod"
import { agentRef } from "./envelope.ts"
import { action } from "./finding.ts"
import { micros } from "./primitives.ts"
import { severity } from "./severity.ts"

export const eventClass = z.enum(["access-control", "anomaly", "data-leak", "supply-chain"])
export const eventStatus = z.enum(["new", "triaged", "in-progress", "resolved", "false-positive", "suppressed"])

/** Findings folded into one thing a person handles, on topic `egret.event.v1`. The same thing many times is one event with a count. */
export const securityEvent = z.object({
  v: z.literal(1),
  /** Deterministic from the fold key: rule, agent, destination, fingerprint or tool. */
  id: z.string(),
  class: eventClass,
  title: z.string(),
  summary: z.string(),
  severity,
  status: eventStatus.default("new"),
  assignee: z.string().optional(),
  notes: z
    .array(
      z.object({
        at: micros,
        by: z.string(),
        text: z.string(),
        /** Of a verdict that a SOAR sent back: what it did, and its case. */
        action: z.string().optional(),
        reference: z.string().optional(),
      }),
    )
    .default([]),
  count: z.number().int().positive(),
  firstSeen: micros,
  lastSeen: micros,
  /** Rises with every change: the newest version of an id wins. */
  revision: z.number().int().nonnegative(),
  rules: z.array(z.string()),
  agent: agentRef.optional(),
  destination: z.string().optional(),
  /** Addresses that it was reached by, the newest last; a few. */
  destinationIps: z.array(z.string()).optional(),
  action,
  findings: z.array(z.string()),
  activities: z.array(z.string()),
  evidence: z.array(z.object({ masked: z.string(), place: z.string(), path: z.string() })).default([]),
  references: z.array(z.string()).default([]),
  suppression: z.object({ reason: z.string(), by: z.string(), until: micros.optional() }).optional(),
})
export type SecurityEvent = z.infer<typeof securityEvent>

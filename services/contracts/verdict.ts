import { z } from "zod"
import { micros } from "./primitives.ts"

/** One engine's word on one file or skill. Only "clean" means clean: unsupported, error, timeout and partial stay what they are. */
export const verdict = z.object({
  v: z.literal(1),
  id: z.string(),
  /** Of the file, or the canonical hash of the skill. */
  sha256: z.string(),
  subject: z.enum(["file", "skill"]),
  name: z.string(),
  engine: z.string(),
  result: z.enum(["clean", "suspicious", "malicious", "unsupported", "error", "timeout", "partial", "pending"]),
  /** 0..100, as comparable as engines allow. */
  score: z.number().min(0).max(100),
  labels: z.array(z.string()).default([]),
  reasons: z
    .array(
      z.object({
        text: z.string(),
        path: z.string().optional(),
        span: z.tuple([z.number(), z.number()]).optional(),
        rule: z.string().optional(),
      }),
    )
    .default([]),
  reportUrl: z.string().optional(),
  submittedAt: micros,
  completedAt: micros.optional(),
  activities: z.array(z.string()).default([]),
})
export type Verdict = z.infer<typeof verdict>

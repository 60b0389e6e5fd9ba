import { z } from "zod"

/** Traffic that breaks its protocol's rules. Named, counted, never an exception. */
export const anomalyData = z.object({
  layer: z.string(),
  /** Kebab-case, from a bounded set: "tcp-overlap-conflict", "http1-te-and-cl", "tls-bad-tag", … */
  code: z.string(),
  detail: z.string().optional(),
  side: z.enum(["client", "server"]).optional(),
})

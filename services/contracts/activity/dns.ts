import { z } from "zod"

export const dnsData = z.object({
  name: z.string(),
  type: z.string(),
  /** Absent while no answer was seen. */
  rcode: z.string().optional(),
  answers: z.array(z.object({ name: z.string(), type: z.string(), ttl: z.number(), value: z.string() })).default([]),
  over: z.enum(["udp", "tcp", "https"]).default("udp"),
  questionBytes: z.number().int().optional(),
  answerBytes: z.number().int().optional(),
})

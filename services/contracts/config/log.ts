import { z } from "zod"

export const logConfig = z.strictObject({
  level: z
    .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"])
    .default("info")
    .describe("Least severe line that is written."),
  format: z.enum(["auto", "json", "pretty"]).default("auto").describe("auto: pretty on a terminal, JSON lines elsewhere."),
})
export type LogConfig = z.infer<typeof logConfig>

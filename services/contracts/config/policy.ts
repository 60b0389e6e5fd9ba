import { z } from "zod"

export const policyConfig = z.strictObject({
  preset: z
    .enum(["observe", "balanced", "strict"])
    .default("balanced")
    .describe("Shipped policy, used when there is no file. observe: log only. strict: block what a vantage in the path can block."),
  file: z
    .string()
    .optional()
    .describe(
      "A policy of your own; `egret detect` and `egret up` read it again when it changes and on SIGHUP; one with a mistake is told and the one before stays in force.",
    ),
})

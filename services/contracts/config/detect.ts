import { z } from "zod"
import { secret } from "./secret.ts"
import { byteSize, duration } from "./units.ts"

export const detectConfig = z.strictObject({
  workers: z
    .number()
    .int()
    .min(0)
    .max(256)
    .default(0)
    .describe("Worker threads that inspect; 0: one less than there are processors, at least one."),
  inspectionTimeout: duration
    .prefault("2s")
    .describe("One activity may take so long before its worker is ended and it goes to the dead letters."),
  workerMemory: byteSize.prefault("512MB").describe("Heap of one worker; one that wants more is ended."),
  fingerprintKey: secret
    .optional()
    .describe(
      "Key of the fingerprints in findings, 64 hex digits: give all `egret detect` the same. Made and kept in stateDir when absent.",
    ),
  valuesFile: z
    .string()
    .optional()
    .describe("Fingerprints of canaries and of your own values, as `egret values` writes them. values.json in stateDir when absent."),
  stateDir: z.string().min(1).default(".egret/detect").describe("What is remembered of each workload between restarts."),
})

// The file of values known in advance, as `egret values` writes it: fingerprints only. The key is not in it.
import { z } from "zod"

const fingerprint = z.strictObject({
  label: z.string().min(1).max(200),
  kind: z.enum(["canary", "dictionary"]),
  length: z.number().int().min(6).max(100_000),
  head: z.number().int(),
  whole: z.number().int(),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
})

export const knownValuesFile = z.strictObject({
  v: z.literal(1),
  /** Of the key that made the fingerprints: under another they would find nothing, and nobody would know. */
  keyId: z.string(),
  values: z.array(fingerprint).max(100_000),
})
export type KnownValuesFile = z.infer<typeof knownValuesFile>

/** What a detector is given: the key and the fingerprints made with it. */
export interface KnownValues {
  readonly key: string
  readonly fingerprints: KnownValuesFile["values"]
}

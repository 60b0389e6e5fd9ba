// What gateways deny, as `respond` publishes it and a gateway reads it: signed, numbered, each entry with its end.
import { z } from "zod"

export const denyList = z.object({
  v: z.literal(1),
  /** Rises with every change: a reader refuses a lower one than it has seen, so that an old list cannot be played back. */
  version: z.number().int().nonnegative(),
  /** Milliseconds since the epoch. */
  issuedAt: z.number(),
  entries: z.array(
    z.object({
      /** Of the response that put it there. */
      id: z.string(),
      /** host: the name and everything below it. ip: an address. workload: the agent's private address, with its VNI where that is known. */
      kind: z.enum(["host", "ip", "workload"]),
      value: z.string(),
      reason: z.string(),
      /** Milliseconds since the epoch: over then, also when no newer list arrives. */
      until: z.number(),
    }),
  ),
})
export type DenyList = z.infer<typeof denyList>

/** What is in the file and on the wire: the list as the text that was signed. */
export const signedDenyList = z.object({
  payload: z.string(),
  /** First 16 hex digits of the SHA-256 of the public key (SPKI, DER). */
  key: z.string(),
  /** Ed25519 over the payload's UTF-8 bytes, base64. */
  signature: z.string(),
})
export type SignedDenyList = z.infer<typeof signedDenyList>

import { z } from "zod"

/** One TLS or QUIC handshake: always the hello facts; decryption says how far the keys reached. */
export const tlsData = z.object({
  sni: z.string().optional(),
  alpn: z.array(z.string()).default([]),
  /** The protocol that the server chose. */
  alpnChosen: z.string().optional(),
  version: z.string().optional(),
  cipher: z.string().optional(),
  ja3: z.string().optional(),
  ja3s: z.string().optional(),
  ja4: z.string().optional(),
  ech: z.boolean().optional(),
  resumed: z.boolean().optional(),
  certificate: z
    .object({
      subject: z.string(),
      issuer: z.string(),
      names: z.array(z.string()),
      sha256: z.string(),
      notBefore: z.string(),
      notAfter: z.string(),
    })
    .optional(),
  decryption: z.enum(["full", "partial", "none"]),
  /** Why it is not full: "no-key", "bad-tag", "gap", "mid-stream", "cipher:<name>", "compression", … */
  reason: z.string().optional(),
})

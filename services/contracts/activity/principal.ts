import { z } from "zod"
import { micros } from "../primitives.ts"

/** Who a token says is behind a request. Claims are what the token says; `status` says whether anybody vouches for them. */
export const principal = z.object({
  /** Where the token stood: "authorization", another header's name, "cookie:NAME", "response:id_token". */
  source: z.string(),
  issuer: z.string().optional(),
  subject: z.string().optional(),
  email: z.string().optional(),
  /** Of the e-mail address, or the hosted domain that the issuer names. */
  domain: z.string().optional(),
  /** The application that the token was issued to. */
  client: z.string().optional(),
  tenant: z.string().optional(),
  audience: z.array(z.string()).default([]),
  expires: micros.optional(),
  /** verified: signed with a key configured for its issuer, for its audience, in its time. refuted: such a key says no, or the token is out of its time or unsigned. */
  status: z.enum(["verified", "unverified", "refuted"]),
  /** Why, in a few words. */
  reason: z.string(),
})
export type Principal = z.infer<typeof principal>

/** A payment address that the wire shows. */
export const wallet = z.object({
  /** "bitcoin", "ethereum" (any chain with its addresses), "solana", "tron", … */
  chain: z.string(),
  address: z.string(),
  /** payer and payee: of a payment on the wire; signer: of a signed login or transaction; mentioned: stands in what was said. */
  role: z.enum(["payer", "payee", "signer", "mentioned"]),
  /** Header, field or method that shows it. */
  source: z.string(),
})
export type Wallet = z.infer<typeof wallet>

/** An issuer of tokens whose keys the operator gave us. */
export interface TrustedIssuer {
  readonly issuer: string
  /** Empty: any. */
  readonly audiences: readonly string[]
  /** RFC 7517. */
  readonly keys: readonly Readonly<Record<string, unknown>>[]
}

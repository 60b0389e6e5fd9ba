import { z } from "zod"
import { secret } from "./secret.ts"

/** How we check the other side of a TLS connection we open, and who we say we are. */
export const clientTls = z.strictObject({
  ca: z.string().optional().describe("File of PEM certificates to trust instead of the system's."),
  cert: z.string().optional().describe("File of our PEM certificate, for mutual TLS."),
  key: secret.optional().describe("Private key of `cert`."),
  serverName: z.string().optional().describe("Name to expect in the certificate, when it is not the host we connect to."),
})

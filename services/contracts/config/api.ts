import { z } from "zod"
import { secret } from "./secret.ts"
import { address, duration } from "./units.ts"

const oidc = z.strictObject({
  issuer: z.url({ protocol: /^https?$/ }).describe("Issuer of the ID tokens, as in its discovery document."),
  audience: z.string().min(1).describe("Audience that a token must name: the client id given to Egret."),
  clientSecret: secret.optional().describe("Of a confidential client; without one, PKCE alone proves that it is us."),
  scopes: z.array(z.string().min(1)).default(["openid", "email", "profile"]).describe("What is asked for at log-in; must hold openid."),
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Address of the console as browsers reach it, for the way back from the provider; default: as the browser asked."),
  emailClaim: z.string().default("email").describe("Claim that names the person."),
  roleClaim: z.string().default("roles").describe("Claim that holds the person's groups or roles."),
  roles: z
    .record(z.string(), z.enum(["viewer", "analyst", "content", "admin"]))
    .default({})
    .describe("What each value of that claim may do."),
})

export const apiConfig = z.strictObject({
  enabled: z.boolean().default(true).describe("Serve the API and the console."),
  listen: address
    .default({ host: "127.0.0.1", port: 8480 })
    .describe("Where to listen. Addresses beyond this machine need a user, a token or OIDC first."),
  stateDir: z.string().default(".egret/api").describe("Folder of users, tokens and the audit trail."),
  sessionLifetime: duration.default(43_200_000).describe("How long a browser session lasts."),
  behindTls: z.boolean().default(false).describe("A proxy in front speaks TLS: cookies are then marked secure."),
  tls: z.strictObject({ certificate: z.string(), key: secret }).optional().describe("Certificate file and key of our own TLS."),
  requestsPerMinute: z.number().int().min(10).default(600).describe("Requests of one token, session or address a minute."),
  oidc: oidc
    .optional()
    .describe("Sign people in by an OpenID provider (register …/v1/session/oidc/callback there), and accept its bearer tokens."),
})
export type ApiConfig = z.infer<typeof apiConfig>

// The policy file. Every key is checked: a misspelt condition that silently matched everything would be a hole.
import { z } from "zod"
import { byteSize } from "../contracts/config/units.ts"
import { action } from "../contracts/finding.ts"
import { places } from "../contracts/inspection.ts"
import { direction } from "../contracts/primitives.ts"
import { severity } from "../contracts/severity.ts"

/** One value or a list: any of them may match. `*` stands for any run of characters, `?` for one. */
const patterns = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)])
const threshold = (pattern: RegExp, example: string) => z.string().regex(pattern, { error: `want a comparison such as "${example}"` })
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'want a time of day such as "08:30"' })
const ports = z.union([z.number().int().min(0).max(65_535), z.array(z.number().int().min(0).max(65_535)).min(1)])

export const conditions = z.strictObject({
  agent: patterns.optional(),
  workload: patterns.optional(),
  /** Host patterns, addresses or CIDR blocks. */
  destination: patterns.optional(),
  destination_class: patterns.optional(),
  port: ports.optional(),
  /** Activity kind: llm, mcp, a2a, http, websocket, dns, file, skill. */
  application: patterns.optional(),
  provider: patterns.optional(),
  model: patterns.optional(),
  tool: patterns.optional(),
  mcp_server: patterns.optional(),
  method: patterns.optional(),
  direction: direction.optional(),
  vantage: patterns.optional(),
  country: patterns.optional(),
  email_domain: patterns.optional(),
  time: z
    .strictObject({
      days: z
        .array(z.enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]))
        .min(1)
        .optional(),
      from: clock.optional(),
      to: clock.optional(),
      /** Minutes east of UTC as "+08:00". Packet time is UTC. */
      zone: z
        .string()
        .regex(/^[+-](0\d|1[0-4]):[0-5]\d$/, { error: 'want an offset such as "+08:00"' })
        .default("+00:00"),
    })
    .optional(),
  /** Of a finding; a rule with one of these judges findings, a rule without judges every activity. */
  detector: patterns.describe("a family or a rule: injection, secret/aws-*").optional(),
  family: patterns.optional(),
  rule: patterns.optional(),
  place: z.union([z.enum(places), z.array(z.enum(places)).min(1)]).optional(),
  severity: z.union([severity, threshold(/^>=(info|low|medium|high|critical)$/, ">=high")]).optional(),
  confidence: threshold(/^>=(0(\.\d+)?|1(\.0+)?)$/, ">=0.8").optional(),
})
export type Conditions = z.infer<typeof conditions>

export const policyRule = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, { error: "want lower-case letters, digits, dots, dashes" }),
  description: z.string().optional(),
  when: conditions.default({}),
  action,
  /** Nothing that comes later may go below this. */
  floor: z.boolean().default(false),
  reason: z.string().optional(),
})
export type PolicyRule = z.infer<typeof policyRule>

/** How much an agent may send to one place, or how often it may ask there, in a window of packet time. */
export const budget = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, { error: "want lower-case letters, digits, dots, dashes" }),
    description: z.string().optional(),
    /** Conditions of an activity. Requests are counted once; with application, tool, model or mcp_server every activity that matches counts. */
    when: conditions.omit({ detector: true, family: true, rule: true, place: true, severity: true, confidence: true }).default({}),
    bytes: byteSize.optional(),
    requests: z.number().int().positive().optional(),
    per: z.enum(["minute", "hour", "day"]),
    action: action.default("alert"),
  })
  .refine(({ bytes, requests }) => bytes !== undefined || requests !== undefined, { error: "want bytes, requests or both" })
export type PolicyBudget = z.infer<typeof budget>

const allowList = z.strictObject({ values: z.array(z.string().min(1)), action: action.default("block") })
const accessList = z.strictObject({ mode: z.enum(["allow", "block"]), values: z.array(z.string().min(1)).min(1) })
/** A header that something in front of the agents sets and nobody else can: without one, neither country nor user is believed. */
const trustedHeader = z.string().regex(/^[a-z0-9-]{1,64}$/, { error: "want a header name in lower case" })

/** A known thing that needs nobody's time until a day: its events are stored with status "suppressed" and the reason. */
export const suppression = z.strictObject({
  id: z.string().min(1),
  when: z.strictObject({
    rule: patterns.optional(),
    agent: patterns.optional(),
    destination: patterns.optional(),
    fingerprint: patterns.optional(),
  }),
  reason: z.string().min(1),
  by: z.string().min(1),
  /** A day or an instant: "2026-12-31" or "2026-12-31T18:00:00Z". Required: what is silenced for ever is forgotten. */
  until: z.union([z.iso.date(), z.iso.datetime({ offset: true })]),
})
export type Suppression = z.infer<typeof suppression>

export const policyFile = z.strictObject({
  version: z.literal(1),
  preset: z.enum(["observe", "balanced", "strict"]).default("balanced"),
  /** When a list is given, everything of that kind that is not on it is answered with its action. */
  allow_only: z
    .strictObject({
      models: allowList.optional(),
      mcp_servers: allowList.optional(),
      tools: allowList.optional(),
      hosts: allowList.optional(),
    })
    .default({}),
  /** Who may reach the agents: by country (ISO 3166-1 alpha-2) and by e-mail domain. Both must pass. */
  access: z
    .strictObject({
      country: accessList.optional(),
      email_domain: accessList.optional(),
      /** For example cf-ipcountry, x-vercel-ip-country, cloudfront-viewer-country. */
      country_header: trustedHeader.optional(),
      /** MaxMind DB file with country codes, looked up by the client's address where no header says. */
      country_database: z.string().optional(),
      /** For example x-forwarded-email, x-auth-request-email, cf-access-authenticated-user-email. */
      email_header: trustedHeader.optional(),
    })
    .default({}),
  rules: z.array(policyRule).max(1_000).default([]),
  /** Each for one agent and one destination at a time. */
  budgets: z.array(budget).max(100).default([]),
  suppress: z.array(suppression).max(1_000).default([]),
})
export type PolicyFile = z.infer<typeof policyFile>

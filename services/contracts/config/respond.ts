import { z } from "zod"
import { eventClass } from "../event.ts"
import { severity } from "../severity.ts"
import { secret } from "./secret.ts"
import { duration } from "./units.ts"

const name = z.string().regex(/^[a-z0-9-]{1,40}$/, "lower-case letters, digits and -, 40 at most")
const common = {
  name: name.describe("Names the action in triggers, in `egret respond` and in a SOAR's block."),
  lasts: duration.default(3_600_000).describe("How long it stays in force when nothing else is said; then it is taken back."),
}
const aws = {
  region: z.string().optional().describe("Region; the SDK's own settings when left out."),
  endpoint: z.string().optional().describe("Address of the EC2 API, for private endpoints."),
}

const action = z.discriminatedUnion("type", [
  z.strictObject({
    ...common,
    ...aws,
    type: z.literal("security-group"),
    securityGroup: z
      .string()
      .regex(/^sg-[0-9a-z]+$/, "the id of a security group, sg-…")
      .describe("Quarantine group that an agent's interfaces get in place of their own. Give it no rules but what forensics needs."),
  }),
  z.strictObject({
    ...common,
    ...aws,
    type: z.literal("network-acl"),
    ruleNumbers: z
      .tuple([z.number().int().min(1).max(32_766), z.number().int().min(1).max(32_766)])
      .default([1, 99])
      .describe("Rule numbers that Egret may use; they must come before the ACL's own allow rules."),
    maxRules: z.number().int().min(2).max(100).default(20).describe("The account's quota of rules per ACL and direction."),
  }),
  z.strictObject({
    ...common,
    type: z.literal("deny-list"),
    deny: z
      .enum(["destination", "workload"])
      .default("destination")
      .describe("What is denied at the gateways: where it went, or the agent."),
  }),
  z.strictObject({
    ...common,
    type: z.literal("webhook"),
    url: z.url({ protocol: /^https?$/ }),
    signingKey: secret.optional(),
    headers: z.record(z.string(), z.string()).default({}),
    timeout: duration.default(10_000),
  }),
])
export type RespondAction = z.infer<typeof action>

const trigger = z
  .strictObject({
    action: name.describe("Name of one of the actions."),
    rules: z.array(z.string()).default([]).describe("Rule ids of events; a * at the end stands for any ending. Empty: all."),
    classes: z.array(eventClass).default([]).describe("Classes of events. Empty: all."),
    minSeverity: severity.default("critical"),
    apply: z.boolean().default(false).describe("false: plan only, a person applies it. true: apply at once."),
  })
  .describe("Which events lead to which action.")
export type RespondTrigger = z.infer<typeof trigger>

export const respondConfig = z
  .strictObject({
    enabled: z.boolean().default(false).describe("Nothing is planned or done while this is off."),
    dryRun: z.boolean().default(true).describe("Plans are made and shown, nothing is changed. Turn off when the plans are what you want."),
    stateDir: z.string().default(".egret/respond").describe("Folder of the journal, the deny list and its signing key."),
    longest: duration.default(86_400_000).describe("No action stays in force longer, whoever asks."),
    maxActive: z
      .number()
      .int()
      .min(1)
      .max(1_000)
      .default(20)
      .describe("Most actions in force at once: a wrong rule must not cut everything off."),
    never: z
      .array(z.string().min(1).max(253))
      .default([])
      .describe("Never acted on: addresses, networks (10.0.0.0/24), host names (with their subdomains), interfaces, instances."),
    actions: z.array(action).default([]),
    triggers: z.array(trigger).default([]).describe("None: actions are only taken when somebody asks."),
  })
  .refine(({ actions }) => new Set(actions.map((each) => each.name)).size === actions.length, "action names must differ")
  .refine(
    ({ actions, triggers }) => triggers.every((each) => actions.some((one) => one.name === each.action)),
    "a trigger names an action that is not there",
  )
export type RespondConfig = z.infer<typeof respondConfig>

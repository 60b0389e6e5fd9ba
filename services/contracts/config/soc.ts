import { z } from "zod"
import { severity } from "../severity.ts"
import { kafkaBrokers, kafkaSasl } from "./kafka.ts"
import { secret } from "./secret.ts"
import { clientTls } from "./tls.ts"
import { byteSize, duration } from "./units.ts"

const name = z.string().regex(/^[a-z0-9-]{1,40}$/, "lower-case letters, digits and -, 40 at most")

/** What every destination has in common. */
const common = {
  name: name.describe("Names the destination in logs, metrics and `egret soc test`."),
  kinds: z
    .array(z.enum(["finding", "event", "verdict", "activity"]))
    .default(["event"])
    .describe("What is sent. Events are findings folded together: the usual choice. Activity is everything agents do: much."),
  activities: z
    .array(z.enum(["flow", "tls", "dns", "http", "llm", "mcp", "file", "skill"]))
    .default(["llm", "mcp", "file", "skill", "http", "flow"])
    .describe("Of activity, these kinds; minSeverity does not hold for it."),
  minSeverity: severity.default("medium").describe("Leave out what is less severe."),
  families: z.array(z.string()).default([]).describe("Only findings and events of these families or classes; empty: all."),
  content: z
    .boolean()
    .default(false)
    .describe(
      "Grant content: the masked context around a match, and of activity the query string, prompts, answers and arguments, which may hold secrets.",
    ),
  updates: z
    .enum(["all", "changes"])
    .optional()
    .describe(
      "Of an event that grows: all versions, or only those in which severity or status changed. changes for slack, teams, pagerduty, misp and thehive, all for the rest.",
    ),
  batch: z.number().int().min(1).max(1_000).default(100).describe("Records of one request."),
  timeout: duration.default(10_000).describe("Longest time that one request may take."),
}
const url = z.url({ protocol: /^https?$/ })
/** Of tools that people run themselves. */
const ownTls = {
  tls: clientTls.optional().describe("For a server with a certificate of a private authority, or that asks for one of ours."),
}
const awsKeys = {
  accessKeyId: secret.optional().describe("Without keys: the role of the instance, task or pod, the environment, or the profile."),
  secretAccessKey: secret.optional(),
  sessionToken: secret.optional(),
}

const destination = z.discriminatedUnion("type", [
  z.strictObject({
    ...common,
    type: z.literal("syslog"),
    host: z.string(),
    port: z.number().int().min(1).max(65_535).default(514),
    transport: z.enum(["udp", "tcp", "tls"]).default("tls"),
    format: z.enum(["cef", "leef", "ocsf", "ecs"]).default("cef"),
    tls: clientTls.optional(),
  }),
  z.strictObject({
    ...common,
    type: z.literal("splunk"),
    url,
    ...ownTls,
    token: secret,
    index: z.string().optional(),
    sourcetype: z.string().default("egret:ocsf"),
    ack: z.boolean().default(false).describe("Wait until the indexers acknowledge; the token must have acknowledgement turned on."),
    ackTimeout: duration.default(120_000).describe("Then the batch is sent again."),
  }),
  z.strictObject({
    ...common,
    type: z.literal("elastic"),
    url,
    ...ownTls,
    apiKey: secret.optional(),
    username: z.string().optional().describe("With password instead of apiKey: OpenSearch has no API keys."),
    password: secret.optional(),
    index: z.string().default("logs-egret.events-default"),
  }),
  z.strictObject({
    ...common,
    type: z.literal("webhook"),
    url,
    ...ownTls,
    signingKey: secret.optional(),
    format: z.enum(["cloudevents", "ocsf", "ecs"]).default("cloudevents"),
    headers: z.record(z.string(), z.string()).default({}),
    template: z.string().optional().describe("Body with {{path.to.field}} placeholders instead of a format."),
  }),
  z.strictObject({ ...common, type: z.literal("slack"), url: secret.describe("Incoming webhook address, itself a secret.") }),
  z.strictObject({ ...common, type: z.literal("teams"), url: secret.describe("Workflow webhook address, itself a secret.") }),
  z.strictObject({
    ...common,
    type: z.literal("pagerduty"),
    routingKey: secret,
    url: url.default("https://events.pagerduty.com/v2/enqueue"),
  }),
  z.strictObject({
    ...common,
    type: z.literal("securityhub"),
    region: z.string(),
    account: z.string().regex(/^\d{12}$/),
    ...awsKeys,
    url: url.optional(),
  }),
  z.strictObject({
    ...common,
    type: z.literal("eventbridge"),
    region: z.string(),
    bus: z.string().default("default"),
    ...awsKeys,
    url: url.optional(),
  }),
  z.strictObject({
    ...common,
    type: z.literal("s3"),
    region: z.string(),
    bucket: z.string(),
    prefix: z.string().default("egret/"),
    ...awsKeys,
    url: url.optional().describe("Endpoint of an S3-compatible server."),
    ...ownTls,
  }),
  z.strictObject({
    ...common,
    type: z.literal("sentinel"),
    endpoint: url.describe("Logs ingestion endpoint of the data collection endpoint or rule, https://….ingest.monitor.azure.com"),
    rule: z.string().regex(/^dcr-[0-9a-zA-Z-]{1,64}$/, "the immutable id of a data collection rule, dcr-…"),
    stream: z
      .string()
      .regex(/^[A-Za-z][\w-]{0,99}$/)
      .default("Custom-Egret_CL"),
    tenant: z
      .string()
      .regex(/^[A-Za-z0-9.-]{1,100}$/)
      .describe("Directory (tenant) id of the Entra application."),
    clientId: z.string().describe("Its application (client) id; it needs Monitoring Metrics Publisher on the rule."),
    clientSecret: secret,
    login: url.default("https://login.microsoftonline.com").describe("Differs in national clouds."),
  }),
  z.strictObject({
    ...common,
    type: z.literal("kafka"),
    brokers: kafkaBrokers,
    topic: z.string().regex(/^[A-Za-z0-9._-]{1,249}$/, "a Kafka topic name"),
    format: z.enum(["ocsf", "ecs", "cloudevents"]).default("ocsf"),
    tls: clientTls.optional(),
    sasl: kafkaSasl.optional(),
  }),
  z.strictObject({
    ...common,
    type: z.literal("taxii"),
    url: url.describe("Collection, …/collections/ID/"),
    ...ownTls,
    username: z.string(),
    password: secret,
  }),
  z.strictObject({ ...common, type: z.literal("misp"), url, ...ownTls, apiKey: secret }),
  z.strictObject({ ...common, type: z.literal("thehive"), url, ...ownTls, apiKey: secret }),
  z.strictObject({
    ...common,
    type: z.literal("otlp"),
    url: url.describe("…/v1/logs"),
    ...ownTls,
    headers: z.record(z.string(), z.string()).default({}),
  }),
  z.strictObject({
    ...common,
    type: z.literal("file"),
    path: z.string(),
    format: z.enum(["ocsf", "ecs", "cef", "leef"]).default("ocsf"),
    rotateAt: byteSize.default(104_857_600),
    keep: z.number().int().min(1).max(1_000).default(10),
  }),
])
export type SocDestination = z.infer<typeof destination>
export const socDestinationTypes: readonly SocDestination["type"][] = destination.options.map(({ shape }) => shape.type.value)

export const socConfig = z
  .strictObject({
    stateDir: z.string().default(".egret/soc").describe("Folder of the queues: what is not delivered yet survives a restart."),
    queue: byteSize.default(268_435_456).describe("Bytes that wait for one destination at most; then the oldest go to its dead letters."),
    destinations: z.array(destination).default([]),
  })
  .refine(
    ({ destinations }) => new Set(destinations.map((each) => each.name)).size === destinations.length,
    "destination names must differ",
  )
export type SocConfig = z.infer<typeof socConfig>

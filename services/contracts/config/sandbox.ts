import { z } from "zod"
import { secret } from "./secret.ts"
import { clientTls } from "./tls.ts"
import { byteSize, duration } from "./units.ts"

/** What a rebuilt file is to the engines, by its content and name. */
export const fileKinds = ["skill", "script", "executable", "archive", "document", "text", "other"] as const
export type FileKind = (typeof fileKinds)[number]

const MB = 1_048_576
const HOUR = 3_600_000

const name = z.string().regex(/^[a-z0-9-]{1,40}$/, "lower-case letters, digits and -, 40 at most")
const url = z.url({ protocol: /^https?$/ })
const kinds = (given: readonly FileKind[]) =>
  z
    .array(z.enum(fileKinds))
    .default([...given])
    .describe("Kinds of files this engine is asked about.")
const share = (given: "hash" | "sample") =>
  z
    .enum(["hash", "sample"])
    .default(given)
    .describe("hash: only the SHA-256 leaves and the engine says what it knows already. sample: the file itself may be sent too.")

/** What every engine has in common; `external` is somebody else's machine. */
const common = {
  name: name.describe("Names the engine in verdicts, logs and metrics."),
  directions: z
    .array(z.enum(["inbound", "outbound"]))
    .default(["inbound"])
    .describe("Which files may be sent: inbound came to the agent; outbound left it, and may be your own data."),
  secrets: z.boolean().default(false).describe("May be sent files in which the static analysis found a secret or personal data."),
  maxSize: byteSize.default(32 * MB).describe("Larger files are not sent."),
  advisory: z.boolean().default(false).describe("Its word alone makes a file suspicious at most, never malicious or clean."),
  concurrency: z.number().int().min(1).max(64).default(4).describe("Requests at once."),
  perMinute: z.number().int().min(0).max(60_000).default(0).describe("Requests a minute; 0: no limit."),
  perDay: z.number().int().min(0).max(10_000_000).default(0).describe("Requests a UTC day; 0: no limit. Counted across restarts."),
  timeout: duration.default(30_000).describe("Longest time of one request."),
  analysis: duration
    .default(30 * 60_000)
    .describe("An analysis that takes longer counts as a time-out; its verdict is still taken when it comes."),
  poll: duration.default(30_000).describe("How often an analysis under way is asked about."),
  giveUp: duration.default(24 * HOUR).describe("How long an engine that does not answer is asked again."),
}
const web = { url, tls: clientTls.optional().describe("How its certificate is checked, and who we say we are.") }
const most: readonly FileKind[] = ["skill", "script", "executable", "archive", "document"]
const single: readonly FileKind[] = ["script", "executable", "archive", "document"]

const field = z.string().describe('Path into the JSON answer, for example "data.verdict" or "results[0].score".')

const engine = z.discriminatedUnion("type", [
  z.strictObject({
    ...common,
    ...web,
    type: z.literal("cape"),
    token: secret.optional().describe("Of the API, where token authentication is on."),
    kinds: kinds(most),
    share: share("sample"),
    options: z
      .record(z.string(), z.string())
      .default({})
      .describe("Form fields of a submission: machine, platform, tags, timeout, options …"),
  }),
  z.strictObject({
    ...common,
    ...web,
    type: z.literal("cuckoo3"),
    token: secret,
    kinds: kinds(most),
    share: share("sample"),
    settings: z.record(z.string(), z.unknown()).default({}).describe("Settings of a submission: platforms, timeout, priority, route …"),
  }),
  z.strictObject({
    ...common,
    ...web,
    type: z.literal("assemblyline"),
    user: z.string(),
    apiKey: secret,
    kinds: kinds(most),
    share: share("sample"),
    params: z.record(z.string(), z.unknown()).default({}).describe("Parameters of a submission: services, classification, ttl …"),
  }),
  z.strictObject({
    ...common,
    ...web,
    type: z.literal("virustotal"),
    url: url.default("https://www.virustotal.com/api/v3"),
    apiKey: secret,
    kinds: kinds(single),
    share: share("hash").describe("sample PUBLISHES the file to every customer of VirusTotal. Default: hash."),
    perMinute: common.perMinute.default(4),
    perDay: common.perDay.default(500),
    concurrency: common.concurrency.default(1),
    malicious: z.number().int().min(1).max(100).default(3).describe("Detections from which a file is malicious; fewer make it suspicious."),
  }),
  z.strictObject({
    ...common,
    ...web,
    type: z.literal("joe"),
    url: url.default("https://jbxcloud.joesecurity.org/api"),
    apiKey: secret,
    acceptTerms: z.boolean().default(false).describe("You accept Joe Sandbox Cloud's terms; its API refuses submissions without."),
    kinds: kinds(single),
    share: share("hash"),
  }),
  z.strictObject({
    ...common,
    ...web,
    type: z.literal("hybrid-analysis"),
    url: url.default("https://www.hybrid-analysis.com/api/v2"),
    apiKey: secret,
    environment: z.number().int().default(310).describe("Environment of a submission: 310 is Linux, 160 Windows 10."),
    kinds: kinds(single),
    share: share("hash"),
    perMinute: common.perMinute.default(5),
  }),
  z.strictObject({
    ...common,
    ...web,
    type: z.literal("http"),
    headers: z.record(z.string(), z.string()).default({}),
    authorization: secret.optional().describe("Value of the authorization header."),
    kinds: kinds(most),
    share: share("sample"),
    lookup: z.string().optional().describe("Path that answers about a known file; {sha256} is put in. 404 means not known."),
    submit: z
      .strictObject({
        path: z.string().default("/"),
        as: z.enum(["multipart", "raw"]).default("multipart"),
        field: z.string().default("file").describe("Name of the file's part."),
        fields: z.record(z.string(), z.string()).default({}).describe("More parts; {sha256}, {name}, {kind} are put in."),
        id: field.default("id").describe("Where the answer holds the analysis' id; without one the answer is the verdict."),
      })
      .prefault({}),
    report: z.string().optional().describe("Path that answers about an analysis; {id} and {sha256} are put in."),
    running: z
      .strictObject({ field, values: z.array(z.string()) })
      .optional()
      .describe("The analysis still runs while the field has one of these values."),
    verdict: z
      .strictObject({
        field: field.default("verdict"),
        malicious: z.array(z.string()).default(["malicious", "malware", "infected"]),
        suspicious: z.array(z.string()).default(["suspicious", "unwanted"]),
        clean: z.array(z.string()).default(["clean", "benign", "harmless"]),
        unsupported: z.array(z.string()).default(["unsupported", "unknown"]),
        score: field.optional().describe("A number; with it, thresholds decide when the field says nothing known."),
        maliciousFrom: z.number().default(80),
        suspiciousFrom: z.number().default(40),
        labels: field.optional(),
        link: field.optional(),
      })
      .prefault({}),
  }),
  z.strictObject({
    ...common,
    type: z.literal("icap"),
    host: z.string(),
    port: z.number().int().min(1).max(65_535).default(1_344),
    service: z.string().default("avscan").describe("Path of the REQMOD service, for example avscan, SYMCScanReq-AV, srv_clamav."),
    transport: z.enum(["tcp", "tls"]).default("tcp"),
    tls: clientTls.optional(),
    kinds: kinds([...most, "text", "other"]),
    share: z.literal("sample").default("sample"),
    preview: z.boolean().default(true).describe("Send the first bytes and wait for what the server says, as its OPTIONS ask."),
  }),
  z.strictObject({
    ...common,
    type: z.literal("detonation"),
    kinds: kinds(["skill", "script"]),
    share: z.literal("sample").default("sample"),
    directions: common.directions.default(["inbound", "outbound"]),
    secrets: common.secrets.default(true),
    concurrency: common.concurrency.default(1),
    wallTime: duration.default(30_000).describe("Longest time of one run."),
    cpuTime: duration.default(20_000).describe("Processor time of one process."),
    memory: byteSize.default(512 * MB).describe("Memory of all processes together."),
    disk: byteSize.default(64 * MB).describe("What may be written, in memory."),
    processes: z.number().int().min(8).max(4_096).default(64).describe("Processes at once."),
    expose: z
      .array(z.string())
      .default([])
      .describe("More folders of this machine that scripts may read, for example interpreters in /opt."),
  }),
])
export type SandboxEngineConfig = z.infer<typeof engine>

export const sandboxConfig = z
  .strictObject({
    enabled: z.boolean().default(true).describe("Examine rebuilt skills and files; with no engine named, by static analysis alone."),
    stateDir: z
      .string()
      .default(".egret/sandbox")
      .describe("Folder of the queue, the verdicts kept and the files that wait: survives a restart."),
    kinds: kinds(["skill", "script", "executable", "archive", "document"]).describe("Kinds of files that are examined at all."),
    maxFile: byteSize.default(32 * MB).describe("Larger files are not kept; engines that know hashes are still asked."),
    keep: byteSize.default(1_024 * MB).describe("Bytes of files that wait for an engine; then the oldest go, and their engines say so."),
    queue: z
      .number()
      .int()
      .min(10)
      .max(1_000_000)
      .default(20_000)
      .describe("Files that wait at most; further ones are reported as not examined."),
    cache: duration.default(7 * 24 * HOUR).describe("How long a verdict stands before the same content is examined again."),
    recheck: duration.default(12 * HOUR).describe("How often engines are asked again about a file they did not know or could not examine."),
    recheckFor: duration.default(3 * 24 * HOUR).describe("How long they are asked again."),
    events: z
      .enum(["malicious", "suspicious"])
      .default("suspicious")
      .describe(
        "From which verdict on an event is raised. The static analysis alone raises events from malicious on: its findings are events already.",
      ),
    static: z
      .strictObject({
        timeout: duration.default(20_000).describe("Longest time for one file."),
        memory: byteSize.default(512 * MB).describe("Memory of the thread; a file that wants more is reported as such."),
      })
      .prefault({}),
    engines: z.array(engine).default([]),
  })
  .refine(({ engines }) => new Set(engines.map((each) => each.name)).size === engines.length, "engine names must differ")
  .refine(
    ({ engines }) => engines.every((each) => each.type !== "joe" || each.share === "hash" || each.acceptTerms),
    "Joe Sandbox takes no submission without acceptTerms: true; or leave share at hash",
  )
  .refine(({ engines }) => engines.every((each) => !reserved.includes(each.name)), 'the names "static" and "merged" are taken')
export type SandboxConfig = z.infer<typeof sandboxConfig>

const reserved = ["static", "merged"]

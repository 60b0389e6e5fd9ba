import { z } from "zod"
import { secret } from "./secret.ts"
import { clientTls } from "./tls.ts"
import { address, byteSize, duration } from "./units.ts"

const embedded = z.strictObject({
  path: z.string().min(1).default(".egret/store").describe("Folder of the embedded ClickHouse engine. One process at a time."),
  readers: z.number().int().min(1).max(32).default(4).describe("Queries that may run at the same time."),
  threads: z.number().int().min(1).max(64).default(4).describe("Processor threads that one query may use."),
  memory: byteSize.default(2_147_483_648).describe("Memory that one query may use."),
})

const server = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .default("http://localhost:8123")
    .describe("HTTP interface of the ClickHouse server or cluster."),
  username: z.string().default("default"),
  password: secret.optional().describe("Its password."),
  tls: clientTls.optional().describe("For https with a private authority or mutual TLS."),
  cluster: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,62}$/, "a cluster name")
    .optional()
    .describe("Name of a cluster: tables are made on all of its nodes and replicated. Macros {shard} and {replica} must be set there."),
})

const days = (byDefault: number) => z.number().int().min(0).max(36_500).default(byDefault)

const retention = z.strictObject({
  metadata: days(180).describe("Days that activities and flows are kept, from the moment they were stored. 0: for ever."),
  content: days(30).describe("Days that prompts, bodies and headers are kept."),
  findings: days(365).describe("Days that findings are kept."),
  files: days(30).describe("Days that the bytes of rebuilt files are kept."),
})

const writer = z.strictObject({
  rows: z.number().int().min(1).max(100_000).default(10_000).describe("Rows that make a batch."),
  bytes: byteSize.default(16_777_216).describe("Bytes that make a batch."),
  delay: duration.default(1_000).describe("Longest time a row waits for its batch to fill."),
})

const http = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .describe("Offer the embedded engine over the ClickHouse HTTP protocol, read-only, for Grafana and SQL clients."),
  listen: address.default({ host: "127.0.0.1", port: 8124 }).describe("Where it listens."),
  username: z.string().min(1).default("grafana_reader").describe("Reads everything but prompts, bodies, headers and files."),
  passwordHash: secret.optional().describe("Hash of its password as `egret query --hash-password` prints it. Required when enabled."),
  maxRows: z.number().int().min(1).max(10_000_000).default(100_000).describe("Rows that one answer may have."),
})

export const storeConfig = z.strictObject({
  engine: z
    .enum(["embedded", "server"])
    .default("embedded")
    .describe("embedded: nothing to install, for `egret up`. server: ClickHouse by URL."),
  database: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, "a name of letters, digits and _")
    .default("egret"),
  embedded: embedded.prefault({}),
  server: server.prefault({}),
  retention: retention.prefault({}),
  writer: writer.prefault({}),
  maxQueryTime: duration.default(30_000).describe("A query that takes longer is stopped."),
  http: http.prefault({}),
})
export type StoreConfig = z.infer<typeof storeConfig>

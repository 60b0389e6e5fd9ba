import { z } from "zod"
import { secret } from "./secret.ts"
import { clientTls } from "./tls.ts"

const embedded = z.strictObject({
  path: z.string().min(1).default(".egret/store").describe("Folder of the embedded ClickHouse engine. One process at a time."),
})

const server = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .default("http://localhost:8123")
    .describe("HTTP interface of the ClickHouse server or cluster."),
  username: z.string().default("default"),
  password: secret.optional().describe("Its password."),
  tls: clientTls.optional().describe("For https with a private authority or mutual TLS."),
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
})
export type StoreConfig = z.infer<typeof storeConfig>

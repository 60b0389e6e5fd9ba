import { z } from "zod"
import { secret } from "./secret.ts"
import { address, byteSize, duration } from "./units.ts"

const wait = z.strictObject({
  time: duration.prefault("30s").describe("How long a flow holds what it cannot read yet, by packet time."),
  perFlow: byteSize.prefault("1MB").describe("How much of one flow."),
  total: byteSize.prefault("64MB").describe("How much of all flows of one sensor worker."),
})

const push = z.strictObject({
  enabled: z.boolean().default(false).describe("Take keys that agents' hosts push over HTTPS (`egret keys run`, `egret keys forward`)."),
  listen: address.prefault("127.0.0.1:9943").describe("Where to listen. For other hosts: 0.0.0.0:9943."),
  folder: z.string().default(".egret/keys").describe("Holds the sensor's own certificate authority; made at the first start, mode 0700."),
  names: z.array(z.string()).default([]).describe("Host names and addresses that clients use beside those of this machine."),
  token: secret
    .optional()
    .describe("Lets a host enrol for a client certificate, or push without one. Without it only hosts that were enrolled before may push."),
})

export const keysConfig = z.strictObject({
  logs: z
    .array(z.string().min(1))
    .default([])
    .describe("Key logs (SSLKEYLOGFILE, RFC 9850) to follow: files, FIFOs, or folders of both. They need not exist yet."),
  sessions: z.number().int().min(100).default(200_000).describe("TLS sessions whose secrets are kept; the longest unused go first."),
  idle: duration.prefault("1h").describe("Secrets that nobody asked for during this time are wiped."),
  wait: wait.prefault({}).describe("What flows do while their keys have not come."),
  push: push.prefault({}).describe("The HTTPS endpoint for keys."),
})
export type KeysConfig = z.infer<typeof keysConfig>

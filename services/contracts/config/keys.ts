import { z } from "zod"

export const keysConfig = z.strictObject({
  logs: z
    .array(z.string().min(1))
    .default([])
    .describe("Key logs (SSLKEYLOGFILE, RFC 9850) to follow: files, FIFOs, or folders of both. They need not exist yet."),
})
export type KeysConfig = z.infer<typeof keysConfig>

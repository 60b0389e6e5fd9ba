import { z } from "zod"

export const sandboxConfig = z.strictObject({})
export type SandboxConfig = z.infer<typeof sandboxConfig>

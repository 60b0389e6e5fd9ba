import { z } from "zod"

export const mirrorConfig = z.strictObject({})
export type MirrorConfig = z.infer<typeof mirrorConfig>

import { z } from "zod"

export const detectConfig = z.strictObject({})
export type DetectConfig = z.infer<typeof detectConfig>

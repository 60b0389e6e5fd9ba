import { z } from "zod"

export const policyConfig = z.strictObject({})
export type PolicyConfig = z.infer<typeof policyConfig>

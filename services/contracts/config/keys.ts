import { z } from "zod"

export const keysConfig = z.strictObject({})
export type KeysConfig = z.infer<typeof keysConfig>

import { z } from "zod"

export const apiConfig = z.strictObject({})
export type ApiConfig = z.infer<typeof apiConfig>

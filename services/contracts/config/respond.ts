import { z } from "zod"

export const respondConfig = z.strictObject({})
export type RespondConfig = z.infer<typeof respondConfig>

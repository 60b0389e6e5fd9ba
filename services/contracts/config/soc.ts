import { z } from "zod"

export const socConfig = z.strictObject({})
export type SocConfig = z.infer<typeof socConfig>

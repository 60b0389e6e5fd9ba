import { z } from "zod"

export const sandboxConfig = z.strictObject({})

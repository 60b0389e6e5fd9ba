import { z } from "zod"

export const respondConfig = z.strictObject({})

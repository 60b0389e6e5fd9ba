import { z } from "zod"

export const gatewayConfig = z.strictObject({})

import { z } from "zod"

export const gatewayConfig = z.strictObject({})
export type GatewayConfig = z.infer<typeof gatewayConfig>

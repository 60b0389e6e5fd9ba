import { z } from "zod"
import { address } from "./units.ts"

export const metricsConfig = z.strictObject({
  enabled: z.boolean().default(true).describe("Serve /metrics, /healthz and /readyz."),
  listen: address.prefault("127.0.0.1:9464").describe("Where they are served. In a container: 0.0.0.0:9464."),
})

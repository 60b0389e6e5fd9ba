import { z } from "zod"

export const sensorConfig = z.strictObject({
  name: z
    .string()
    .min(1)
    .default("local")
    .describe("Written on every activity, part of its id: name each sensor differently and keep the name."),
})
export type SensorConfig = z.infer<typeof sensorConfig>

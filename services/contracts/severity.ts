import { z } from "zod"

export const severity = z.enum(["info", "low", "medium", "high", "critical"])
export type Severity = z.infer<typeof severity>

/** For comparisons: a higher rank is worse. */
export const severityRank: Readonly<Record<Severity, number>> = { info: 0, low: 1, medium: 2, high: 3, critical: 4 }

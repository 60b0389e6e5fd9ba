// Every detector, in the order in which findings are listed. `egret scan`, the pool, the gateway and the SDK run this same list.
import type { Detector } from "../services/contracts/inspection.ts"

export const allDetectors: readonly Detector[] = []

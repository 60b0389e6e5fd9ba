// Every detector, in the order in which findings are listed. `egret scan`, the pool, the gateway and the SDK run this same list.
import type { Detector } from "../services/contracts/inspection.ts"
import { destinationsDetector } from "./destinations/detector.ts"
import { exfiltrationDetector } from "./exfiltration/detector.ts"
import { injectionDetector } from "./injection/detector.ts"
import { piiDetector } from "./pii/detector.ts"
import { type SecretsOptions, secretsDetector } from "./secrets/detector.ts"
import { skillsDetector } from "./skills/detector.ts"
import { toolsDetector } from "./tools/detector.ts"

export const allDetectors: readonly Detector[] = detectorsWith({})

/** With what an installation knows: planted canaries and the customer's own values. */
export function detectorsWith(known: SecretsOptions): readonly Detector[] {
  return [
    secretsDetector(known),
    piiDetector(),
    injectionDetector,
    toolsDetector,
    skillsDetector,
    destinationsDetector,
    exfiltrationDetector,
  ]
}

import type { SandboxEngineConfig } from "../contracts/config/sandbox.ts"
import { assertNever } from "../contracts/primitives.ts"
import { detonationEngine } from "./detonation/engine.ts"
import type { Engine } from "./engine.ts"
import { assemblylineEngine } from "./engines/assemblyline.ts"
import { capeEngine } from "./engines/cape.ts"
import { cuckoo3Engine } from "./engines/cuckoo3.ts"
import { genericHttpEngine } from "./engines/generic-http.ts"
import { hybridAnalysisEngine } from "./engines/hybrid-analysis.ts"
import { icapEngine } from "./engines/icap.ts"
import { joeEngine } from "./engines/joe.ts"
import { virusTotalEngine } from "./engines/virustotal.ts"

export function openEngine(config: SandboxEngineConfig): Engine {
  switch (config.type) {
    case "cape":
      return capeEngine(config)
    case "cuckoo3":
      return cuckoo3Engine(config)
    case "assemblyline":
      return assemblylineEngine(config)
    case "virustotal":
      return virusTotalEngine(config)
    case "joe":
      return joeEngine(config)
    case "hybrid-analysis":
      return hybridAnalysisEngine(config)
    case "http":
      return genericHttpEngine(config)
    case "icap":
      return icapEngine(config)
    case "detonation":
      return detonationEngine(config)
    default:
      return assertNever(config)
  }
}

import type { SandboxEngineConfig } from "../contracts/config/sandbox.ts"
import { ConfigError } from "../contracts/errors.ts"
import { detonationEngine } from "./detonation/engine.ts"
import type { Engine } from "./engine.ts"
import { genericHttpEngine } from "./engines/generic-http.ts"

export function openEngine(config: SandboxEngineConfig): Engine {
  switch (config.type) {
    case "http":
      return genericHttpEngine(config)
    case "detonation":
      return detonationEngine(config)
    default:
      throw new ConfigError({ path: "sandbox.engines", got: config.type, want: "http or detonation" })
  }
}

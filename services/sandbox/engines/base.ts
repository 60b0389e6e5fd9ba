// What the adapters have in common: limits and routing out of the configuration.
import type { SandboxEngineConfig } from "../../contracts/config/sandbox.ts"
import type { Engine, SampleInfo } from "../engine.ts"
import { routeOf } from "../route.ts"

/** Everything but the requests. */
export function engineBase(config: SandboxEngineConfig, { canLookup }: { canLookup: boolean }) {
  return {
    name: config.name,
    type: config.type,
    advisory: config.advisory,
    takesSecrets: config.secrets,
    limits: {
      maxSize: config.maxSize,
      concurrency: config.concurrency,
      perMinute: config.perMinute,
      perDay: config.perDay,
      analysis: config.analysis,
      poll: config.poll,
      giveUp: config.giveUp,
    },
    accepts: (sample: SampleInfo) => routeOf(config, sample, canLookup),
  } satisfies Partial<Engine>
}

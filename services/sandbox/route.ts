// Which engine is asked about which file, and whether the file itself may go there. Engines on somebody else's machines get hashes unless told otherwise.
import type { SandboxEngineConfig } from "../contracts/config/sandbox.ts"
import type { Acceptance, SampleInfo } from "./engine.ts"

export type RouteRules = Pick<SandboxEngineConfig, "kinds" | "share" | "directions" | "maxSize">

export function routeOf({ kinds, share, directions, maxSize }: RouteRules, sample: SampleInfo, canLookup: boolean): Acceptance {
  if (!kinds.includes(sample.kind)) return { asked: false, reason: `not asked about files of kind ${sample.kind}` }
  const why = whyNotUpload({ share, directions, maxSize }, sample)
  if (why === undefined) return { asked: true, upload: true }
  // A skill's own hash is ours: nobody else can know it.
  if (!canLookup || sample.subject === "skill") return { asked: false, reason: why }
  return { asked: true, upload: false, reason: why }
}

function whyNotUpload({ share, directions, maxSize }: Omit<RouteRules, "kinds">, sample: SampleInfo): string | undefined {
  if (share === "hash") return "only hashes are shared with it"
  if (!directions.includes(sample.direction)) return `files that travel ${sample.direction} are not sent to it`
  if (sample.bytes > maxSize) return `${sample.bytes} bytes are more than its maxSize of ${maxSize}`
  return undefined
}

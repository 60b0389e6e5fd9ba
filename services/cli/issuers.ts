import { readFileSync } from "node:fs"
import { z } from "zod"
import type { TrustedIssuer } from "../contracts/activity/principal.ts"
import type { SensorConfig } from "../contracts/config/sensor.ts"
import { ConfigError } from "../contracts/errors.ts"

const keySet = z.object({ keys: z.array(z.record(z.string(), z.unknown())).min(1) })

/** The key sets that `sensor.issuers` names. */
export function trustedIssuers({ issuers }: SensorConfig): TrustedIssuer[] {
  return issuers.map(({ issuer, keys: path, audiences }, at) => {
    const problem = (got: string): ConfigError =>
      new ConfigError({
        path: `sensor.issuers[${at}].keys`,
        got,
        want: 'a file with a key set, {"keys": [...]}',
        hint: `the address is jwks_uri in ${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
      })
    let text: string
    try {
      text = readFileSync(path, "utf8")
    } catch (error) {
      throw problem(`${path} (${String((error as NodeJS.ErrnoException).code)})`)
    }
    const read = keySet.safeParse(jsonOf(text))
    if (!read.success) throw problem(`${path}, which is none`)
    return { issuer, audiences, keys: read.data.keys }
  })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

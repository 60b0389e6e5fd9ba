import { stringify } from "yaml"
import type { Config } from "../../contracts/config/config.ts"

/** The effective configuration as YAML: durations in milliseconds, sizes in bytes, secrets as "[secret]". */
export function printConfig(config: Config): string {
  return stringify(JSON.parse(JSON.stringify(config)), { lineWidth: 0 })
}

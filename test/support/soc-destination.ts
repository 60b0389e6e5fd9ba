import { Secret } from "../../services/contracts/config/secret.ts"
import { type SocDestination, socConfig } from "../../services/contracts/config/soc.ts"
import type { SenderOptions } from "../../services/soc/sender.ts"
import { openSender } from "../../services/soc/senders/open-sender.ts"

export const secret = (value: string): Secret => new Secret("env:TEST", value)

/** As the configuration file would give it, its secrets fetched. */
export function destinationOf(given: Readonly<Record<string, unknown>>): SocDestination {
  const fields = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, value instanceof Secret ? "env:TEST" : value]))
  const [parsed] = socConfig.parse({ destinations: [{ name: "d", ...fields }] }).destinations
  if (parsed === undefined) throw new Error("no destination")
  for (const [key, value] of Object.entries(given)) if (value instanceof Secret) Object.assign(parsed, { [key]: value })
  return parsed
}

export function senderOf(given: Readonly<Record<string, unknown>>, options: Partial<SenderOptions> = {}) {
  return openSender(destinationOf(given), { version: "1.2.3", now: Date.now, ...options })
}

import { isIP } from "node:net"

/** The name of a host where it is one: what the wire says may be anything, and tools that check refuse the whole message for it. */
export function domainOf(host: string): string | undefined {
  return host.length <= MAX_NAME && isIP(host) === 0 && NAME.test(host) ? host : undefined
}

const MAX_NAME = 253
// Labels of at most 63 letters (of any script), digits, hyphens and underscores, neither first nor last a hyphen; a dot at the end is allowed.
const NAME = /^(?!-)[\p{L}\p{N}_-]{1,63}(?<!-)(?:\.(?!-)[\p{L}\p{N}_-]{1,63}(?<!-))*\.?$/u
